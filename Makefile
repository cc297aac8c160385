# `make` alone lists the commands. They need Python 3.11 or newer with venv, and an index that pip can reach.

PORT ?= 8501
ADDRESS ?= 127.0.0.1
# The interpreter that .venv is made with; empty: the first python3 that is new enough.
PYTHON ?=
# Handed on to the app, to pytest, to the benchmark or to the load: make run ARGS="--memory-share 0.3", make test ARGS="-k mosaic"
ARGS ?=
export PYTHON ARGS

BIN := .venv/bin
# Always as modules: the scripts in bin/ name the folder they were installed in, and a checkout may be moved.
BABEL := $(BIN)/python -m babel.messages.frontend -q
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
BENCH_READY := .venv/.bench-ready
RAY_READY := .venv/.ray-ready
ZOO_READY := .venv/.zoo-ready
# Checks of the browser's half, in a Node from the development requirements.
SCRIPTS := $(BIN)/python -m tools.browser_checks
LOCALE := resnet_viz/locale
POT := $(LOCALE)/resnet_viz.pot
PO_FILES := $(wildcard $(LOCALE)/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help run test test-quick test-ray coverage bench load zoo format golden records organisms screenshot screens messages clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(RUN_READY) ## Install what is missing and start the app (PORT=8501, ADDRESS=127.0.0.1, PYTHON=…, ARGS=…)
	@$(BIN)/python tools/check_port.py "$(ADDRESS)" "$(PORT)"
	@eval "set -- $$ARGS"; exec $(BIN)/python -m resnet_viz --server.address "$(ADDRESS)" --server.port "$(PORT)" "$$@"

# What reads the source and runs none of it, as one shell command each. The linters take a second; types take half a
# minute on one core, and are checked while the tests run.
LINT := $(BIN)/python -m ruff check . && $(BIN)/python -m ruff format --check . && $(SCRIPTS) lint
TYPES := $(SCRIPTS) types && $(SCRIPTS) test && $(BIN)/python -m mypy
# Workers of one thread, which would else wait for one another; compiled code is kept, for each process of the tests would
# compile it anew, and so is memory, for nets are made and let go all the time. A file's tests go to one worker, which
# makes once what they share; the files' order is that of `tests/conftest.py`. 5: none of the tests were of this part.
QUICK := OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= MALLOC_MMAP_THRESHOLD_=1000000000 MALLOC_TRIM_THRESHOLD_=2000000000 \
	$(BIN)/python -m pytest -m "not browser and not ray" --ignore tests/browser -n auto --maxprocesses 4 --dist loadfile \
	--no-loadscope-reorder

# Each worker has a server and a browser of its own, and whoever is done takes from the others.
BROWSER := $(BIN)/python -m pytest -m browser -n 2 --dist worksteal

# What needs a browser comes last.
test: test-quick ## Lint, types and all tests, the browser's too (ARGS="-k name")
	@$(BIN)/python tools/find_chromium.py --install
	@$(BROWSER) $(ARGS) || [ $$? -eq 5 ]

test-quick: $(DEV_READY) ## The same without a browser, in three and a half minutes
	@$(SCRIPTS) install
	@$(LINT)
	@$(BIN)/python tools/at_once.py '$(TYPES)' 'eval "set -- $$ARGS"; $(QUICK) "$$@" || [ $$? -eq 5 ]'

# On a real cluster of two nodes on this machine, one of which is killed: what no test without Ray can tell.
test-ray: $(RAY_READY) ## Install Ray and train on a local cluster of two nodes
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m ray -s tests/workers $(ARGS)

coverage: $(DEV_READY) ## Measure which lines and branches the tests reach (build/coverage/index.html)
	@$(BIN)/python tools/find_chromium.py --install
	@$(BIN)/python -m coverage erase
	@$(subst -m pytest,-m coverage run -m pytest,$(QUICK)) $(ARGS) || [ $$? -eq 5 ]
	@$(subst -m pytest,-m coverage run -m pytest,$(BROWSER)) $(ARGS) || [ $$? -eq 5 ]
	@$(BIN)/python -m coverage combine -q
	@$(BIN)/python -m coverage html -q
	@$(BIN)/python -m coverage report

bench: $(BENCH_READY) ## Measure the app's speed, also beside Netron (ARGS=--no-netron)
	@$(BIN)/python tools/find_chromium.py --install
	@$(BIN)/python -m tests.bench $(ARGS)

load: $(DEV_READY) ## Measure the app with many readers, also beside another checkout's (ARGS="--beside ../old")
	@$(BIN)/python tools/find_chromium.py --install
	@$(BIN)/python -m tests.load $(ARGS)

zoo: $(ZOO_READY) ## Measure other people's nets and counts anew, trace their nets, and write docs/zoo.md
	@HF_HUB_OFFLINE=1 $(BIN)/python -m tests.zoo.measured
	@HF_HUB_OFFLINE=1 $(BIN)/python -m tests.zoo

format: $(DEV_READY) ## Put the code into its form and mend what ruff and Biome can
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .
	@$(SCRIPTS) install
	@$(SCRIPTS) format

golden: $(DEV_READY) ## Write the golden drawings and the declared payloads anew, to look at the difference
	@$(BIN)/python -m tests.views.graph.test_golden
	@$(BIN)/python -m tools.declare_payloads

records: $(DEV_READY) ## Make the presets' records that the package brings anew (assets/records)
	@$(BIN)/python -m tools.make_records

organisms: $(DEV_READY) ## Train the nets that the package brings trained anew (assets/organisms), and print how good they are
	@$(BIN)/python -m tools.make_organisms

screenshot: $(DEV_READY) ## Take the README's screenshot anew
	@$(BIN)/python tools/find_chromium.py --install
	@$(BIN)/python -m tools.take_screenshot

screens: $(DEV_READY) ## Take pictures of the screens at all sizes, in both themes and projector mode (build/screens)
	@$(BIN)/python tools/find_chromium.py --install
	@$(BIN)/python -m tools.take_screens $(ARGS)

# Dates, line numbers and versions would change the files at every run, so they are left out of them.
messages: $(DEV_READY) ## Collect the words of the app for translation
	@mkdir -p $(LOCALE)
	@$(BABEL) extract -k _ -k n_:1,2 --no-location --sort-output --no-wrap --project=resnet_viz \
		--header-comment="# The words of resnet_viz; made by 'make messages'." -o $(POT).new app.py resnet_viz
	@sed -e '/^"POT-Creation-Date/d' -e '/^"PO-Revision-Date/d' -e '/^"Generated-By/d' $(POT).new >$(POT)
	@rm $(POT).new
	@for po in $(PO_FILES); do \
		locale=$$(basename "$$(dirname "$$(dirname "$$po")")"); \
		$(BABEL) update -i $(POT) -o "$$po" -l "$$locale" --no-wrap --no-fuzzy-matching \
			--ignore-pot-creation-date || exit 1; \
	done

clean: ## Remove the caches; .venv stays
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build
	@find . -name .venv -prune -o -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN_READY): requirements.txt $(BIN)/python
	@sh tools/install.sh requirements.txt "the requirements (about 5 GB with torch, a minute or more)"
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt $(BIN)/python
	@sh tools/install.sh requirements-dev.txt "the requirements and the test tools (about 5 GB with torch, a minute or more)"
	@touch $(RUN_READY) $@

$(BENCH_READY): requirements.txt requirements-dev.txt requirements-bench.txt $(BIN)/python
	@sh tools/install.sh requirements-bench.txt "the requirements, the test tools and Netron (about 5 GB with torch, a minute or more)"
	@touch $(RUN_READY) $(DEV_READY) $@

$(RAY_READY): requirements.txt requirements-dev.txt requirements-ray.txt $(BIN)/python
	@sh tools/install.sh requirements-ray.txt "the requirements, the test tools and Ray (about 5 GB with torch, a minute or more)"
	@touch $(RUN_READY) $(DEV_READY) $@

$(ZOO_READY): requirements.txt requirements-dev.txt requirements-zoo.txt $(BIN)/python
	@sh tools/install.sh requirements-zoo.txt "the requirements, the test tools and the libraries of the zoo (about 5 GB with torch)"
	@touch $(RUN_READY) $(DEV_READY) $@

# Made by tools/install.sh. Named here so that an interpreter that has gone makes the stamps above stale.
$(BIN)/python: ;
