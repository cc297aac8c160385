#!/usr/bin/env bash
# torch 2.14.1: `torch.__version__` looks like text, compares like a version, and is of a class of torch's own. Whoever pickles
# a record with it, as a message to another process, has the reader import torch: 1.5 s and 280 MB for the text "2.14.1". `copy`
# and dataclasses keep the class; `str(torch.__version__)` and f-strings give plain text, json does, too.
# Most people would expect the version of a package to be a string.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.14.1 numpy
cd "$folder"
venv/bin/python - <<'PY'
import json
import pickle

import torch

print("the class of torch.__version__:", type(torch.__version__))
assert type(torch.__version__) is not str and isinstance(torch.__version__, str)
assert json.loads(json.dumps(torch.__version__)) == str(torch.__version__)
with open("own.pickle", "wb") as file:
    pickle.dump({"torch": torch.__version__}, file)
with open("plain.pickle", "wb") as file:
    pickle.dump({"torch": str(torch.__version__)}, file)
PY
for kind in own plain; do
    venv/bin/python - "$kind" <<'PY'
import pickle
import sys
import time

begun = time.perf_counter()
with open(f"{sys.argv[1]}.pickle", "rb") as file:
    found = pickle.load(file)
seconds = time.perf_counter() - begun
print(f"read from {sys.argv[1]}.pickle: {found}, in {seconds:.3f} s, torch imported: {'torch' in sys.modules}")
assert ("torch" in sys.modules) is (sys.argv[1] == "own")
PY
done
