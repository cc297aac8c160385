"""The steps of a code walk, and the values at each of them, found by replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

KEYFRAME = 64


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a variable's value."""

    text: str
    """As Python writes it where that is short: `64`, `False`, `Bottleneck`, `Conv2d(64, 256, kernel_size=(1, 1))`."""
    kind: str
    """number | bool | none | text | class | module | list | tensor | function | object"""
    node: str | None = None
    """Of a module its path; of a tensor the op it comes from."""
    shape: tuple[int, ...] = ()
    """Of a tensor, (N, C, H, W) or (N, C)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, or a part of one, with its values at the moment it was asked."""

    text: str
    """As it stands in the source: `stride != 1`."""
    shown: str
    """With values for names: `2 != 1`. Of what cannot be read without running code, as it stands in the source."""
    value: bool | None
    """None where it was not looked at, and of a part that cannot be told."""
    is_looked_at: bool = True
    """False where the part before it decided."""
    children: tuple[Condition, ...] = ()
    """What `and`, `or` and `not` join."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of source as it was installed."""

    file: str
    """From its package on, as in `torchvision/models/resnet.py`."""
    package: str
    version: str
    """Of the package."""
    sha256: str
    """Of the text."""
    text: str


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal passes of a loop, or equal calls one after the other: `count` times `length` steps from step `start` on."""

    start: int
    length: int
    count: int

    @property
    def end(self) -> int:
        """The step after the last of them."""
        return self.start + self.length * self.count


Changes = Mapping[str, Value | None]


class Replay:
    """The values at any step, from the changes before it in the same call."""

    def __init__(self, changes: Sequence[Changes], before: Sequence[int | None]) -> None:
        self.changes, self._before = changes, before
        self._known: dict[int, dict[str, Value]] = {}

    def after(self, index: int) -> dict[str, Value]:
        """The values once a step has run."""
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
        """The values at the moment a step begins; at a call its arguments are there already."""
        before = self._before[index]
        return self.after(index if before is None else before)


@dataclass(frozen=True, slots=True)
class WalkStep:
    """A function that was entered, or a statement of it that ran; a statement on several lines is one step."""

    index: int
    kind: str
    """call | line"""
    file: str
    """As in `torchvision/models/resnet.py`."""
    line: int
    end_line: int
    """The last line of the statement; of one with a body, of its head."""
    function: str
    """Qualified name, as in `ResNet._make_layer`."""
    depth: int
    """How many calls of the walk are around it."""
    parent: int | None
    """The step whose statement made the call it runs in."""
    before: int | None
    """The step before it in the same call; None for the call itself."""
    owner: str | None
    """Path of the module whose method runs, or runs nearest above; the net's own is empty. None above the net."""
    changed: Changes
    """What its statement changed, with the values afterwards, None where a name is gone; of a call, the arguments.

    Names are local variables, and attributes of them that the function's source names, as in `self.inplanes`.
    """
    returned: Value | None
    """What a return statement gave."""
    condition: Condition | None
    """Of `if` and `while`, and of a statement with one `… if … else …`."""
    node_ids: tuple[str, ...]
    """What it made or ran: modules of the build that came to be in it, ops of the forward pass."""
    _replay: Replay = field(repr=False, compare=False, default_factory=lambda: Replay((), ()))

    @property
    def locals(self) -> Mapping[str, Value]:
        """The variables at the moment the statement begins; of a call, its arguments."""
        return self._replay.at(self.index)

    @property
    def locals_after(self) -> Mapping[str, Value]:
        """The variables once the statement has run."""
        return self._replay.after(self.index)
