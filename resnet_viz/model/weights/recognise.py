"""Tells which ResNet a file of weights is of, without loading it into a net."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.model.weights.checkpoints import read_checkpoint, read_file
from resnet_viz.model.weights.pickled_names import StandIn, kind_of
from resnet_viz.naming.layers import Shape
from resnet_viz.recognition.found import Recognition
from resnet_viz.recognition.search import recognise_shapes

# How deep dictionaries of a checkpoint are looked into, as in `{"teacher": {"model": {…}}}`.
_MAX_DEPTH = 5


def recognise(data: bytes | Path) -> Recognition:
    """Returns which ResNet a file's tensors are of, by their names and shapes; no value is looked at.

    data: bytes of a checkpoint (torch.save or safetensors), or its `Path`. Whose names these are, and what is wrapped
    around them, does not matter: torchvision, timm, Hugging Face, mmpretrain, detectron2, CIFAR repositories and a
    numbered `Sequential` are known, under any prefix and in nested dictionaries. Raises WeightsError for data that
    cannot be read.
    """
    checkpoint = read_checkpoint(_bytes_of(data))
    return recognise_shapes(dict(_shapes_in(checkpoint.content, "", _MAX_DEPTH)))


def _bytes_of(data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, Path):
        return read_file(data)
    text = _("Weights: got {got}. Pass the bytes of a file, or its Path.")
    raise WeightsError(text.format(got=kind_of(data)))


def _shapes_in(content: object, path: str, depth: int) -> Iterator[tuple[str, Shape]]:
    """Yields the shapes of all tensors in nested dictionaries, by the names on the way, joined by dots."""
    if not isinstance(content, dict) or not depth:
        return
    # By dict's own method: a pickle may have set an attribute `items`.
    for key, value in dict.items(content):
        if not isinstance(key, str) or isinstance(value, StandIn):
            continue
        if isinstance(value, Tensor):
            yield path + key, tuple(value.shape)
        else:
            yield from _shapes_in(value, f"{path}{key}.", depth - 1)
