"""Tells which ResNet a file of weights is of, without loading it into a net, and without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resnet_viz.reading.files import read_shapes
from resnet_viz.recognition.found import Recognition
from resnet_viz.recognition.search import recognise_shapes


def recognise(data: bytes | Path | Sequence[bytes | Path], part: str | None = None) -> Recognition:
    """Returns which ResNet a file's tensors are of, by their names and shapes; no value is read.

    data: bytes of a checkpoint (torch.save, safetensors or npz), its `Path`, that of a sharded checkpoint's index, or a
    sequence of the files of one checkpoint. Whose names these are, and what is wrapped around them, does not matter:
    torchvision, timm, Hugging Face, mmpretrain, detectron2, CIFAR repositories and a numbered `Sequential` are known,
    under any prefix and in nested dictionaries. part: which net of a file that holds several, by its name in `parts`;
    by default the one that is usually meant. Raises WeightsError for data that cannot be read, and for a part that is
    not there.
    """
    return recognise_shapes(read_shapes(data).shapes, part)
