"""The source lines that run a node, read from their file."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from resnet_viz.records.trace import SourceRef, Trace
from resnet_viz.views.parts.runs import inner_ops
from resnet_viz.views.parts.subject import Subject

_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class SourceLines:
    """Lines of one function: file, first and last line number, and the code (empty if unreadable)."""

    place: str
    """For example `torchvision/models/resnet.py`."""
    function: str
    first: int
    last: int
    code: str


def source_of(trace: Trace, subject: Subject) -> tuple[SourceLines, ...]:
    """Returns the lines that run a node, innermost first: an op's line or a group's part of forward; then the callers.

    A Trace has no lines of torch itself, such as those of nn.Sequential.
    """
    node = subject.first
    stacks = [op.source for op in inner_ops(trace, node) if op.kind == "op"]
    if not stacks:
        return ()
    shared = _shared_end(stacks)
    callers = tuple(_read(ref, ref) for ref in shared)
    inside = [stack[len(stack) - len(shared) - 1] for stack in stacks if len(stack) > len(shared)]
    is_one_function = len({(ref.file, ref.function) for ref in inside}) == 1 and node.kind not in ("stage", "shortcut")
    if not is_one_function:
        return callers
    return (_read(min(inside, key=_line), max(inside, key=_line)), *callers)


def read_source(file: str) -> str:
    """Returns a file's source; empty if it is unreadable or not that of a loaded module."""
    return "".join(linecache.getlines(file)) if _is_loaded(file) else ""


def read_lines(file: str, function: str, first: int, last: int) -> SourceLines:
    """Returns the lines of a function from `first` to `last`, counted from 1."""
    return _read(SourceRef(file, first, function), SourceRef(file, last, function))


def _shared_end(stacks: Sequence[tuple[SourceRef, ...]]) -> tuple[SourceRef, ...]:
    """The outermost frames that all ops share."""
    shortest = min(stacks, key=len)
    n = 0
    while n < len(shortest) and all(stack[-1 - n] == shortest[-1 - n] for stack in stacks):
        n += 1
    return shortest[len(shortest) - n :]


def _line(ref: SourceRef) -> int:
    return ref.line


def _read(first: SourceRef, last: SourceRef) -> SourceLines:
    return SourceLines(_place(first.file), first.function, first.line, last.line, _code(first, last.line))


def _place(file: str) -> str:
    """The path relative to site-packages, so that no folder of this machine is shown."""
    parts = PurePath(file).parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return PurePath(file).name


def _file(module: object) -> object:
    """A module's file, read from `__dict__`, since attribute access would load a lazy module."""
    return getattr(module, "__dict__", {}).get("__file__")


def _is_loaded(file: str) -> bool:
    # Loaded modules only, since an imported Trace may name any file.
    return any(_file(module) == file for module in list(sys.modules.values()))


@lru_cache(maxsize=512)
def _code(ref: SourceRef, last: int) -> str:
    if not _is_loaded(ref.file):
        return ""
    lines = linecache.getlines(ref.file)[ref.line - 1 : min(last, ref.line + _MOST_LINES - 1)]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() if line.strip() else "" for line in lines).rstrip()
