"""The calls of `_make_layer` as a table: what each was called with, what it asked about its shortcuts, what it made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from resnet_viz.walk_records import CodeWalk, Condition, Value, WalkStep

# torchvision's words, which ours share: the function, what decides about a projection, and what is then made.
_FUNCTION, _QUESTION, _SHORTCUT = "_make_layer", ("stride", "inplanes"), "downsample"


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
