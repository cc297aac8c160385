"""The rules of the house, checked on the source: each function returns its rule's violations, in words.

A *room* is a folder of the package, or a file beside them (`errors`, `cli`); `model/trace/rules.py` stands in the room
`model/trace`. Each function takes a folder, so that a test can pass it a wrong example.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

VAGUE = {"utils", "util", "common", "shared", "helpers", "helper", "misc"}
_CACHES = {"cache_resource", "cache_data", "lru_cache", "cache", "LRUCache", "TTLCache", "LFUCache"}
_MOST_FILES, _MOST_ALIKE = 15, 3


# --- reading -------------------------------------------------------------------------------------------------------


def sources(folder: Path) -> list[Path]:
    """Returns the Python files below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def parse(path: Path) -> ast.Module:
    """Returns a file's syntax tree, which all rules share."""
    return _parse(path.read_text(encoding="utf-8"))


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


def dotted_names(tree: ast.AST, path: Path) -> Iterator[str]:
    """Yields all imported names as `module.name`, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            assert path.name == "__init__.py", f"{path}: an import that cannot be read"


def names_for_types(tree: ast.AST, path: Path) -> set[str]:
    """Returns the names imported under `if TYPE_CHECKING`, which loads nothing."""
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    checks = [block for block in blocks if isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"]
    return {name for block in checks for line in block.body for name in dotted_names(line, path)}


def room_of(path: Path, package: Path) -> str:
    """Returns `model/trace` for resnet_viz/model/trace/rules.py, `errors` for resnet_viz/errors.py."""
    inside = path.relative_to(package)
    return inside.parent.as_posix() if inside.parent.parts else inside.stem


def room_of_name(name: str, package: Path, homes: Mapping[str, str]) -> str | None:
    """Returns the room of an imported name; None for other packages, and for the package itself."""
    top, *rest = name.split(".")
    if top != package.name or not rest:
        return None
    rest = homes[rest[0]].split(".")[1:] if rest[0] in homes else rest
    folders: list[str] = []
    for part in rest:
        if not (package.joinpath(*folders, part)).is_dir():
            break
        folders.append(part)
    return "/".join(folders) if folders else rest[0]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


# --- what knows what -------------------------------------------------------------------------------------------------


def wrong_imports(
    package: Path, rooms: Mapping[str, set[str]], homes: Mapping[str, str], exceptions: set[tuple[str, str]]
) -> list[str]:
    """Returns files without a room, and imports that `rooms` does not allow; `homes` maps public names to modules."""
    found = []
    for path in sources(package):
        room, place = room_of(path, package), path.relative_to(package).as_posix()
        if room not in rooms:
            found.append(f"{place} stands in no room")
            continue
        for name in dotted_names(parse(path), path):
            known = room_of_name(name, package, homes)
            if known not in (None, room) and known not in rooms[room] and (place, name) not in exceptions:
                found.append(f"{place} imports {name}: {room} may not know {known}")
    return found


def wrong_libraries(package: Path, allowed: Mapping[str, set[str]], libraries: set[str]) -> list[str]:
    """Returns imports of `libraries` that are not allowed; the longest matching prefix in `allowed` applies."""
    found = []
    for path in sources(package):
        room, tree = room_of(path, package), parse(path)
        floors = [floor for floor in allowed if room == floor or room.startswith(f"{floor}/")]
        may = allowed[max(floors, key=len)] if floors else set()
        for name in set(dotted_names(tree, path)) - names_for_types(tree, path):
            if (library := name.split(".")[0]) in libraries - may:
                found.append(f"{path.relative_to(package).as_posix()} loads {library}")
    return found


def circles(package: Path, exceptions: set[tuple[str, str]]) -> list[list[str]]:
    """Returns import circles as lists of modules; the package's `__init__`, a table of names, is left out."""
    files = {_module(path, package): path for path in sources(package) if path != package / "__init__.py"}
    knows = {
        module: {
            other
            for name in dotted_names(parse(path), path)
            if (path.relative_to(package).as_posix(), name) not in exceptions
            and (other := _longest(name, files))
            and other != module
        }
        for module, path in files.items()
    }
    return loops(knows)


def _module(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _longest(name: str, modules: Mapping[str, Path]) -> str | None:
    parts = name.split(".")
    return next((m for n in range(len(parts), 0, -1) if (m := ".".join(parts[:n])) in modules), None)


def loops(knows: Mapping[str, set[str]]) -> list[list[str]]:
    """Returns what is left after removing, repeatedly, modules without imports or without importers."""
    left = dict(knows)
    while True:
        known = {other for others in left.values() for other in others}
        loose = {module for module, others in left.items() if not others or module not in known}
        if not loose:
            break
        left = {module: others - loose for module, others in left.items() if module not in loose}
    return [sorted(left)] if left else []


# --- names and sizes -------------------------------------------------------------------------------------------------


def crowded_folders(folder: Path) -> list[str]:
    """Returns folders of more than 15 Python files."""
    counts = Counter(path.parent for path in sources(folder))
    return [f"{place.name}: {n} files" for place, n in counts.items() if n > _MOST_FILES]


def echoing_names(folder: Path) -> list[str]:
    """Returns files whose names begin with their folder's name."""
    return [
        f"{path.parent.name}/{path.name}"
        for path in sources(folder)
        if re.match(rf"{re.escape(path.parent.name)}(_|$)", path.stem.removeprefix("test_"))
    ]


def shared_prefixes(folder: Path) -> list[str]:
    """Returns prefixes that four files of a folder share: they need a room."""
    found = Counter(
        (path.parent, name.split("_")[0])
        for path in sources(folder)
        if "_" in (name := path.stem.removeprefix("test_")) and path.stem != "__init__"
    )
    return [f"{place.name}/{prefix}_…: {n}" for (place, prefix), n in found.items() if n > _MOST_ALIKE]


def vague_names(folder: Path) -> list[str]:
    """Returns files and folders that are not named after a subject."""
    names = {path.relative_to(folder).with_suffix("") for path in sources(folder)}
    return sorted({part for name in names for part in name.parts if part.removeprefix("test_") in VAGUE})


# --- one place for each ----------------------------------------------------------------------------------------------


def stray_caches(package: Path) -> list[str]:
    """Returns caches in `ui` outside `ui/cache`."""
    outside = [path for path in sources(package / "ui") if package / "ui/cache" not in path.parents]
    return [
        f"{path.relative_to(package).as_posix()}: {_last(node)}"
        for path in outside
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Name | ast.Attribute) and _last(node) in _CACHES and _is_use(node)
    ]


def _is_use(node: ast.AST) -> bool:
    """Pages also import the module of caches as `cache`."""
    return not (isinstance(node, ast.Name) and node.id == "cache")


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def stray_addresses(package: Path) -> list[str]:
    """Returns files that use `st.query_params`, other than `ui/page/reader.py`."""
    return [
        path.relative_to(package).as_posix()
        for path in sources(package / "ui")
        if path != package / "ui/page/reader.py"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.query_params"
    ]


def unread_charts(package: Path) -> list[str]:
    """Returns charts that are not passed through `reader.for_reader` in the function that shows them."""
    found = []
    for path in sources(package / "ui"):
        for function in ast.walk(parse(path)):
            if isinstance(function, ast.FunctionDef):
                ready = {ast.unparse(t) for n in ast.walk(function) if _is_read(n) for t in n.targets}  # type: ignore[attr-defined]
                charts = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _called(n) == "plotly_chart"]
                found += [
                    f"{path.relative_to(package).as_posix()}: {ast.unparse(chart.args[0])}"
                    for chart in charts
                    if not _reads(chart.args[0]) and ast.unparse(chart.args[0]) not in ready
                ]
    return found


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and _reads(node.value)


def _reads(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "reader.for_reader"


# --- what is written of it -------------------------------------------------------------------------------------------


def purposes(package: Path) -> dict[str, str]:
    """Returns the first line of the docstring of each room."""
    found: dict[str, str] = {}
    for path in sources(package):
        if path.name == "__init__.py" or path.parent == package:
            lines = (ast.get_docstring(parse(path)) or "").splitlines()
            found[room_of(path, package)] = lines[0] if lines else ""
    return found


def wrong_listing(package: Path, page: str) -> list[str]:
    """Returns rooms that the page does not list exactly once and in their own words, and listed rooms that are none.

    A room's line on the page is `` `name` — purpose``.
    """
    lines = re.findall(r"^- `([\w/]+)` — (.+)$", page, re.MULTILINE)
    listed, own = dict(lines), purposes(package)
    twice = [f"{room}: listed twice" for room, n in Counter(room for room, _text in lines).items() if n > 1]
    missing = [f"{room}: not listed" for room in own if room not in listed]
    gone = [f"{room}: there is no such room" for room in listed if room not in own]
    other = [
        f"{room}: “{listed[room]}”, but it says “{own[room]}”"
        for room in own
        if listed.get(room, own[room]) != own[room]
    ]
    return [*twice, *missing, *gone, *other]


def speechless_rooms(package: Path) -> list[str]:
    """Returns rooms without a sentence that says what they are for."""
    return [room for room, text in purposes(package).items() if not text.endswith(".")]


# --- tests -----------------------------------------------------------------------------------------------------------


def misplaced_tests(tests: Path, package: Path, own: Sequence[str]) -> list[str]:
    """Returns tests in a folder that is no room, or that import nothing of their room.

    `own` are folders without a room of that name. Naming the room's folder counts as an import, as a page's test does
    to open it; so does an import by a module in the test's own folder.
    """
    found = []
    for path in sources(tests):
        inside = path.parent.relative_to(tests).as_posix()
        if not path.name.startswith("test_") or inside == "." or inside.split("/")[0] in own:
            continue
        room = package / inside
        if not room.is_dir():
            found.append(f"{path.relative_to(tests).as_posix()}: there is no room {inside}")
        elif not _is_about(path, package, inside):
            found.append(f"{path.relative_to(tests).as_posix()} imports nothing of {inside}")
    return found


def _is_about(path: Path, package: Path, room: str) -> bool:
    module = f"{package.name}.{room.replace('/', '.')}."
    files = [path, *_modules_beside(path)]
    names = (f"{name}." for file in files for name in _plain_imports(parse(file)))
    return any(name.startswith(module) for name in names) or any(room in file.read_text("utf-8") for file in files)


def _modules_beside(path: Path) -> list[Path]:
    """The modules in a test's own folder that it imports and that are no tests."""
    names = [f".{name}." for name in _plain_imports(parse(path))]
    others = [file for file in path.parent.glob("*.py") if not file.name.startswith("test_")]
    return [file for file in others if any(f".{path.parent.name}.{file.stem}." in name for name in names)]


def tests_as_libraries(tests: Path) -> list[str]:
    """Returns imports of test files."""
    return [
        f"{path.relative_to(tests).as_posix()} imports {name}"
        for path in sources(tests)
        for name in _plain_imports(parse(path))
        if name.split(".")[0] == tests.name and any(part.startswith("test_") for part in name.split(".")[1:])
    ]


def _plain_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
