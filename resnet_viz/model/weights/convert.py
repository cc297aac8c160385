"""Writes a file of weights again under another library's names, as safetensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import read_checkpoint_files, shown_name
from resnet_viz.model.weights.entries import read_entries
from resnet_viz.naming.layers import Shape
from resnet_viz.naming.renaming import key_pairs, rename_state_dict, shapes_of
from resnet_viz.recognition.found import Recognition
from resnet_viz.recognition.search import recognise_shapes
from resnet_viz.spec.resnet import ResNetSpec

# What transformers asks of a safetensors file before it reads it.
_METADATA = {"format": "pt"}
# The head's weight and bias, the last tensors of a state dict.
_N_HEAD = 2


@dataclass(frozen=True, slots=True)
class Converted:
    """A renamed state dict as the bytes of a safetensors file, and what was recognised in the original.

    n_tensors: how many tensors were renamed.
    """

    data: bytes
    spec: ResNetSpec
    found: Recognition
    n_tensors: int


def convert_weights(data: bytes | Path | Sequence[Path], to: str, part: str | None = None) -> Converted:
    """Returns the net of a checkpoint under another library's names, in the order of torchvision's state dict.

    data: bytes of a checkpoint, its `Path`, that of a sharded checkpoint's index, or the paths of its files. to:
    `torchvision`, `timm`, `huggingface`, `mmpretrain`, `detectron2`, `keras`, `cifar` or `sequential`. part: which net
    of a file that holds several. Values and dtypes are kept, and pruned, parametrised and quantised weights made plain;
    what is not of the net is left out, and a net without its head stays without. Raises WeightsError for data that
    cannot be read, for a net that is not known for sure or whose names are open, and where that library has no such
    net.
    """
    entries = read_entries(read_checkpoint_files(data).content)
    found = recognise_shapes(entries.shapes, part)
    spec = _sure_spec(found)
    _check_names(spec, found, to)
    renamed = _renamed(entries.plain(frozenset(found.keys.values())), spec, found, to)
    return Converted(_written(dict(_in_own_memory(renamed))), spec, found, len(renamed))


def _sure_spec(found: Recognition) -> ResNetSpec:
    if found.is_sure and found.spec is not None and found.names:
        return found.spec
    if not found.candidates:
        raise WeightsError(
            _("The file holds no ResNet that is known for sure, so its tensors cannot be renamed. Choose another file.")
        )
    nearest = found.candidates[0]
    keys = (*nearest.missing, *nearest.misshapen, *nearest.unexpected)
    text = _(
        "The file's net is not known for sure, so its tensors cannot be renamed: nearest is {name}, which differs in "
        "{n} keys, as {key}. Save the net's own state_dict() and convert that file."
    )
    key = shown_name(keys[0]) if keys else "–"
    raise WeightsError(text.format(name=nearest.spec.name, n=nearest.n_differences, key=key))


def _check_names(spec: ResNetSpec, found: Recognition, to: str) -> None:
    """Refuses where the new names depend on what tensors do not show: the pool before a pre-activated projection."""
    if "average_shortcut" not in found.open_questions:
        return
    other = replace(spec, average_shortcut=not spec.average_shortcut)
    if shapes_of(spec, to).keys() != shapes_of(other, to).keys():
        text = _(
            "In {library}, names of {name} depend on whether its shortcuts pool, which the file does not show. Rename "
            "it in Python, with rename_state_dict and the spec of the net."
        )
        raise WeightsError(text.format(library=to, name=spec.name))


def _renamed(tensors: Mapping[str, Tensor], spec: ResNetSpec, found: Recognition, to: str) -> dict[str, Tensor]:
    names = key_pairs(spec, "torchvision", found.names)
    head = set() if found.has_head else set([*names.values()][-_N_HEAD:])
    given: dict[str, Tensor | None] = {names[ours]: tensors[key] for ours, key in found.keys.items() if key in tensors}
    # None stands in for the head of a body, also for a part of one, so that nothing else may be missing.
    renamed = rename_state_dict({**given, **dict.fromkeys(head)}, spec, to, found.names)
    shapes = shapes_of(spec, to)
    return {key: _shaped(key, value, shapes[key]) for key, value in renamed.items() if value is not None}


def _shaped(key: str, value: Tensor, shape: Shape) -> Tensor:
    """Returns a head as a linear layer or as a 1×1 convolution, whichever the library has; others are equal already."""
    if _without_ones(value.shape) != _without_ones(shape):
        text = _("{key} is {got} and should be {expected}")
        raise WeightsError(f"{text.format(key=key, got=tuple(value.shape), expected=shape)}.", misshapen=(key,))
    return value.reshape(shape)


def _without_ones(shape: Shape) -> Shape:
    """Returns a shape without the ones at its end."""
    while shape and shape[-1] == 1:
        shape = shape[:-1]
    return tuple(shape)


def _in_own_memory(tensors: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """Yields tensors as safetensors stores them: contiguous, and no two in the same memory."""
    seen: set[int] = set()
    for key, value in tensors.items():
        # A conjugate or negative view has the values of another tensor in memory.
        plain = value.resolve_conj().resolve_neg().contiguous()
        memory = plain.untyped_storage().data_ptr()
        yield key, plain.clone() if memory in seen else plain
        seen.add(memory)


def _written(tensors: dict[str, Any]) -> bytes:
    try:
        return safetensors.torch.save(tensors, metadata=_METADATA)
    except (KeyError, RuntimeError, ValueError, safetensors.SafetensorError) as error:
        names = sorted({str(value.dtype).removeprefix("torch.") for value in tensors.values()})
        text = _("The tensors cannot be written as safetensors; they are {dtypes}. Convert them to float32 beforehand.")
        raise WeightsError(text.format(dtypes=", ".join(names))) from error
