"""The floors of the house: what each part may import, read from the source; and the package starts without torch."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import resnet_viz

ROOT = Path(resnet_viz.__file__).parents[1]
PACKAGE = ROOT / "resnet_viz"
# What only some floors may import; the standard library and the rest are free.
LIBRARIES = {
    "torch",
    "torchvision",
    "streamlit",
    "PIL",
    "numpy",
    "graphviz",
    "pygraphviz",
    "pypdf",
    "plotly",
    "skimage",
    "psutil",
    "safetensors",
    "cachetools",
    "loky",
    "anyio",
    "starlette",
}
WALK = {"walk_records", "walk_stages", "walk_json"}
F0 = {"errors", "units", "i18n"}
F1 = {
    "spec",
    "spec_checks",
    "spec_together",
    "spec_names",
    "depths",
    "query",
    "records",
    "preparation",
    "findings",
    *WALK,
}
ALLOWED = {
    "errors": set(),
    "units": set(),
    "i18n": set(),
    "spec": F0 | F1,
    "spec_checks": F0 | F1,
    "spec_together": F0 | F1,
    "spec_names": F0 | F1,
    "depths": F0 | F1,
    "query": F0 | F1,
    "records": F0 | F1,
    "preparation": F0,
    "findings": F0,
    **dict.fromkeys(WALK, F0 | F1),
    "model": F0 | F1 | {"model", "torch", "torchvision", "PIL", "numpy", "skimage", "psutil", "safetensors"},
    "views": F0 | F1 | {"views", "numpy", "PIL", "graphviz", "pygraphviz", "pypdf", "plotly"},
    "lessons": F0 | F1 | {"lessons", "numpy", "PIL", "graphviz", "pygraphviz", "plotly"},
    "ui": F0 | F1 | {"model", "views", "lessons", "ui"} | LIBRARIES - {"torch", "torchvision"},
    "app": F0 | F1 | {"model", "views", "lessons", "ui"} | LIBRARIES - {"torch", "torchvision"},
    # The command line: as high as a page, but without Streamlit.
    "cli": F0 | F1 | {"model", "views", "cli"},
    "__main__": {"cli"},
    # The table of public names: it may name everything, and loads nothing (see below).
    "__init__": F0 | F1 | {"model", "views"},
}
# The one look upwards: a Trace shows itself in a notebook through the lazy table of public names.
LOOKS_UP = {("records", "resnet_viz.export_graph")}
SOURCES = sorted([ROOT / "app.py", *PACKAGE.rglob("*.py")])


def part_of(path: Path) -> str:
    """`model` for resnet_viz/model/rules.py, `spec` for resnet_viz/spec.py, `app` for app.py."""
    return path.stem if path.parent in (ROOT, PACKAGE) else path.relative_to(PACKAGE).parts[0]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted_names(tree: ast.AST, path: Path) -> Iterator[str]:
    """All that a file imports, also inside functions, each imported name as a name of its module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            assert path.name == "__init__.py", f"{path}: an import that cannot be read"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def names_for_types(path: Path) -> set[str]:
    """What a file imports under `if TYPE_CHECKING` loads nothing: of the libraries any may be named there."""
    blocks = [node for node in ast.walk(parse(path)) if isinstance(node, ast.If)]
    checks = [block for block in blocks if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"]
    return {name for block in checks for line in block.body for name in dotted_names(line, path)}


def imported_parts(path: Path) -> set[str]:
    """The libraries and the parts of ours that a file imports; a public name counts as the part it lives in."""
    found, for_types = set(), names_for_types(path)
    for name in dotted_names(parse(path), path):
        if (path.stem, name) in LOOKS_UP:
            continue
        top, *rest = name.split(".")
        if top == "resnet_viz":
            home = resnet_viz._HOME_OF.get(rest[0])
            found.add(home.split(".")[1] if home else rest[0])
        elif top in LIBRARIES and name not in for_types:
            found.add(top)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    part = part_of(path)
    assert part in ALLOWED, f"{path} stands on no floor: give it one here and in the design"
    assert imported_parts(path) <= ALLOWED[part]


PAGES = {path.stem for path in (PACKAGE / "ui" / "page").glob("*.py")} - {"__init__"}


def page_of(module: str) -> str | None:
    """The page that a module belongs to: itself (`ui.page.walk`), or by its name a part of it (`ui.walk_graph`)."""
    found = re.match(r"resnet_viz\.ui\.(?:page\.(\w+)|([a-z]+)_)", module)
    page = found and (found[1] or found[2])
    return page if page in PAGES else None


def other_pages(path: Path, module: str) -> list[str]:
    """What a file, as the module it is or would be, imports of another page than its own."""
    own = page_of(module)
    names = dotted_names(parse(path), path)
    return [name for name in names if own and page_of(name) not in (own, None)]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_one_page_never_imports_another() -> None:
    assert {"explore", "compare", "learn", "walk"} == PAGES
    ours = [path for path in SOURCES if page_of(module_of(path))]
    assert {page_of(module_of(path)) for path in ours} == PAGES
    assert len(ours) > 20
    assert [found for path in ours for found in other_pages(path, module_of(path))] == []


@pytest.mark.parametrize(
    ("module", "line", "is_found"),
    [
        ("resnet_viz.ui.page.walk", "from resnet_viz.ui.page import compare", True),
        ("resnet_viz.ui.page.walk", "import resnet_viz.ui.page.compare", True),
        ("resnet_viz.ui.page.walk", "from resnet_viz.ui.page.walk import show", False),
        ("resnet_viz.ui.page.explore", "def show():\n    from resnet_viz.ui.learn_cell import show_cell", True),
        ("resnet_viz.ui.walk_maps_panel", "from resnet_viz.ui.compare_maps_panel import choose_weights", True),
        ("resnet_viz.ui.walk_maps_panel", "from resnet_viz.ui import compare_maps_panel", True),
        ("resnet_viz.ui.walk_maps_panel", "from resnet_viz.ui.walk_state import change", False),
        ("resnet_viz.ui.walk_maps_panel", "from resnet_viz.ui import cache, controls, scene", False),
        ("resnet_viz.ui.page_links", "from resnet_viz.ui import compare_state, walk_state", False),
    ],
)
def test_an_import_of_another_page_is_found(module: str, line: str, is_found: bool, tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(line)
    assert bool(other_pages(file, module)) is is_found


# The checks check


@pytest.mark.parametrize(
    ("part", "line", "is_allowed"),
    [
        ("views/x.py", "import torch", False),
        ("views/x.py", "def f():\n    from torch.nn import functional", False),
        ("views/x.py", "from resnet_viz import trace_model", False),
        ("views/x.py", "from resnet_viz import model", False),
        ("views/x.py", "from resnet_viz.records import Trace", True),
        ("views/x.py", "from resnet_viz.lessons import player", False),
        ("views/x.py", "import streamlit as st", False),
        ("model/x.py", "from resnet_viz.views.graph import draw_graph", False),
        ("model/x.py", "import torch", True),
        ("ui/x.py", "if TYPE_CHECKING:\n    from torch import nn", True),
        ("views/x.py", "if TYPE_CHECKING:\n    from resnet_viz.model.rules import Window", False),
        ("spec.py", "import numpy as np", False),
        ("errors.py", "from resnet_viz.i18n import _", False),
        ("ui/x.py", "import streamlit, numpy", True),
        ("ui/x.py", "import streamlit, torch", False),
        ("ui/x.py", "from resnet_viz import trace_model", True),
    ],
)
def test_a_wrong_import_is_found(part: str, line: str, is_allowed: bool, tmp_path: Path) -> None:
    file = tmp_path / Path(part).name
    file.write_text(line)
    assert (imported_parts(file) <= ALLOWED[part_of(PACKAGE / part)]) is is_allowed


# A fresh process


@pytest.mark.parametrize(
    "line",
    [
        "import resnet_viz",
        "from resnet_viz import ResNetSpec, PRESETS; ResNetSpec.from_query(PRESETS['resnet50'].to_query())",
        "from resnet_viz import Trace, SpecError, draw_graph; dir(__import__('resnet_viz'))",
    ],
)
def test_importing_loads_neither_torch_nor_streamlit(line: str) -> None:
    heavy = "{'torch', 'torchvision', 'streamlit'}"
    code = f"{line}\nimport sys\nfound = {heavy} & set(sys.modules)\nassert not found, found"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_public_names_resolve() -> None:
    assert sorted(resnet_viz.__all__) == sorted(resnet_viz._HOME_OF) == dir(resnet_viz)
    for name in resnet_viz.__all__:
        value = getattr(resnet_viz, name)
        assert getattr(value, "__name__", name) == name
        assert value is getattr(import_module(resnet_viz._HOME_OF[name]), name)
    with pytest.raises(AttributeError, match="no_such_name"):
        resnet_viz.no_such_name  # noqa: B018


def test_errors_are_one_family() -> None:
    names = [name for name in resnet_viz.__all__ if name.endswith("Error") and name != "ResnetVizError"]
    assert set(names) >= {"SpecError", "TraceError", "ImageError", "WeightsError", "DeviceError", "DrawError"}
    assert all(issubclass(getattr(resnet_viz, name), resnet_viz.ResnetVizError) for name in names)
