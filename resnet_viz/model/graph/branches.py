"""Residual blocks in the graph of ops: sums of F(x) with x, or with a projection of x, that fork from one place.

Each operand of a sum is followed back to what all of them have in common, the trunk; what is left are the branches (He
et al. 2015, section 3.3). An identity shortcut has no ops, a projection has weights (option B), a parameter-free
shortcut pads or pools (option A), a gated one is multiplied by a function of x (Srivastava et al. 2015). Modules play
no part here, so a block is found wherever its net sits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from operator import and_, or_

from resnet_viz.model.graph.flow import Flow, places_in

WITH_FACTOR = frozenset({"addcmul", "addcdiv", "lerp"})
"""They multiply all but their first operand."""
SUMS = WITH_FACTOR | {"add", "add_relu", "sub", "rsub"}
"""`add_relu` is that of quantised nets."""
_LEAST_OF_LONG = 2
"""So many blocks in one branch make its sum a skip around blocks, as in EDSR, and no block."""


@dataclass(frozen=True, slots=True)
class Branches:
    """A block's add, the ops of F(x) and of the shortcut, and the shortcut's kind."""

    shortcut: str
    add: str | None
    residual: tuple[str, ...]
    bypass: tuple[str, ...]
    stride: tuple[int, int]
    places: tuple[int, ...]
    """All ops between the fork and the sum, with it, in running order: those that both branches share, too."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of a net by what they are.

    `merges` join maps of several places, after up-sampling or around blocks, as in a feature pyramid; `unexplained` are
    sums of layers that have no fork in common.
    """

    blocks: tuple[Branches, ...]
    merges: tuple[str, ...]
    unexplained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum and its branches, as sets of bits; `inside` is all of them, `forks` the ops that they begin at."""

    place: int
    residual: int
    bypass: int
    inside: int
    forks: tuple[int, ...]

    @property
    def is_plain(self) -> bool:
        """Whether x itself is added."""
        return not self.bypass


def find_sums(flow: Flow) -> Sums:
    """Returns what each sum of the net is. Sums inside a branch belong to their block."""
    found: list[_Sum] = []
    merging, unexplained = 0, 0
    joined = 0
    for place in range(len(flow.calls) - 1, -1, -1):
        if not _is_sum(flow, place) or joined >> place & 1:
            continue
        sides, inner = _sides(flow, place)
        inside = reduce(or_, sides)
        joined |= inner
        if inside & flow.selecting:
            continue
        residual, bypass = _told_apart(flow, sides, inner)
        if not residual & flow.weighted or _is_of_numbers(flow, place, bypass) or _is_difference(flow, place, bypass):
            continue
        if inside & flow.enlarging:
            merging |= 1 << place
        elif forks := _forks(flow, place, sides, inner):
            found.append(_Sum(place, residual, bypass, inside | inner, tuple(fork for fork, _slot in forks)))
        else:
            unexplained |= 1 << place
    taken, around = _outermost(found)
    within = reduce(or_, (block.inside for block in taken), 0)
    return Sums(
        tuple(_branches(flow, block) for block in reversed(taken)),
        flow.names((merging | around) & ~within),
        flow.names(unexplained & ~within),
    )


def _is_of_numbers(flow: Flow, place: int, bypass: int) -> bool:
    """Whether a sum is arithmetic on single numbers, as of a box's corners: no shortcut of maps computes like that."""
    if not bypass or bypass & flow.weighted or all(_is_factor(flow, op) for op in places_in(bypass)):
        return False
    return len(flow.calls[place].outputs[0].shape) < 3 or any(_is_sum(flow, op) for op in places_in(bypass))


def _is_factor(flow: Flow, place: int) -> bool:
    """Whether an op multiplies its only input by a number or a weight."""
    return flow.calls[place].op in ("mul", "div") and len(flow.sources[place]) == 1


def _is_difference(flow: Flow, place: int, bypass: int) -> bool:
    """Whether two branches with weights are compared: x - F(x) is a block, F(x) - G(x) is none."""
    return flow.calls[place].op in ("sub", "rsub") and bool(bypass & flow.weighted)


def _is_sum(flow: Flow, place: int) -> bool:
    return flow.calls[place].op in SUMS and len(flow.sources[place]) > 1


def _sides(flow: Flow, place: int) -> tuple[list[int], int]:
    """Returns a sum's branches, and the sums that are its operands and nobody else's: a + b + c is one sum of three."""
    operands, inner = _operands(flow, place)
    if inner:
        forks = _forks(flow, place, _without_trunk(flow, operands), inner)
        if not all(forks & _forks(flow, op, _without_trunk(flow, flow.sources[op]), 0) for op in places_in(inner)):
            operands, inner = flow.sources[place], 0
    return _without_trunk(flow, operands), inner


def _operands(flow: Flow, place: int) -> tuple[list[int], int]:
    found: list[int] = []
    inner = 0
    waiting = [*reversed(flow.sources[place])]
    while waiting:
        source = waiting.pop()
        if source < len(flow.calls) and _is_sum(flow, source) and len(flow.users[source]) == 1:
            waiting += reversed(flow.sources[source])
            inner |= 1 << source
        else:
            found.append(source)
    return found, inner


def _without_trunk(flow: Flow, operands: Sequence[int]) -> list[int]:
    above = [flow.above[operand] for operand in operands]
    branching = ~reduce(and_, above) & flow.all
    return [mask & branching for mask in above]


def _forks(flow: Flow, place: int, sides: Sequence[int], inner: int) -> set[tuple[int, int]]:
    """Returns the tensors that all branches begin at: ops, and which output of theirs."""
    ends = [end for op in (place, *places_in(inner)) for end in flow.slots(op) if not inner >> end[0] & 1]
    inside = reduce(or_, sides)
    passing = {end for end in ends if not inside >> end[0] & 1}
    starts = [
        {start for op in places_in(side) for start in flow.slots(op) if not inside >> start[0] & 1}
        for side in sides
        if side
    ]
    common = reduce(and_, starts) if starts else set()
    return common & passing if passing else common


def _told_apart(flow: Flow, sides: Sequence[int], inner: int) -> tuple[int, int]:
    """Returns F(x) and the shortcut: the branch with the fewest weighted ops, then parameters, then ops."""

    def weight(side: int) -> tuple[int, int, int]:
        weights = side & flow.weighted
        return weights.bit_count(), sum(flow.params[flow.calls[op].id] for op in places_in(weights)), side.bit_count()

    if not all(sides):
        return reduce(or_, sides) | inner, 0
    bypass, *others = sorted(sides, key=weight)
    return reduce(or_, others) & ~bypass | inner, bypass


def _outermost(found: Sequence[_Sum]) -> tuple[list[_Sum], int]:
    """Returns the blocks, last first, and the sums around several of them."""
    taken: list[_Sum] = []
    within, around = 0, 0
    sums = reduce(or_, (1 << one.place for one in found), 0)
    for one in found:
        if within >> one.place & 1:
            continue
        if one.inside & sums and _n_in_series(one, found) >= _LEAST_OF_LONG:
            around |= 1 << one.place
        else:
            taken.append(one)
            within |= one.inside
    return taken, around


def _n_in_series(around: _Sum, found: Sequence[_Sum]) -> int:
    """Returns the number of blocks with an identity inside a branch, one after the other."""
    n, within = 0, 0
    for one in found:
        if one.is_plain and around.inside >> one.place & 1 and not within >> one.place & 1:
            n += 1
            within |= one.inside
    return n


def _branches(flow: Flow, block: _Sum) -> Branches:
    return Branches(
        shortcut=_kind(flow, block.bypass),
        add=flow.calls[block.place].id,
        residual=flow.names(block.residual),
        bypass=flow.names(block.bypass),
        stride=stride_of(flow, places_in(block.residual)),
        places=_from_fork(flow, block),
    )


def _from_fork(flow: Flow, block: _Sum) -> tuple[int, ...]:
    """Returns the ops from the fork to the sum, also a gate that both branches share; other blocks end it."""
    found = {block.place, *places_in(block.inside)}
    for fork in sorted(block.forks, key=lambda op: -1 if op >= len(flow.calls) else op, reverse=True):
        begin = -1 if fork >= len(flow.calls) else fork
        within = [
            op
            for op in range(begin + 1, block.place)
            if op not in found and flow.above[op] >> fork & flow.above[block.place] >> op & 1
        ]
        if any(_is_sum(flow, op) for op in within):
            break
        found.update(within)
    return tuple(sorted(found))


def _kind(flow: Flow, bypass: int) -> str:
    if not bypass:
        return "identity"
    if any(_gates(flow, place, bypass) for place in places_in(bypass)):
        return "gated"
    return "projection" if bypass & flow.weighted else "parameter-free"


def _gates(flow: Flow, place: int, bypass: int) -> bool:
    """Whether an op multiplies x by a function of x."""
    if flow.calls[place].op != "mul" or len(flow.sources[place]) < 2:
        return False
    sides = [flow.above[source] & bypass for source in flow.sources[place]]
    return any(not side & flow.weighted for side in sides)


def stride_of(flow: Flow, places: Iterable[int]) -> tuple[int, int]:
    """Returns the stride of ops in a row: vertical, horizontal."""
    # A globally pooled copy only weights channels (squeeze and excitation), so it does not count towards the stride.
    along = [flow.calls[place] for place in places if not flow.calls[place].sees_all]
    steps = [windows for call in along for windows in call.windows if windows is not None]
    return prod(vertical.stride for vertical, _ in steps), prod(horizontal.stride for _, horizontal in steps)
