"""The source lines that run a node, read from their file."""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from resnet_viz.records.source_files import find_source, package_of, version_of
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
    callers = tuple(_read(trace, ref, ref) for ref in shared)
    inside = [stack[len(stack) - len(shared) - 1] for stack in stacks if len(stack) > len(shared)]
    is_one_function = len({(ref.file, ref.function) for ref in inside}) == 1 and node.kind not in ("stage", "shortcut")
    if not is_one_function:
        return callers
    return (_read(trace, min(inside, key=_line), max(inside, key=_line)), *callers)


def has_same_source(trace: Trace, name: str) -> bool:
    """Whether a source file, by its name in a Trace, is here what it was where the Trace was made.

    Of a package by its version, without what says how it was built; of any other file if the Trace was made here.
    """
    package = package_of(name)
    told = trace.versions.get(package) if package else None
    here = version_of(package) if package and told else None
    if told is None:
        return not trace.is_read
    return here is not None and here.partition("+")[0] == told.partition("+")[0]


def read_source(name: str) -> str:
    """Returns a file's source, by its name in a Trace; empty if it is unreadable or not that of a loaded module."""
    file = find_source(name)
    return "".join(linecache.getlines(file)) if file else ""


def read_lines(name: str, function: str, first: int, last: int) -> SourceLines:
    """Returns the lines of a function from `first` to `last`, counted from 1, of a file by its name in a Trace."""
    return SourceLines(_place(name), function, first, last, _code(name, first, last))


def _shared_end(stacks: Sequence[tuple[SourceRef, ...]]) -> tuple[SourceRef, ...]:
    """The outermost frames that all ops share."""
    shortest = min(stacks, key=len)
    n = 0
    while n < len(shortest) and all(stack[-1 - n] == shortest[-1 - n] for stack in stacks):
        n += 1
    return shortest[len(shortest) - n :]


def _line(ref: SourceRef) -> int:
    return ref.line


def _read(trace: Trace, first: SourceRef, last: SourceRef) -> SourceLines:
    if has_same_source(trace, first.file):
        return read_lines(first.file, first.function, first.line, last.line)
    return SourceLines(_place(first.file), first.function, first.line, last.line, "")


def _place(name: str) -> str:
    """A Trace that was read may have been given a path for a name: no folder is shown."""
    return PurePath(name).name if PurePath(name).is_absolute() else name


def _code(name: str, first: int, last: int) -> str:
    # Loaded modules only, since an imported Trace may name any file.
    file = find_source(name)
    return _lines(file, first, last) if file else ""


@lru_cache(maxsize=512)
def _lines(file: str, first: int, last: int) -> str:
    lines = linecache.getlines(file)[first - 1 : min(last, first + _MOST_LINES - 1)]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:].rstrip() if line.strip() else "" for line in lines).rstrip()
