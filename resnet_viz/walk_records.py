"""The code walk: what the lines of source did one after the other while a net was built or run, as one frozen record.

No object of the net is held, only what is known of it. A step holds what its statement changed; the values at any step
are found by replay from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.spec import ResNetSpec

if TYPE_CHECKING:
    from resnet_viz.walk_stages import StageCall

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


@dataclass(frozen=True)
class CodeWalk:
    """All steps of one build or one forward pass, in the order they ran; unfolded, with the folding beside them."""

    spec: ResNetSpec
    kind: str
    """build | forward"""
    files: tuple[SourceFile, ...]
    steps: tuple[WalkStep, ...]
    folds: tuple[Fold, ...]
    """Outer ones before those inside them."""

    def __repr__(self) -> str:
        """One line; the whole record would be pages."""
        return f"<CodeWalk {self.kind} of {self.spec.name}: {len(self.steps):,} steps, {len(self.folds):,} folds>"

    def stages(self) -> tuple[StageCall, ...]:
        """Every call of `_make_layer` with its arguments, its conditions and what it projects; of a build only."""
        from resnet_viz.walk_stages import find_stages

        return find_stages(self)

    def stack(self, step: WalkStep) -> tuple[WalkStep, ...]:
        """A step and the statements that made the calls around it, innermost first."""
        found = [step]
        while step.parent is not None:
            step = self.steps[step.parent]
            found.append(step)
        return tuple(found)

    def call_of(self, step: WalkStep) -> WalkStep:
        """The step by which the function around a step was entered."""
        while step.before is not None:
            step = self.steps[step.before]
        return step

    def end_of(self, step: WalkStep) -> int:
        """The index after the last step of all that a step called; of a call, after the whole call."""
        depth = step.depth if step.kind == "line" else step.depth - 1
        return next((at for at in range(step.index + 1, len(self.steps)) if self.steps[at].depth <= depth), len(self))

    def over(self, step: WalkStep) -> WalkStep | None:
        """The step after a step and all that it calls; None at the end."""
        return next((other for other in self.steps[step.index + 1 :] if other.depth <= step.depth), None)

    def out(self, step: WalkStep) -> WalkStep | None:
        """The step after the function around a step; None at the end."""
        return next((other for other in self.steps[step.index + 1 :] if other.depth < step.depth), None)

    def __len__(self) -> int:
        """How many steps it has."""
        return len(self.steps)

    def statements_of(self, node_id: str) -> tuple[WalkStep, ...]:
        """The statement that made a node (that ran it, in a forward pass) and those that called it, innermost first.

        Of a group of a forward pass the innermost that ran all of it. Raises TraceError for an id it does not know.
        """
        made = self._made.get(node_id)
        if made is not None:
            return self.stack(self.steps[made])
        inside = [at for name, at in self._made.items() if name.startswith(f"{node_id}.")]
        if not inside:
            raise TraceError(
                _("There is no node “{got}” in this walk of {name}. Choose a layer or an op of this net.").format(
                    got=node_id[:60], name=self.spec.name
                )
            )
        first, last = self.stack(self.steps[min(inside)]), {step.index for step in self.stack(self.steps[max(inside)])}
        return tuple(step for step in first if step.index in last)

    def steps_at(self, file: str, line: int) -> tuple[WalkStep, ...]:
        """The steps of the statement on a line (from 1) of a file, in the order they ran."""
        return tuple(self.steps[at] for at in self._at_line.get((file, line), ()))

    def nodes_at(self, file: str, line: int) -> tuple[str, ...]:
        """All nodes that the statement on a line made or ran."""
        return tuple(dict.fromkeys(node for step in self.steps_at(file, line) for node in step.node_ids))

    @cached_property
    def _made(self) -> Mapping[str, int]:
        """The innermost step of each node: a statement further out stands before the one it calls."""
        return {node: step.index for step in self.steps for node in step.node_ids}

    @cached_property
    def _at_line(self) -> Mapping[tuple[str, int], Sequence[int]]:
        found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for step in self.steps:
            for line in range(step.line, step.end_line + 1):
                found[step.file, line].append(step.index)
        return found
