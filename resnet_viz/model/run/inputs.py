"""A prepared picture as a tensor."""

from __future__ import annotations

import torch
from PIL import Image

from resnet_viz.pictures.preparing import SizeOrPreparation, prepare_input


def to_input(image: Image.Image, size_or_preparation: SizeOrPreparation) -> torch.Tensor:
    """Returns what `prepare_input` gives for an RGB picture as a tensor on the CPU: float32 (1, C, H, W).

    Raises SpecError for an invalid size.
    """
    return torch.from_numpy(prepare_input(image, size_or_preparation))
