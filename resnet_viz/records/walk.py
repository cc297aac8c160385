"""The code walk: what the lines of source did one after the other while a net was built or run, as one frozen record.

No object of the net is held, only what is known of it. A step holds what its statement changed; the values at any step
are found by replay from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.records.steps import Condition, Fold, SourceFile, Value, WalkStep
from resnet_viz.spec.resnet import ResNetSpec

# torchvision's words, which ours share: the function, what decides about a projection, and what is then made.
_FUNCTION, _QUESTION, _SHORTCUT = "_make_layer", ("stride", "inplanes"), "downsample"


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


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one shortcut is made: the step that asked, the condition with its values, and what was then made."""

    step: int
    condition: Condition
    made: str
    """As in `layer2.0.downsample`; empty where nothing was made."""

    @property
    def reasons(self) -> tuple[Condition, ...]:
        """The parts that hold, of those that were looked at; the whole where it has no parts."""
        parts = self.condition.children or (self.condition,)
        return tuple(part for part in parts if part.is_looked_at and part.value)


@dataclass(frozen=True, slots=True)
class StageCall:
    """One call of `_make_layer`."""

    step: int
    """The call; its statement is the step's parent."""
    stage: str
    """What came of it, as in `layer2`."""
    arguments: Mapping[str, Value]
    """As they were bound, in the order of the function."""
    before: Mapping[str, Value]
    """Attributes of the net that the function names, when it began: `self.inplanes`, `self.dilation`, …"""
    after: Mapping[str, Value]
    """All variables when it returned, so also `previous_dilation` and `self.dilation`."""
    decisions: tuple[Decision, ...]
    """In torchvision one, for the first block; of our own variants one for each block; of plain nets none."""

    @property
    def condition(self) -> Condition | None:
        """Of the first block."""
        return self.decisions[0].condition if self.decisions else None

    @property
    def projections(self) -> tuple[str, ...]:
        """The shortcuts that were made, as in `layer2.0.downsample`."""
        return tuple(decision.made for decision in self.decisions if decision.made)


def find_stages(walk: CodeWalk) -> tuple[StageCall, ...]:
    """The calls of `_make_layer` in a walk of a build, in their order."""
    return tuple(_read_call(walk, step) for step in walk.steps if _is_stage(step))


def _is_stage(step: WalkStep) -> bool:
    return step.kind == "call" and step.function.rpartition(".")[2] == _FUNCTION


def _read_call(walk: CodeWalk, call: WalkStep) -> StageCall:
    steps = walk.steps[call.index : walk.end_of(call)]
    last = [step for step in steps if step.depth == call.depth][-1]
    names = [name for name in call.changed if "." not in name and name != "self"]
    bound = call.locals
    return StageCall(
        call.index,
        _stage_of(last, steps),
        {name: bound[name] for name in names},
        {name: value for name, value in bound.items() if "." in name},
        last.locals_after,
        tuple(_read_decisions(steps)),
    )


def _stage_of(last: WalkStep, steps: Iterable[WalkStep]) -> str:
    """The path of what was returned."""
    if last.returned is not None and last.returned.node:
        return last.returned.node
    return next((node.partition(".")[0] for step in steps for node in step.node_ids), "")


def _read_decisions(steps: Iterable[WalkStep]) -> Iterator[Decision]:
    asked: WalkStep | None = None
    made = ""
    for step in steps:
        if step.condition is not None and all(word in step.condition.text for word in _QUESTION):
            if asked is not None and asked.condition is not None:
                yield Decision(asked.index, asked.condition, made)
            asked, made = step, ""
        made = made or next((node for node in step.node_ids if node.endswith(f".{_SHORTCUT}")), "")
    if asked is not None and asked.condition is not None:
        yield Decision(asked.index, asked.condition, made)
