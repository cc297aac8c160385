"""The graph of ops as sets of bits: what lies before each op, and which ops have weights, enlarge maps, or choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod

from resnet_viz.model.graph.calls import Call

# They choose among values, as detectors do among boxes: what they give is no feature map of a branch.
_SELECTING = frozenset(
    ("topk", "sort", "argsort", "nms", "gather", "index_select", "take_along_dim", "roi_align", "nonzero")
)
_UP = ("interpolate", "upsample", "conv_transpose", "pixel_shuffle", "max_unpool", "grid_sample", "repeat_interleave")


class Flow:
    """The ops in running order with all their predecessors, as sets of bits: bit i is op i; the net's inputs follow."""

    def __init__(self, calls: Sequence[Call], params: Mapping[str, int]) -> None:
        self.calls, self.params = calls, params
        self.places = {call.id: place for place, call in enumerate(calls)}
        inputs = dict.fromkeys(source for call in calls for source in call.inputs if source not in self.places)
        places = {**self.places, **{source: len(calls) + n for n, source in enumerate(inputs)}}
        self.sources = [[places[source] for source in call.inputs] for call in calls]
        self._slots = [call.slots for call in calls]
        self._pass_over_nothing()
        self.users: list[list[int]] = [[] for _ in places]
        self.above: list[int] = []
        for place, sources in enumerate(self.sources):
            mask = 1 << place
            for source in sources:
                mask |= self.above[source] if source < place else 1 << source
                self.users[source].append(place)
            self.above.append(mask)
        self.above += [1 << place for place in range(len(calls), len(places))]
        self.all = (1 << len(calls)) - 1
        self.weighted = self.enlarging = self.selecting = 0
        for place, call in enumerate(calls):
            self.weighted |= self.has_weights(place) << place
            self.enlarging |= self._enlarges(place) << place
            self.selecting |= (call.op in _SELECTING) << place

    def has_weights(self, place: int) -> bool:
        """Whether an op multiplies by weights: a layer, or a function such as conv2d with a parameter."""
        call = self.calls[place]
        return self.params[call.id] > 0 or call.n_macs != 0

    def names(self, mask: int) -> tuple[str, ...]:
        """Returns the ids of a set of ops, in running order."""
        return tuple(self.calls[place].id for place in places_in(mask))

    def slots(self, place: int) -> Iterable[tuple[int, int]]:
        """Yields an op's inputs: the op that each comes from, and which of that op's outputs it is."""
        return zip(self.sources[place], self._slots[place], strict=True)

    def _pass_over_nothing(self) -> None:
        """Lets the users of `0 + x`, with which Python's `sum` begins, be users of x."""
        same = {
            place: (self.sources[place][0], call.slots[0])
            for place, call in enumerate(self.calls)
            if call.op == "add" and call.attrs.get("other") == 0 and len(call.inputs) == 1
        }
        for place, sources in enumerate(self.sources if same else ()):
            ends = [same.get(end[0], end) for end in zip(sources, self._slots[place], strict=True)]
            self.sources[place] = [source for source, _slot in ends]
            self._slots[place] = [slot for _source, slot in ends]

    def _enlarges(self, place: int) -> bool:
        """Whether an op up-samples: its maps have twice the area of its input's, or more."""
        source, call = self.sources[place][0], self.calls[place]
        if source >= len(self.calls) or not _names_up(call.op, call.attrs.get("functions", ())):
            return False
        before, after = self.calls[source].outputs[0].shape[2:], self.calls[place].outputs[0].shape[2:]
        return len(before) == len(after) > 1 and prod(after) >= 2 * prod(before)


@lru_cache(maxsize=1024)
def _names_up(op: str, functions: tuple[str, ...]) -> bool:
    """Whether an op, by the names of its functions, may up-sample."""
    return any(name.startswith(_UP) for name in functions or (op,))


def places_in(mask: int) -> Iterable[int]:
    """Yields the places in a set of bits, in order."""
    # Those of a block lie close together: with the first at 0 the numbers are small.
    first = (mask & -mask).bit_length() - 1
    mask >>= max(first, 0)
    while mask:
        low = mask & -mask
        yield first + low.bit_length() - 1
        mask ^= low
