"""The steps of a code walk, and the replay that returns the variables at each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

KEYFRAME = 64


@dataclass(frozen=True, slots=True)
class Value:
    """Description of a variable's value."""

    text: str
    """Its `repr` where that is short: `64`, `False`, `Bottleneck`, `Conv2d(64, 256, kernel_size=(1, 1))`."""
    kind: str
    """number | bool | none | text | class | module | list | tensor | function | object"""
    node: str | None = None
    """Path of a module; id of the op that produced a tensor."""
    shape: tuple[int, ...] = ()
    """Shape of a tensor, (N, C, H, W) or (N, C)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition or sub-condition, with its values at the moment it was evaluated."""

    text: str
    """Source text: `stride != 1`."""
    shown: str
    """Text with values in place of names: `2 != 1`; source text for what cannot be read without running code."""
    value: bool | None
    """None where it was not evaluated, or where a sub-condition cannot be read without running code."""
    is_looked_at: bool = True
    """Whether it was evaluated; False after short-circuiting."""
    children: tuple[Condition, ...] = ()
    """Operands of `and`, `or` and `not`."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A source file as installed."""

    file: str
    """Path from its package, as in `torchvision/models/resnet.py`."""
    package: str
    version: str
    """Version of the package."""
    sha256: str
    """SHA-256 of the text."""
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal loop iterations, or equal consecutive calls: `count` repetitions of `length` steps, from step `start`."""

    start: int
    length: int
    count: int

    @property
    def end(self) -> int:
        """Index of the first step after the repetitions."""
        return self.start + self.length * self.count


Changes = Mapping[str, Value | None]


class Replay:
    """Reconstructs the variables at any step from the changes of earlier steps of the same call."""

    def __init__(self, changes: Sequence[Changes], before: Sequence[int | None]) -> None:
        self.changes, self._before = changes, before
        self._known: dict[int, dict[str, Value]] = {}

    def after(self, index: int) -> dict[str, Value]:
        """Returns the variables after step `index` has run."""
        way: list[int] = []
        at: int | None = index
        while at is not None and at not in self._known:
            way.append(at)
            at = self._before[at]
        values = dict(self._known[at]) if at is not None else {}
        for n, step in enumerate(reversed(way), 1):
            for name, value in self.changes[step].items():
                if value is None:
                    values.pop(name, None)
                else:
                    values[name] = value
            if n % KEYFRAME == 0:
                self._known[step] = dict(values)
        return values

    def at(self, index: int) -> dict[str, Value]:
        """Returns the variables before step `index` runs; for a call, its arguments."""
        before = self._before[index]
        return self.after(index if before is None else before)


@dataclass(frozen=True, slots=True)
class WalkStep:
    """A call of a function, or one execution of a statement; a statement on several lines is one step."""

    index: int
    kind: str
    """call | line"""
    file: str
    """As in `torchvision/models/resnet.py`."""
    line: int
    end_line: int
    """Last line of the statement; of a compound statement, of its header."""
    function: str
    """Qualified name, as in `ResNet._make_layer`."""
    depth: int
    """Number of enclosing calls in the walk."""
    parent: int | None
    """Index of the step whose statement made the call this step runs in."""
    before: int | None
    """Index of the previous step in the same call; None for the call itself."""
    owner: str | None
    """Path of the module whose method runs, or of the nearest caller's; empty for the net itself, None above it."""
    changed: Changes
    """Names changed by the statement with their new values, None for a deleted name; for a call, its arguments.

    Names are local variables, and attributes of them that the function's source mentions, as in `self.inplanes`.
    """
    returned: Value | None
    """Value of a return statement."""
    condition: Condition | None
    """Condition of `if` and `while`, and of a statement with exactly one conditional expression."""
    node_ids: tuple[str, ...]
    """Nodes created or run by the step: modules in a build, ops in a forward pass."""
    _replay: Replay = field(repr=False, compare=False, default_factory=lambda: Replay((), ()))

    @property
    def locals(self) -> Mapping[str, Value]:
        """Variables before the statement runs; for a call, its arguments."""
        return self._replay.at(self.index)

    @property
    def locals_after(self) -> Mapping[str, Value]:
        """Variables after the statement has run."""
        return self._replay.after(self.index)
