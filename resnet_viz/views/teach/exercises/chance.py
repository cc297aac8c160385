"""Seeded random draws that are reproducible in every Python version and process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Node, Trace
from resnet_viz.refusal import shown
from resnet_viz.views.teach.focus import Traces

T = TypeVar("T")

MOST_SEED_DIGITS = 9


class Chance:
    """Draws from a seed. Raises SpecError for a seed that is no integer."""

    def __init__(self, seed: int) -> None:
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise SpecError(
                _("seed: got {got}. It must be a whole number; change it and try again.").format(got=shown(seed))
            )
        self._random = Random(seed)

    def below(self, n: int) -> int:
        """Returns an integer from 0 to n - 1."""
        # Only random() is guaranteed to give the same numbers in later versions of Python.
        return int(self._random.random() * n)

    def pick(self, items: Sequence[T]) -> T:
        """Returns one of the items, drawn uniformly."""
        return items[self.below(len(items))]


def pick_node(traces: Traces, chance: Chance, is_asked: Callable[[Trace, Node], bool]) -> tuple[int, Node] | None:
    """Returns a net's index and a node that `is_asked`, nets drawn uniformly; None if there is none."""
    nets = [net for net, trace in enumerate(traces) if any(is_asked(trace, node) for node in trace.nodes.values())]
    if not nets:
        return None
    net = chance.pick(nets)
    trace = traces[net]
    return net, chance.pick([node for node in trace.nodes.values() if is_asked(trace, node)])


def read_seed(text: str) -> int:
    """Returns the seed in a text, an integer from 0 to 999,999,999. Raises SpecError."""
    if text.isascii() and text.isdigit() and len(text) <= MOST_SEED_DIGITS:
        return int(text)
    raise SpecError(
        _("seed: got {got}. It must be a whole number of up to {n} digits; change it and try again.").format(
            got=shown(text), n=MOST_SEED_DIGITS
        )
    )
