"""Joins a component's ES modules and style sheets: Streamlit takes either as one text.

Streamlit serves a component's files only from an installed distribution; the app also runs from a checkout. The files
are therefore real ES modules, read as such by editors, type checker and unit tests, and joined here without a bundler.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

__all__ = ["BASE", "JoinError", "exports_of", "imports_of", "join_modules", "join_styles", "names_of"]

BASE = Path(__file__).parent / "browser" / "base.css"
"""The style sheet that stands before each component's own."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
_TOP_NAME = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) +(\w+)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) +(\w+)", re.MULTILINE)
# Streamlit sends a component's text whole with its data, and the types in comments are half of it.
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
# What the joined text could not be made of: everything else that begins with these words.
_UNKNOWN = re.compile(r"^(?:import\b|export (?:\{|\*|default )).*", re.MULTILINE)


class JoinError(ValueError):
    """Modules that cannot be joined; the message names the file."""


def join_modules(entry: Path) -> str:
    """Returns a module and all that it imports as one module, each before those that import it.

    Raises JoinError: an import circle, a name declared by two modules, a name that is not exported, or a form of import
    or export other than `import { a, b } from "./file.js";` and `export` before a declaration. Only the entry may have
    an `export default`.
    """
    order: list[Path] = []
    _follow(entry.resolve(), [], order)
    texts = {path: path.read_text(encoding="utf-8") for path in order}
    _refuse_names(texts)
    return "\n".join(_bare(text, path, path == order[-1]) for path, text in texts.items())


def join_styles(*files: Path) -> str:
    """Returns style sheets as one, in this order."""
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def imports_of(path: Path) -> dict[Path, list[str]]:
    """Returns the modules that a module imports, and which names of each."""
    found = {}
    for names, target in _IMPORT.findall(path.read_text(encoding="utf-8")):
        found[(path.parent / target).resolve()] = [name.strip() for name in names.split(",") if name.strip()]
    return found


def names_of(path: Path) -> list[str]:
    """Returns the names that a module declares at its top, exported or not."""
    return _TOP_NAME.findall(path.read_text(encoding="utf-8"))


def exports_of(path: Path) -> list[str]:
    """Returns the names that a module exports."""
    return _EXPORTED.findall(path.read_text(encoding="utf-8"))


def _follow(path: Path, way: list[Path], order: list[Path]) -> None:
    if path in way:
        names = " → ".join(step.name for step in [*way[way.index(path) :], path])
        raise JoinError(f"These modules import each other in a circle: {names}")
    if path in order:
        return
    for target, wanted in imports_of(path).items():
        if not target.is_file():
            raise JoinError(f"{path.name} imports {target.name}, which is not there.")
        missing = set(wanted) - set(exports_of(target))
        if missing:
            raise JoinError(f"{path.name} imports {', '.join(sorted(missing))}, which {target.name} does not export.")
        _follow(target, [*way, path], order)
    order.append(path)


def _refuse_names(texts: dict[Path, str]) -> None:
    """All modules share one scope once they are joined."""
    counts = Counter(name for text in texts.values() for name in _TOP_NAME.findall(text))
    for name in (name for name, count in counts.items() if count > 1):
        files = ", ".join(path.name for path, text in texts.items() if name in _TOP_NAME.findall(text))
        raise JoinError(f"{name} stands in more than one module: {files}")


def _bare(text: str, path: Path, is_entry: bool) -> str:
    """A module without its imports, the word `export`, and comments that have lines of their own."""
    bare = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))
    for line in _UNKNOWN.findall(bare):
        if not (is_entry and line.startswith("export default ")):
            raise JoinError(f"{path.name} has an import or export that cannot be joined: {line}")
    return bare
