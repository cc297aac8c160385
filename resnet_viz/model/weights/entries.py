"""All tensors of a checkpoint's content by one name each, those in nested dictionaries too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pickle import UnpicklingError

import torch
from torch import Tensor

from resnet_viz.model.weights.pickled_names import Quantised
from resnet_viz.model.weights.plain_values import plain_values
from resnet_viz.model.weights.state_dicts import PLAIN
from resnet_viz.naming.layers import Shape
from resnet_viz.reading.pickled_names import PLAIN_TENSOR, StandIn
from resnet_viz.reading.tensor_shapes import MAX_DEPTH, MAX_ENTRIES, too_many_error
from resnet_viz.recognition.plain import Way, plain_shapes

NAMELESS = "?"
"""The name of tensors under keys that are no text, which may be a part of any net."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The tensors of a file by their names, joined by dots.

    values: the plain ones, and what those stand for that were `quantised` or `of another class`, as `of_class` says.
    odd: names of tensors that are none such: sparse, nested, without values. shapes, ways: those of pruned and
    parametrised ones as plain ones, and how these come about.
    """

    values: Mapping[str, Tensor]
    odd: tuple[str, ...]
    of_class: Mapping[str, str]
    shapes: Mapping[str, Shape]
    ways: Mapping[str, Way]

    def plain(self, keys: frozenset[str]) -> dict[str, Tensor]:
        """Returns tensors as they are in a net: pruned and parametrised ones made plain. Raises WeightsError."""
        return plain_values(self.values, {key: way for key, way in self.ways.items() if key in keys})

    def made_plain(self, keys: frozenset[str]) -> tuple[str, ...]:
        """Returns how some tensors were stored that are plain in a net, as in `pruned` or `of another class`."""
        kinds = {way.kind for key, way in self.ways.items() if key in keys} - {"renamed"}
        return (*sorted({*kinds, *(self.of_class[key] for key in keys & self.of_class.keys())}),)


def read_entries(content: object) -> Entries:
    """Returns the tensors of what a file holds."""
    found = dict(_tensors_in(content, "", MAX_DEPTH, [MAX_ENTRIES]))
    values = {key: plain for key, value in found.items() if (plain := _plain(value)) is not None}
    shapes, ways = plain_shapes({key: tuple(value.shape) for key, value in values.items()})
    of_class = {key: _kind(value) for key, value in found.items() if isinstance(value, StandIn) and key in values}
    return Entries(values, tuple(found.keys() - values.keys()), of_class, shapes, ways)


def _tensors_in(content: object, path: str, depth: int, budget: list[int]) -> Iterator[tuple[str, object]]:
    """Yields all tensors in nested dictionaries, also stand-ins for odd ones, by the names on the way."""
    if not isinstance(content, dict) or not depth:
        return
    # By dict's own method: a pickle may have set an attribute `items`.
    for key, value in dict.items(content):
        budget[0] -= 1
        if budget[0] < 0:
            raise too_many_error()
        if not isinstance(key, str):
            if isinstance(value, Tensor):
                yield NAMELESS, StandIn(PLAIN_TENSOR, is_tensor=True)
        elif isinstance(value, Tensor) or (isinstance(value, StandIn) and value.is_tensor):
            yield path + key, value
        else:
            yield from _tensors_in(value, f"{path}{key}.", depth - 1, budget)


def _kind(value: StandIn) -> str:
    return "quantised" if isinstance(value.plain, Quantised) else "of another class"


def _plain(value: object) -> Tensor | None:
    """Returns a dense tensor without attributes that a pickle may have set; None for another."""
    plain = value.plain if isinstance(value, StandIn) else value
    if isinstance(plain, Quantised):
        with suppress(UnpicklingError, RuntimeError):  # a scale of another shape
            return plain.values()
    if type(plain) not in PLAIN or not isinstance(plain, Tensor) or plain.is_meta or plain.is_quantized:
        return None
    return Tensor.detach(plain) if plain.layout is torch.strided and not plain.is_nested else None
