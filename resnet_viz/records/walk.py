"""The code walk: the source lines that ran while a net was built or run, as one frozen record.

No object of the net is kept, only descriptions of its values. A step holds the variables its statement changed; the
full set at any step is reconstructed by replay.
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

# Names in torchvision, shared by VariantResNet: the function, the names in the condition, and the module created.
_FUNCTION, _QUESTION, _SHORTCUT = "_make_layer", ("stride", "inplanes"), "downsample"


@dataclass(frozen=True)
class CodeWalk:
    """All steps of one build or one forward pass in execution order, unfolded, with the folds beside them."""

    spec: ResNetSpec
    kind: str
    """build | forward"""
    files: tuple[SourceFile, ...]
    steps: tuple[WalkStep, ...]
    folds: tuple[Fold, ...]
    """Outer folds before those nested in them."""

    def __repr__(self) -> str:
        """One line, since the full record would fill pages."""
        return f"<CodeWalk {self.kind} of {self.spec.name}: {len(self.steps):,} steps, {len(self.folds):,} folds>"

    def stages(self) -> tuple[StageCall, ...]:
        """Returns every call of `_make_layer` with arguments, conditions and projections; empty for a forward pass."""
        return find_stages(self)

    def stack(self, step: WalkStep) -> tuple[WalkStep, ...]:
        """Returns a step and the statements that made its enclosing calls, innermost first."""
        found = [step]
        while step.parent is not None:
            step = self.steps[step.parent]
            found.append(step)
        return tuple(found)

    def call_of(self, step: WalkStep) -> WalkStep:
        """Returns the call step of the function that a step runs in."""
        while step.before is not None:
            step = self.steps[step.before]
        return step

    def end_of(self, step: WalkStep) -> int:
        """Returns the index after the last step called by a step; for a call, after the whole call."""
        depth = step.depth if step.kind == "line" else step.depth - 1
        return next((at for at in range(step.index + 1, len(self.steps)) if self.steps[at].depth <= depth), len(self))

    def over(self, step: WalkStep) -> WalkStep | None:
        """Step over: returns the next step at the same depth or above; None at the end."""
        return next((other for other in self.steps[step.index + 1 :] if other.depth <= step.depth), None)

    def out(self, step: WalkStep) -> WalkStep | None:
        """Step out: returns the first step after the current function returns; None at the end."""
        return next((other for other in self.steps[step.index + 1 :] if other.depth < step.depth), None)

    def __len__(self) -> int:
        """Returns the number of steps."""
        return len(self.steps)

    def statements_of(self, node_id: str) -> tuple[WalkStep, ...]:
        """Returns the statement that created a node (or ran it, in a forward pass) and its callers, innermost first.

        For a group in a forward pass, starts at the innermost statement that ran all of it. Raises TraceError for an
        unknown id.
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
        """Returns the steps of the statement at a line (from 1) of a file, in execution order."""
        return tuple(self.steps[at] for at in self._at_line.get((file, line), ()))

    def nodes_at(self, file: str, line: int) -> tuple[str, ...]:
        """Returns the ids of all nodes that the statement at a line created or ran."""
        return tuple(dict.fromkeys(node for step in self.steps_at(file, line) for node in step.node_ids))

    @cached_property
    def _made(self) -> Mapping[str, int]:
        """Innermost step of each node: the comprehension keeps the last, and a caller comes before its callee."""
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
    """Whether one shortcut gets a projection: the index of the `if` step, its condition, and the module created."""

    step: int
    condition: Condition
    made: str
    """As in `layer2.0.downsample`; empty where none was created."""

    @property
    def reasons(self) -> tuple[Condition, ...]:
        """The evaluated operands that are true, or the condition itself where it has no operands."""
        parts = self.condition.children or (self.condition,)
        return tuple(part for part in parts if part.is_looked_at and part.value)


@dataclass(frozen=True, slots=True)
class StageCall:
    """One call of `_make_layer`."""

    step: int
    """Index of the call step; its `parent` is the calling statement."""
    stage: str
    """Path of the stage it returned, as in `layer2`."""
    arguments: Mapping[str, Value]
    """Bound arguments, in the order of the signature."""
    before: Mapping[str, Value]
    """Attributes of the net that the function mentions, at entry: `self.inplanes`, `self.dilation`, …"""
    after: Mapping[str, Value]
    """All variables at return, including `previous_dilation` and `self.dilation`."""
    decisions: tuple[Decision, ...]
    """In torchvision one, for the first block; in this package's variants one per block; in plain nets none."""

    @property
    def condition(self) -> Condition | None:
        """Condition for the first block."""
        return self.decisions[0].condition if self.decisions else None

    @property
    def projections(self) -> tuple[str, ...]:
        """Paths of the projections created, as in `layer2.0.downsample`."""
        return tuple(decision.made for decision in self.decisions if decision.made)


def find_stages(walk: CodeWalk) -> tuple[StageCall, ...]:
    """Returns the calls of `_make_layer` in a walk of a build, in execution order."""
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
    """Returns the path of the returned module."""
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
