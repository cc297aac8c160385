"""Rules for the browser's half, read from the scripts' text; each function returns violations, the empty list if none.

Each takes the folder of the components, so that a test can pass it a wrong example.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from resnet_viz.ui.components.joining import exports_of, imports_of, names_of
from tests.house.rules import VAGUE, loops, sources

SHARED, DECLARED = "browser", "payloads.d.ts"
_MOST_FILES = 15
_ENTRY = re.compile(r'join_modules\(_HERE / "js" / "(\w+\.js)"\)')
_TYPES = re.compile(r'@import \{[^}]*\} from "(\.[^"]+)"')
# The braces of a JSDoc tag, one level of braces within them included.
_TAG = re.compile(r"@(?:type|param|returns|typedef|property|template|this|extends)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ADDRESS = re.compile(r"""(?:\bfetch|\bnew URL|\bsendBeacon)\(\s*(?:"[^"]|'[^']|`(?!\$\{))""")


def scripts(folder: Path) -> list[Path]:
    """Returns the scripts below a folder."""
    return sorted(folder.rglob("*.js"))


def known_to(script: Path) -> set[Path]:
    """Returns the files that a script imports, also those of which it imports only types."""
    types = _TYPES.findall(script.read_text(encoding="utf-8"))
    return {*imports_of(script), *((script.parent / target).resolve() for target in types)}


def crowded_folders(components: Path) -> list[str]:
    """Returns folders of more than 15 files of any kind."""
    files = [path for path in components.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    counts = Counter(path.parent for path in files)
    return [f"{place.relative_to(components)}: {n} files" for place, n in counts.items() if n > _MOST_FILES]


def vague_names(components: Path) -> list[str]:
    """Returns scripts and folders that are not named after a subject."""
    names = (path.relative_to(components).with_suffix("") for path in scripts(components))
    return sorted({part for name in names for part in name.parts if part in VAGUE})


def wrong_imports(components: Path) -> list[str]:
    """Returns imports from another component; the shared folder may import only from itself, all the declarations."""
    found = []
    for script in scripts(components):
        room = _room_of(script, components)
        may = {room, SHARED}
        for target in sorted(known_to(script)):
            is_inside = target.is_relative_to(components)
            if not is_inside or not (target.name == DECLARED or _room_of(target, components) in may):
                found.append(f"{script.relative_to(components)} imports {target.name}: {room} may not know it")
    return found


def circles(components: Path) -> list[list[str]]:
    """Returns scripts that know each other in a circle, by what they import or by its types."""
    files = set(scripts(components))
    knows = {_name(path, components): {_name(t, components) for t in known_to(path) & files} for path in files}
    return loops(knows)


def repeated_names(components: Path) -> list[str]:
    """Returns names that two scripts of a component, or of one and the shared folder, declare: they share a scope."""
    found = set()
    rooms = {_room_of(script, components) for script in scripts(components)}
    for room in rooms:
        files = [*scripts(components / room), *(scripts(components / SHARED) if room != SHARED else ())]
        counts = Counter(name for file in files for name in names_of(file))
        found |= {f"{room}: {name}" for name, count in counts.items() if count > 1}
    return sorted(found)


def dead_scripts(components: Path) -> list[str]:
    """Returns scripts that nothing imports and that are no component's entry, and entries that are not there."""
    entries = {
        path.parent / "js" / name
        for path in components.rglob("*.py")
        for name in _ENTRY.findall(path.read_text(encoding="utf-8"))
    }
    files = set(scripts(components))
    known = {target for script in files for target in known_to(script)}
    return sorted(_name(path, components) for path in (files - known - entries) | (entries - files))


def idle_exports(components: Path, tests: Path) -> list[str]:
    """Returns exported names that no other script imports, and no test; tests in Python write `names.NAME`."""
    in_python = {name for path in sources(tests) for name in re.findall(r"\bnames\.(\w+)", path.read_text("utf-8"))}
    used = {
        (target, name)
        for script in (*scripts(components), *scripts(tests))
        for target, names in imports_of(script).items()
        for name in names
    }
    return [
        f"{_name(script, components)}: {name}"
        for script in scripts(components)
        for name in exports_of(script)
        if (script, name) not in used and name not in in_python
    ]


def loose_types(components: Path, allowed: Mapping[str, int]) -> list[str]:
    """Returns scripts whose comments say the type `any` not as often as allowed; by path, those not named never."""
    found = []
    for script in scripts(components):
        tags = _TAG.findall(script.read_text(encoding="utf-8"))
        count, place = sum(len(re.findall(r"\bany\b", tag)) for tag in tags), _name(script, components)
        if count != allowed.get(place, 0):
            found.append(f"{place}: {count}")
    return found


def own_addresses(components: Path) -> list[str]:
    """Returns addresses that begin with a text of the script's own: Python says where its routes are."""
    return [
        f"{_name(script, components)}: {call}"
        for script in scripts(components)
        for call in _ADDRESS.findall(script.read_text(encoding="utf-8"))
    ]


def long_templates(components: Path) -> list[str]:
    """Returns template literals over several lines: one of their lines might be left out as a comment when joined."""
    return [
        f"{_name(script, components)}: {line.strip()}"
        for script in scripts(components)
        for line in script.read_text(encoding="utf-8").splitlines()
        if line.count("`") % 2 and not line.lstrip().startswith(("//", "*", "/*"))
    ]


def speechless_scripts(components: Path) -> list[str]:
    """Returns scripts that do not begin with a comment that says what they are for, in whole sentences."""
    found = []
    for script in scripts(components):
        head = re.match(r"(?:// .*\n|//\n)+", script.read_text(encoding="utf-8"))
        if head is None or not head[0].rstrip().endswith((".", "!", "?")):
            found.append(_name(script, components))
    return found


def _room_of(path: Path, components: Path) -> str:
    return path.relative_to(components).parts[0]


def _name(path: Path, components: Path) -> str:
    return path.relative_to(components).as_posix()
