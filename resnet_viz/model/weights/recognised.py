"""Finds a ResNet in a file by recognising it, and gives its entries the keys of the net that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.entries import NAMELESS, Entries, read_entries
from resnet_viz.model.weights.state_dicts import PLAIN, Expected, StateDict, find_state_dict, is_shaped
from resnet_viz.model.weights.words import listed, told_of
from resnet_viz.naming.layers import Place, Shape, layers_of
from resnet_viz.naming.layouts import fit_layout
from resnet_viz.naming.libraries import LIBRARIES
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.reading.pickled_names import StandIn
from resnet_viz.recognition.found import Recognition
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import ResNetSpec

_HEAD = ("fc.weight", "fc.bias")


def find_values(content: object, expected: Expected, part: str | None = None) -> StateDict:
    """Returns the entries for a net, by its own keys where the file has just these, else by what the net is.

    part: which net of a file to take, by its name in `Recognition.parts`. Raises WeightsError where the file holds
    another net, or none.
    """
    plain, refusal = None, None
    try:
        plain = None if part else find_state_dict(content, expected)
    except WeightsError as error:
        refusal = error
    if plain is not None and _is_complete(plain, expected):
        return plain
    net = recognise_shapes({key: tuple(value.shape) for key, value in expected.tensors.items()})
    found = None if net.spec is None else _recognised(content, expected, net, part)
    if found is not None and not (found.told and plain):
        return found
    if plain is None:
        raise refusal or _no_parts_error()
    return plain if found is None else replace(plain, told=found.told)


def _is_complete(state: StateDict, expected: Expected) -> bool:
    """Whether all of a net's tensors are there as they are, and nothing else that could be its own."""
    values, tensors = state.values, expected.tensors
    if any(isinstance(value, StandIn) and value.plain is not None for value in values.values()):
        return False
    if state.unexpected or not values.keys() >= expected.required:
        return False
    return all(is_shaped(value, tensors[key]) for key, value in values.items() if type(value) in PLAIN)


def _recognised(content: object, expected: Expected, net: Recognition, part: str | None) -> StateDict | None:
    """Returns the entries for a known net, or the word that a file holds another; None for what is not known.

    Also None where something stands among the net's layers that it does not have.
    """
    entries = read_entries(content)
    found = recognise_shapes(entries.shapes, part)
    if found.spec is None or NAMELESS in entries.odd:
        return None
    assert net.spec is not None
    half = [] if found.has_head else _part_of_head(found, entries)
    if {*half} & {*entries.odd}:
        return None
    if half:
        text = _(
            "Of its last layer the file has {listed} alone, and a last layer here has a weight and a bias. Add what is "
            "missing, or leave out both: then the net's own last layer stays. Nothing was loaded."
        )
        return StateDict({}, told=text.format(listed=listed(half)))
    if _trunk(found.spec) != _trunk(net.spec):
        text = _("The file is of {found}, and this net is {net}: choose that net. Nothing was loaded.")
        return StateDict({}, told=text.format(found=told_of(found.spec), net=told_of(net.spec)))
    if odd := [name for name in entries.odd if name.startswith(found.wrapping)]:
        text = _("Entries of the net are sparse, quantised, nested or without values: {listed}. Nothing was loaded.")
        raise WeightsError(text.format(listed=listed(odd)), invalid=tuple(odd))
    state = _renamed(found, entries, net, expected)
    state = replace(state, nest=".".join(nest := _nest(content, found.wrapping)))
    return None if state.unexpected else replace(state, prefix=found.wrapping.removeprefix(_joined(nest)))


def _renamed(found: Recognition, entries: Entries, net: Recognition, expected: Expected) -> StateDict:
    theirs, tensors = frozenset(found.keys.values()), expected.tensors
    values = entries.plain(theirs)
    assert found.spec is not None
    assert net.spec is not None
    # The same layers in the same order, though a pool in a shortcut changes a number.
    theirs_of = dict(zip(shapes_of(net.spec), shapes_of(found.spec), strict=False))
    named = {key: found.keys.get(theirs_of.get(name, "")) for name, key in net.keys.items() if key in tensors}
    pairs = {key: other for key, other in named.items() if other is not None}
    beside = [key for key in values if key.startswith(found.wrapping) and key not in theirs]
    of_net = {key: key.removeprefix(found.wrapping) for key in beside}
    return StateDict(
        {key: _fitted(values[other], found, net, tuple(tensors[key].shape)) for key, other in pairs.items()},
        unexpected=tuple(key for key in beside if expected.is_foreign(of_net[key], values[key])),
        ignored=tuple(key for key in found.keys.values() if key not in set(pairs.values())),
        left_out=found.left_out,
        found=found,
        kept=() if found.has_head else tuple(net.keys[name] for name in _HEAD if name in net.keys),
        made_plain=entries.made_plain(theirs),
    )


def _fitted(value: object, found: Recognition, net: Recognition, shape: Shape) -> object:
    return fit_layout(value, found.names or "torchvision", net.names or "torchvision", shape)


def _trunk(spec: ResNetSpec) -> tuple[bool, bool, list[tuple[Place, Shape]]]:
    """Returns what two nets must have in common: statistics in their norms, and all layers before the last one.

    Whether a pre-activated net pools in its shortcuts, no file shows.
    """
    layers = [(layer.place, layer.shapes["weight"]) for layer in layers_of(spec) if layer.place.part != "head"]
    return spec.norm == "group", spec.average_shortcut and not spec.pre_activation, layers


def _part_of_head(found: Recognition, entries: Entries) -> list[str]:
    assert found.spec is not None
    head = LIBRARIES[found.names or "torchvision"](found.spec, Place("head"))
    names = (f"{found.wrapping}{head}.{name}" for name in ("weight", "bias"))
    return [name for name in names if name in entries.shapes or name in entries.odd]


def _nest(content: object, wrapping: str) -> list[str]:
    """Returns the names of the dictionaries on the way to a net."""
    names: list[str] = []
    for name in wrapping.split("."):
        inside = content.get(name) if isinstance(content, Mapping) else None
        if not isinstance(inside, dict):
            break
        names.append(name)
        content = inside
    return names


def _joined(nest: list[str]) -> str:
    return "".join(f"{name}." for name in nest)


def _no_parts_error() -> WeightsError:
    return WeightsError(_("A part of a file can be chosen for a ResNet only, and this net is none that is known."))
