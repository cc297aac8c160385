"""Records a net in which equal blocks in a row run once, and gives the whole net's graph and calls.

Of ResNet-152's 50 blocks, eight run. That the others would do the same is known before the pass (`alike.py`) and
checked after it (`repeatable.py`); where either is not certain, the whole net runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from resnet_viz.model.graph.assemble import Graph, build_graph
from resnet_viz.model.graph.calls import Module
from resnet_viz.model.graph.repeatable import are_repeatable
from resnet_viz.model.graph.repeats import Repeat
from resnet_viz.model.graph.unroll import unroll
from resnet_viz.model.net.alike import Alike
from resnet_viz.model.trace.parameters import tensor_meta
from resnet_viz.model.trace.plan_recorder import PlanRecorder
from resnet_viz.model.trace.recorder import PlannedCall


@dataclass(frozen=True, slots=True)
class _Passing:
    """What passes between two blocks, and how far the pass is."""

    n_calls: int
    n_ops: int
    source: str
    """The op that gave it; empty if it is none, or is one of several outputs of an op."""
    besides: tuple[int, ...]


class _Mark:
    """Stands between two blocks, and notes what passes."""

    def __init__(self, recorder: PlanRecorder) -> None:
        self._recorder = recorder
        self.passings: list[_Passing] = []

    def __call__(self, x: Tensor) -> Tensor:
        told = self._recorder
        source, slot = told.output_of(x) or ("", 0)
        source = "" if slot else source
        self.passings.append(_Passing(told.n_calls, len(told.calls), source, told.besides))
        return x


@dataclass(frozen=True, slots=True)
class ShortPass:
    """A pass in which each run of equal blocks is one; what it gives is of the whole net."""

    recorder: PlanRecorder
    repeats: Sequence[Repeat]
    counts: Sequence[tuple[int, int]]
    """The numbers of calls before each repeat, and with it."""

    def graph(self, modules: Sequence[Module], image: Tensor) -> Graph | None:
        """Returns the graph; None if the blocks that have not run cannot be told from those that have."""
        calls = [*self.recorder.calls.values()]
        short = build_graph(calls, modules, tensor_meta(image), {})
        return unroll(short, calls, self.repeats) if are_repeatable(short, self.repeats) else None

    def weight_bytes(self, modules: Sequence[Module]) -> int:
        """Returns the bytes of all parameters and buffers."""
        more = (
            len(repeat.others) * module.n_bytes
            for repeat in self.repeats
            for module in modules
            if module.path.startswith(f"{repeat.path}.")
        )
        return sum(module.n_bytes for module in modules) + sum(more)

    def recorded_calls(self) -> dict[int, PlannedCall]:
        """Returns the op of each torch call of a whole pass, by call number."""
        found: dict[int, PlannedCall] = {}
        shift = 0
        waiting = [*zip(self.repeats, self.counts, strict=True)]
        for number, call in self.recorder.recorded_calls.items():
            while waiting and number > waiting[0][1][1]:
                shift += self._repeat_calls(found, *waiting.pop(0), shift)
            found[number + shift] = call
        return found

    def _repeat_calls(self, found: dict[int, PlannedCall], repeat: Repeat, counts: tuple[int, int], shift: int) -> int:
        """Adds the calls of the blocks after a repeated one; returns how many they are."""
        begin, end = counts
        cut = len(repeat.path)
        own = [
            (number + shift, found[number + shift]) for number in range(begin + 1, end + 1) if number + shift in found
        ]
        for turn, path in enumerate(repeat.others, 1):
            for number, call in own:
                renamed = PlannedCall(path + call.id[cut:], path + (call.path or "")[cut:], call.function)
                found[number + turn * (end - begin)] = renamed
        return len(repeat.others) * (end - begin)


def record_short(short: nn.Module, runs: Sequence[Alike], image: Tensor) -> ShortPass | None:
    """Runs a net that has each run of equal blocks once, and is nobody else's.

    None where it fails, which is then for the whole net to tell, or where a block does not go on as it began.
    """
    recorder = PlanRecorder(short)
    try:
        with _marked(short, runs, recorder) as marks:
            recorder.record_pass(short, image)
    except Exception:
        return None
    repeats, counts = [], []
    for run, (before, after) in zip(runs, marks, strict=True):
        if len(before.passings) != 1 or len(after.passings) != 1:
            return None
        begin, end = before.passings[0], after.passings[0]
        if not _goes_on(begin, end):
            return None
        others = tuple(f"{run.stage}.{name}" for name in run.others)
        repeats.append(Repeat(run.path, others, begin.n_ops, end.n_ops, begin.source, end.source))
        counts.append((begin.n_calls, end.n_calls))
    return ShortPass(recorder, repeats, counts)


def _goes_on(begin: _Passing, end: _Passing) -> bool:
    """Whether a block takes and gives a tensor of the net's, and was heard of in no other way than by its ops."""
    is_told = bool(begin.source and end.source)
    return is_told and begin.besides == end.besides and begin.n_ops < end.n_ops


@contextmanager
def _marked(short: nn.Module, runs: Sequence[Alike], recorder: PlanRecorder) -> Iterator[list[tuple[_Mark, _Mark]]]:
    """Puts a mark before and after the first block of each run, in this context."""
    marks = [(_Mark(recorder), _Mark(recorder)) for _run in runs]
    around = {(run.stage, run.first): pair for run, pair in zip(runs, marks, strict=True)}
    stages = {run.stage: short._modules[run.stage] for run in runs}
    before = {name: stage.__dict__["_modules"] for name, stage in stages.items() if stage is not None}
    try:
        for name, children in before.items():
            stages[name].__dict__["_modules"] = dict(_with_marks(name, children, around))
        yield marks
    finally:
        for name, children in before.items():
            stages[name].__dict__["_modules"] = children


def _with_marks(
    stage: str, children: Mapping[str, Any], around: Mapping[tuple[str, str], tuple[_Mark, _Mark]]
) -> Iterator[tuple[Any, Any]]:
    for name, child in children.items():
        pair = around.get((stage, name))
        if pair is None:
            yield name, child
        else:  # A mark is its own key, since any name may be a module's.
            yield from ((pair[0], pair[0]), (name, child), (pair[1], pair[1]))
