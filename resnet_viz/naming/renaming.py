"""Renames the entries of a state dict from one library's names to another's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.naming.layers import Shape
from resnet_viz.naming.layouts import fit_layout, module_of, tensors_of
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec

Value = TypeVar("Value")


def shapes_of(spec: ResNetSpec, library: str = "torchvision") -> dict[str, Shape]:
    """Returns the shape of each tensor of a spec's net by a library's key, in the order of torchvision's state dict.

    In timm's pre-activated nets the head is a 1×1 convolution; Keras's kernels have the axes (H, W, C_in, C_out).
    Raises WeightsError for an unknown library, or for a net that it does not build.
    """
    _check_net(spec, library)
    return {key: shape for _ours, key, shape in tensors_of(spec, library)}


def key_pairs(spec: ResNetSpec, source: str, to: str) -> dict[str, str]:
    """Returns the other library's key for each key of a spec's net, for all tensors that both have.

    Keras has no batch counters. Raises what `shapes_of` raises.
    """
    _check_net(spec, source)
    _check_net(spec, to)
    new = {ours: key for ours, key, _shape in tensors_of(spec, to)}
    return {key: new[ours] for ours, key, _shape in tensors_of(spec, source) if ours in new}


def rename_state_dict(
    state_dict: Mapping[str, Value], spec: ResNetSpec, to: str = "torchvision", source: str | None = None
) -> dict[str, Value]:
    """Returns the entries of a net's state dict under another library's keys, in the order of torchvision's.

    to, source: `torchvision`, `timm`, `huggingface`, `mmpretrain`, `detectron2`, `keras`, `cifar` or `sequential`;
    `source` defaults to the library whose keys these are. The values are the same objects; where another library orders
    the axes otherwise (Keras, and the last layer of timm's pre-activated nets), they are views of tensors and arrays in
    its order. Batch counters may be missing. Raises WeightsError where the keys are of no library's net of that spec,
    and what `shapes_of` raises.
    """
    wanted = shapes_of(spec, to)
    source = _library_of(state_dict, spec) if source is None else source
    given = [*shapes_of(spec, source)]
    missing = [key for key in given if key not in state_dict and not _is_counter(key)]
    unexpected = sorted(state_dict.keys() - set(given))
    if missing or unexpected:
        raise WeightsError(
            _(
                "The keys are not those of {name}: {n_missing} are missing, as {missing}, and {n_unexpected} are of "
                "something else, as {unexpected}."
            ).format(
                name=spec.name,
                n_missing=len(missing),
                missing=missing[0] if missing else "–",
                n_unexpected=len(unexpected),
                unexpected=shown(unexpected[0]) if unexpected else "–",
            ),
            missing=tuple(missing),
            unexpected=tuple(unexpected),
        )
    pairs = key_pairs(spec, source, to)
    return {
        new: fit_layout(state_dict[old], source, to, wanted[new]) for old, new in pairs.items() if old in state_dict
    }


def translate_name(key: str, source: str, to: str, spec: ResNetSpec | None = None) -> str:
    """Returns a key, or a module's path, in another library's names: `layer1.0.conv1.weight`, `layer1.0.conv1`.

    The numbers of some layers depend on the net, as those of a ResNet-D's projections: `spec` defaults to ResNet-152,
    or to ResNet-34 for a key that is only there. Raises WeightsError for a key that is in no such net.
    """
    _check_library(source)
    _check_library(to)
    for net in (spec,) if spec is not None else (ResNetSpec.preset("resnet152"), ResNetSpec.preset("resnet34")):
        if can_name(net, source) and can_name(net, to):
            found = _translations(net, source, to).get(key)
            if found is not None:
                return found
    text = _("{key} is no name of {library} in such a net that {other} has, too.")
    raise WeightsError(text.format(key=shown(key), library=source, other=to))


@lru_cache(maxsize=32)
def _translations(spec: ResNetSpec, source: str, to: str) -> Mapping[str, str]:
    keys = key_pairs(spec, source, to)
    return {module_of(old): module_of(new) for old, new in keys.items()} | keys


def _library_of(keys: Mapping[str, object], spec: ResNetSpec) -> str:
    """Returns the library of whose names most keys are."""
    able = [library for library in LIBRARIES if can_name(spec, library)]
    return max(able, key=lambda library: len(keys.keys() & shapes_of(spec, library).keys()))


def _check_net(spec: ResNetSpec, library: str) -> None:
    _check_library(library)
    if not can_name(spec, library):
        text = _("{library} has no {name}, so there are no names to give. Choose another library.")
        raise WeightsError(text.format(library=library, name=spec.name))


def _check_library(library: object) -> None:
    if library not in LIBRARIES:
        text = _("Names of {got}: choose one of {allowed}.")
        raise WeightsError(text.format(got=shown(library), allowed=", ".join(LIBRARIES)))


def _is_counter(key: str) -> bool:
    return key.endswith(".num_batches_tracked")
