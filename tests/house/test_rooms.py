"""The rooms of the house: which may know which, their sizes and names, and that the page about them is true."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import resnet_viz
from tests.house import rules
from tests.places import ROOT

PACKAGE, TESTS = ROOT / "resnet_viz", ROOT / "tests"
PAGE = ROOT / "docs" / "architecture.md"
# What only some floors may load; the standard library and the rest are free.
LIBRARIES = {
    *("torch", "torchvision", "streamlit", "PIL", "numpy", "graphviz", "pygraphviz", "pypdf", "plotly", "skimage"),
    *("psutil", "safetensors", "cachetools", "loky", "anyio", "starlette", "timm", "transformers", "platformdirs"),
    "ray",
    "pillow_heif",
}
LOADS = {
    "memory": {"psutil"},
    "pictures": {"PIL", "pillow_heif", "numpy"},
    "datasets": {"numpy"},
    "training": {"numpy", "safetensors"},
    "workers": {"ray"},
    "engine": {"torch", "PIL", "numpy"},
    "showing": {"torch"},
    "model": {"torch", "torchvision", "PIL", "numpy", "safetensors"},
    "model/named": {"torch", "torchvision", "timm", "transformers"},
    "views": {"numpy", "PIL", "graphviz", "pygraphviz", "pypdf", "plotly"},
    "ui": LIBRARIES - {"torch", "torchvision", "timm", "transformers"},
}
_BASE = {"errors", "units", "i18n", "refusal", "typed", "places"}
_RECORDS = {"spec", "records"}
_MODEL = {
    *("model/net", "model/foreign", "model/graph", "model/trace", "model/named", "model/run", "model/weights"),
    "model/train",
    "model/walk",
}
_WORKERS = {"jobs", "workers"}
_TEACH = {
    "views/teach",
    "views/teach/lessons",
    "views/teach/beliefs",
    "views/teach/glossary",
    "views/teach/exercises",
    "views/teach/namesakes",
}
_VIEWS = {
    *(
        "views",
        "views/counting",
        "views/parts",
        "views/inspect",
        "views/maps",
        "views/laid",
        "views/graph",
        "views/charts",
        "views/structure",
    ),
    *("views/listing", "views/export", "views/address", "views/compare", "views/walk", "views/training", *_TEACH),
}
_COMPONENTS = {
    *("ui/components", "ui/components/graph_view", "ui/components/channel_view", "ui/components/crop_view"),
    *("ui/components/camera_view", "ui/components/draw_view", "ui/components/table_view", "ui/components/walk_view"),
    "ui/components/cell_view",
    "ui/components/page_root",
    "ui/components/page_bar",
    "ui/components/sight",
}
_PAGE = _RECORDS | _VIEWS | _COMPONENTS | {"organisms", "ui/cache", "ui/server", "ui/page", "ui/picture"}
_TRAINING = {"datasets", "training", "ui/cache/runs"}
# Each room, lowest first, with those that it may know: errors, units, i18n, refusal, typed and places any may.
ROOMS: Mapping[str, set[str]] = {
    "errors": set(),
    "units": set(),
    "i18n": set(),
    "refusal": set(),
    "typed": set(),
    "places": set(),
    "spec": set(),
    "naming": {"spec"},
    "reading": set(),
    "recognition": {"spec", "naming", "reading"},
    "writing": set(),
    "memory": set(),
    "records": {"spec"},
    "downloads": {"records"},
    "datasets": set(),
    "training": {"spec", "writing"},
    "organisms": _RECORDS | {"datasets", "training"},
    "jobs": _RECORDS | {"training"},
    "workers": {"jobs", "training"},
    "pictures": _RECORDS | {"datasets"},
    "trace_files": _RECORDS | {"writing"},
    "store": {"writing"},
    "model": set(),
    "model/net": _RECORDS | {"memory"},
    "model/foreign": set(),
    "model/graph": _RECORDS,
    "model/trace": _RECORDS | {"model/net", "model/foreign", "model/graph"},
    "model/named": _RECORDS | {"model/net", "model/trace"},
    "model/run": _RECORDS | {"pictures", "model/net", "model/foreign", "model/graph", "model/trace"},
    "model/weights": _RECORDS | {"naming", "reading", "recognition", "downloads", "organisms"},
    "model/train": _RECORDS | {"datasets", "downloads", "training", "model/net", "model/trace"},
    "model/walk": _RECORDS | {"model/net", "model/foreign", "model/graph", "model/trace"},
    "checking": _RECORDS | {"trace_files", "model/trace"},
    "views": set(),
    "views/parts": {"records"},
    "views/counting": {"records"},
    "views/inspect": _RECORDS | {"naming", "views/parts"},
    "views/maps": {"records", "views", "views/parts"},
    "views/laid": set(),
    "views/graph": {"records", "views", "views/parts", "views/inspect", "views/laid"},
    "views/charts": {"records", "training", "views", "views/parts", "views/maps"},
    "views/structure": _RECORDS | {"views", "views/parts", "views/inspect"},
    "views/listing": _RECORDS | {"recognition", "views", "views/parts", "views/inspect", "views/graph"},
    "views/export": {"records", "views", "views/parts", "views/graph"},
    "views/teach": {"records", "views/parts", "views/inspect", "views/structure"},
    "views/teach/namesakes": set(),
    "views/teach/glossary": {"views/teach"},
    "views/teach/exercises": {"records", "views/parts", "views/inspect", "views/structure", "views/teach"},
    "views/teach/lessons": {"records", "views/parts", "views/structure", "views/teach", "views/teach/exercises"},
    "views/teach/beliefs": {"records", "views/parts", "views/structure", "views/teach"},
    "views/address": _RECORDS
    | {"organisms", "training"}
    | {"views/counting", "views/parts", "views/graph", "views/listing", "views/structure", *_TEACH},
    "views/compare": {
        "records",
        "views",
        "views/parts",
        "views/laid",
        "views/graph",
        "views/export",
        "views/listing",
        "views/maps",
        "views/address",
    },
    "views/walk": _RECORDS | {"views/address"},
    "views/training": _RECORDS | {"training", "views/address"},
    "engine": _RECORDS
    | {
        "jobs",
        "workers",
        "training",
        "model/train",
        "model/net",
        "model/trace",
        "model/named",
        "model/run",
        "model/weights",
        "model/walk",
    }
    | {"views/parts", "views/maps", "views/graph", "views/address", "views/compare", "views/walk"},
    "commands": _RECORDS
    | {"training", "downloads", "model/train"}
    | {"naming", "recognition", "writing", "trace_files", "checking", "model/trace", "model/named", "model/weights"}
    | {"views/listing", "views/address"},
    "ui/server": _RECORDS | _WORKERS | {"memory", "trace_files", "views/graph"},
    "showing": _RECORDS | {"trace_files", "model/trace", "ui/server"},
    # The table of public names: it may name everything, and loads nothing.
    "__init__": _RECORDS
    | _MODEL
    | _VIEWS
    | {"naming", "recognition", "pictures", "trace_files", "checking", "ui/server", "showing", "datasets", "training"},
    "cli": _RECORDS | {"writing", "commands", "ui/server"} | _VIEWS,
    "__main__": {"cli"},
    "ui/components": set(),
    "ui/components/page_root": {"ui/components"},
    "ui/components/page_bar": {"ui/components"},
    "ui/components/sight": {"ui/components"},
    "ui/components/crop_view": {"records", "ui/components"},
    "ui/components/camera_view": {"ui/components"},
    "ui/components/draw_view": {"ui/components"},
    "ui/components/channel_view": {"records", "ui/components"} | _VIEWS,
    "ui/components/table_view": {"records", "ui/components"} | _VIEWS,
    "ui/components/cell_view": {"records", "ui/components"} | _VIEWS,
    "ui/components/graph_view": {"records", "ui/components"} | _VIEWS,
    "ui/components/walk_view": {"records", "ui/components", "ui/components/graph_view"} | _VIEWS,
    "ui/cache": _RECORDS
    | _WORKERS
    | _VIEWS
    | {"naming", "recognition", "memory", "datasets", "organisms", "pictures", "trace_files", "store", "ui/server"},
    "ui/cache/runs": _RECORDS
    | _WORKERS
    | {"memory", "datasets", "organisms", "pictures", "training", "ui/server", "ui/cache"},
    "ui/page": _RECORDS | _VIEWS | _COMPONENTS | {"organisms", "ui/cache", "ui/server"},
    "ui/picture": _RECORDS
    | _VIEWS
    | _COMPONENTS
    | _TRAINING
    | {"recognition", "downloads", "organisms", "pictures", "ui/cache", "ui/server", "ui/page"},
    "ui/explore/ways": _PAGE,
    "ui/explore": _PAGE | {"ui/explore/ways"},
    "ui/compare": _PAGE,
    "ui/learn/lesson": _PAGE,
    "ui/learn": _PAGE | {"ui/learn/lesson"},
    "ui/train": _PAGE | _TRAINING | {"downloads"},
    "ui/walk": _PAGE,
    "ui": _PAGE | _WORKERS | {"ui/explore", "ui/compare", "ui/learn", "ui/train", "ui/walk"},
}
# The looks upwards: a Trace shows itself in a notebook, and saves itself, through the lazy table of public names.
LOOKS_UP = {("records/trace.py", "resnet_viz.export_graph"), ("records/trace.py", "resnet_viz.save_trace")}
OWN_FOLDERS = ("house", "browser", "bench", "load", "zoo")


def test_a_room_knows_only_rooms_before_it() -> None:
    names = list(ROOMS)
    assert [f"{room}: {known}" for at, room in enumerate(names) for known in ROOMS[room] - set(names[:at])] == []


def test_no_room_of_the_pages_knows_what_needs_torch() -> None:
    """A server proves it in `tests/ui/server/test_cold_start.py`."""
    needs_torch = {room for room in ROOMS if room.partition("/")[0] in ("model", "engine", "showing", "checking")}
    pages = [room for room in ROOMS if room.partition("/")[0] == "ui"]
    assert len(pages) > 10
    assert [f"{room}: {known}" for room in pages for known in ROOMS[room] & needs_torch] == []


def test_each_file_has_a_room_that_may_know_what_it_imports() -> None:
    everyone = {room: known | _BASE for room, known in ROOMS.items()} | {"errors": set(), "units": set()}
    assert rules.wrong_imports(PACKAGE, everyone, resnet_viz._HOME_OF, LOOKS_UP) == []
    assert {rules.room_of(path, PACKAGE) for path in rules.sources(PACKAGE)} == set(ROOMS)


def test_libraries_stay_on_their_floors() -> None:
    assert rules.wrong_libraries(PACKAGE, LOADS, LIBRARIES) == []


def test_no_files_import_each_other() -> None:
    assert rules.circles(PACKAGE, LOOKS_UP) == []


@pytest.mark.parametrize("folder", [PACKAGE, TESTS], ids=lambda folder: folder.name)
@pytest.mark.parametrize(
    "rule",
    [rules.crowded_folders, rules.echoing_names, rules.shared_prefixes, rules.vague_names],
    ids=lambda rule: rule.__name__,
)
def test_folders_read_as_a_table_of_contents(rule: Callable[[Path], list[str]], folder: Path) -> None:
    assert rule(folder) == []


@pytest.mark.parametrize(
    "rule",
    [rules.stray_caches, rules.stray_addresses, rules.unread_charts, rules.speechless_rooms],
    ids=lambda rule: rule.__name__,
)
def test_there_is_one_place_for_each(rule: Callable[[Path], list[str]]) -> None:
    assert rule(PACKAGE) == []


def test_the_rules_have_something_to_look_at() -> None:
    ui = "".join(path.read_text(encoding="utf-8") for path in rules.sources(PACKAGE / "ui"))
    assert ui.count("@st.cache_resource") > 10
    assert ui.count("st.query_params") > 3
    assert ui.count("plotly_chart(") >= 5
    assert len(rules.sources(TESTS)) > 100


def test_the_page_names_exactly_the_rooms() -> None:
    assert rules.wrong_listing(PACKAGE, PAGE.read_text(encoding="utf-8")) == []


def test_tests_stand_where_their_subjects_stand() -> None:
    assert rules.misplaced_tests(TESTS, PACKAGE, OWN_FOLDERS) == []


def test_no_test_file_is_a_library() -> None:
    assert rules.tests_as_libraries(TESTS) == []


# The rules find what is wrong


def make_house(folder: Path, files: Mapping[str, str]) -> Path:
    """A package `house` in `folder`, each file with its text; every folder is a package."""
    package = folder / "house"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for place in (package, *(path for path in package.rglob("*") if path.is_dir())):
        (place / "__init__.py").touch()
    return package


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("views/graph/x.py", "from house.model import trace", "views/graph may not know model/trace"),
        ("views/graph/x.py", "import house.model.trace.rules", "views/graph may not know model/trace"),
        ("views/graph/x.py", "def f():\n    from house.model.trace.rules import RULES", "may not know model/trace"),
        ("views/graph/x.py", "if TYPE_CHECKING:\n    from house.model.trace.rules import Window", "model/trace"),
        ("views/graph/x.py", "from house import trace_model", "may not know model/trace"),
        ("views/graph/x.py", "from house.views.parts.runs import Run", None),
        ("views/graph/x.py", "from house.views.graph.canvas import Canvas", None),
        ("views/parts/x.py", "from house.views.graph.canvas import Canvas", "may not know views/graph"),
        ("ui/walk/x.py", "from house.ui.compare import page", "ui/walk may not know ui/compare"),
        ("ui/walk/x.py", "import house.ui.learn.page", "ui/walk may not know ui/learn"),
        ("ui/walk/x.py", "def show():\n    from house.ui.compare.page import show", "ui/walk may not know ui/compare"),
        ("ui/walk/x.py", "from house.ui.walk.page import show", None),
        ("ui/explore/ways/x.py", "from house.ui.explore.page import show", "may not know ui/explore"),
        ("ui/x.py", "from house.ui.walk.page import show", None),
        ("errors.py", "from house.i18n import _", "errors may not know i18n"),
        ("attic/x.py", "import math", "attic/x.py stands in no room"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, file: str, line: str, complaint: str | None) -> None:
    others = {f"{room}/page.py": "" for room in ("ui/compare", "ui/learn", "ui/walk", "ui/explore")}
    others |= {"model/trace/rules.py": "", "views/parts/runs.py": "", "views/graph/canvas.py": "", "i18n.py": ""}
    package = make_house(tmp_path, {**others, file: line})
    found = rules.wrong_imports(package, ROOMS, {"trace_model": "house.model.trace.plan"}, set())
    found = [text for text in found if not text.startswith("attic/__init__")]
    assert (len(found) == 1 and complaint in found[0]) if complaint else found == []


@pytest.mark.parametrize(
    ("file", "line", "is_wrong"),
    [
        ("views/x.py", "import torch", True),
        ("views/x.py", "def f():\n    from torch.nn import functional", True),
        ("views/x.py", "import streamlit as st", True),
        ("views/x.py", "import numpy as np", False),
        ("model/run/x.py", "import torch", False),
        ("model/run/x.py", "import streamlit", True),
        ("ui/x.py", "import streamlit, numpy", False),
        ("ui/x.py", "import streamlit, torch", True),
        ("ui/x.py", "if TYPE_CHECKING:\n    from torch import nn", False),
        ("spec/x.py", "import numpy as np", True),
        ("cli.py", "import streamlit", True),
    ],
)
def test_a_library_on_the_wrong_floor_is_found(tmp_path: Path, file: str, line: str, is_wrong: bool) -> None:
    assert bool(rules.wrong_libraries(make_house(tmp_path, {file: line}), LOADS, LIBRARIES)) is is_wrong


@pytest.mark.parametrize(
    ("files", "circle"),
    [
        ({"a.py": "import house.b", "b.py": "import house.c"}, []),
        ({"a.py": "import house.b", "b.py": "from house import a"}, ["house.a", "house.b"]),
        ({"a.py": "import house.b", "b.py": "def f():\n    from house.a import x"}, ["house.a", "house.b"]),
        ({"a.py": "import house.b", "b.py": "if TYPE_CHECKING:\n    from house.a import X"}, ["house.a", "house.b"]),
        ({"r/a.py": "import house.b", "b.py": "import house.c", "c.py": "import house.r.a"}, None),
        ({"r/__init__.py": "from house.r.a import x", "r/a.py": "from house.r import y"}, ["house.r", "house.r.a"]),
        ({"a.py": "import house.b", "b.py": "from house import public"}, []),
    ],
)
def test_a_circle_is_found(tmp_path: Path, files: Mapping[str, str], circle: list[str] | None) -> None:
    found = rules.circles(make_house(tmp_path, files), set())
    expected = ["house.b", "house.c", "house.r.a"] if circle is None else circle
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("rule", "names", "is_wrong"),
    [
        (rules.crowded_folders, [f"room/{letter}.py" for letter in "abcdefghijklmn"], False),
        (rules.crowded_folders, [f"room/{letter}.py" for letter in "abcdefghijklmno"], True),
        (rules.echoing_names, ["trace/trace.py"], True),
        (rules.echoing_names, ["walk/walk_build.py"], True),
        (rules.echoing_names, ["walk/test_walk.py"], True),
        (rules.echoing_names, ["exercises/exercise.py", "maps/mapping.py"], False),
        (rules.shared_prefixes, ["room/as_a.py", "room/as_b.py", "room/as_c.py"], False),
        (rules.shared_prefixes, ["room/as_a.py", "room/as_b.py", "room/as_c.py", "room/as_d.py"], True),
        (rules.shared_prefixes, ["room/test_as_a.py", "room/test_as_b.py", "room/test_as_c.py"], False),
        (rules.vague_names, ["room/utils.py"], True),
        (rules.vague_names, ["common/a.py"], True),
        (rules.vague_names, ["room/test_helpers.py"], True),
        (rules.vague_names, ["room/usual.py"], False),
    ],
)
def test_a_wrong_name_is_found(
    tmp_path: Path, rule: Callable[[Path], list[str]], names: list[str], is_wrong: bool
) -> None:
    assert bool(rule(make_house(tmp_path, dict.fromkeys(names, "")))) is is_wrong


@pytest.mark.parametrize(
    ("rule", "file", "text", "is_wrong"),
    [
        (rules.stray_caches, "ui/walk/x.py", "@st.cache_resource(max_entries=2)\ndef f(): ...", True),
        (rules.stray_caches, "ui/walk/x.py", "@st.cache_data\ndef f(): ...", True),
        (rules.stray_caches, "ui/walk/x.py", "from functools import lru_cache\n@lru_cache\ndef f(): ...", True),
        (rules.stray_caches, "ui/walk/x.py", "import functools\n@functools.cache\ndef f(): ...", True),
        (rules.stray_caches, "ui/walk/x.py", "kept = LRUCache(4)", True),
        (rules.stray_caches, "ui/cache/x.py", "@st.cache_resource\ndef f(): ...", False),
        (rules.stray_caches, "ui/walk/x.py", "from house.ui.cache import nets as cache\ncache.get_trace()", False),
        (rules.stray_addresses, "ui/walk/x.py", "st.query_params['net']", True),
        (rules.stray_addresses, "ui/page/reader.py", "st.query_params['net']", False),
        (rules.unread_charts, "ui/walk/x.py", "def f():\n    st.plotly_chart(chart)", True),
        (rules.unread_charts, "ui/walk/x.py", "def f():\n    st.plotly_chart(reader.for_reader(chart))", False),
        (rules.unread_charts, "ui/walk/x.py", "def f():\n    a = reader.for_reader(c)\n    st.plotly_chart(a)", False),
    ],
)
def test_a_stray_one_is_found(
    tmp_path: Path, rule: Callable[[Path], list[str]], file: str, text: str, is_wrong: bool
) -> None:
    assert bool(rule(make_house(tmp_path, {file: text}))) is is_wrong


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("- `walk` — Lines that run.\n- `a` — Letters.\n", None),
        ("- `walk` — Lines that run.\n", "a: not listed"),
        ("- `walk` — Lines that ran.\n- `a` — Letters.\n", "walk: “Lines that ran.”, but"),
        ("- `walk` — Lines that run.\n- `a` — Letters.\n- `b` — Nothing.\n", "b: there is no such room"),
        ("- `walk` — Lines that run.\n- `a` — Letters.\n- `a` — Letters.\n", "a: listed twice"),
    ],
)
def test_a_page_about_another_house_is_found(tmp_path: Path, page: str, complaint: str | None) -> None:
    files = {"__init__.py": '"""All."""', "walk/__init__.py": '"""Lines that run."""', "a.py": '"""Letters."""'}
    found = rules.wrong_listing(make_house(tmp_path, files), f"{page}- `__init__` — All.\n")
    assert (len(found) == 1 and found[0].startswith(complaint)) if complaint else found == []


def test_a_room_without_a_purpose_is_found(tmp_path: Path) -> None:
    files = {"__init__.py": '"""All."""', "walk/__init__.py": "", "a.py": '"""Letters."""'}
    assert rules.speechless_rooms(make_house(tmp_path, files)) == ["walk"]


@pytest.mark.parametrize(
    ("name", "text", "is_wrong"),
    [
        ("walk/test_x.py", "from house.walk.x import f", False),
        ("walk/test_x.py", "open('house/walk/x.py')", False),
        ("walk/test_x.py", "from house.other import f", True),
        ("attic/test_x.py", "from house.walk.x import f", True),
        ("bench/test_x.py", "import math", False),
        ("test_x.py", "import math", False),
    ],
)
def test_a_test_in_the_wrong_place_is_found(tmp_path: Path, name: str, text: str, is_wrong: bool) -> None:
    package = make_house(tmp_path, {"walk/x.py": "", "other.py": ""})
    path = tmp_path / "tests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    assert bool(rules.misplaced_tests(tmp_path / "tests", package, ("bench",))) is is_wrong


@pytest.mark.parametrize(("line", "is_wrong"), [("from tests.walk.steps import f", False), ("import math", True)])
def test_a_module_beside_a_test_may_open_the_room(tmp_path: Path, line: str, is_wrong: bool) -> None:
    package, tests = make_house(tmp_path, {"walk/x.py": "", "other.py": ""}), tmp_path / "tests"
    (tests / "walk").mkdir(parents=True)
    (tests / "walk" / "steps.py").write_text("from house.walk.x import f", encoding="utf-8")
    (tests / "walk" / "test_x.py").write_text(line, encoding="utf-8")
    assert bool(rules.misplaced_tests(tests, package, ())) is is_wrong


@pytest.mark.parametrize(
    ("line", "is_wrong"),
    [
        ("from tests.walk.test_x import f", True),
        ("from tests.walk import test_x", True),
        ("import tests.walk.test_x", True),
        ("from tests.nets import plan", False),
        ("from house.walk import test_x", False),
    ],
)
def test_an_import_of_a_test_is_found(tmp_path: Path, line: str, is_wrong: bool) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_y.py").write_text(line, encoding="utf-8")
    assert bool(rules.tests_as_libraries(tmp_path / "tests")) is is_wrong
