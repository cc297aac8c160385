"""What a library says that a picture is to be prepared by, for the weights that it takes by default."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from importlib import import_module
from math import floor
from pathlib import Path
from typing import Any

import numpy as np

Preparation = dict[str, Any]
"""`resize` and `crop` in pixels, `interpolation`, `mean` and `std` of values from 0 to `range`, `order` of channels.

None where the library says nothing.
"""


def _preparation(
    resize: int | None = None,
    crop: int | None = None,
    interpolation: str | None = None,
    mean: Any = None,
    std: Any = None,
    order: str = "RGB",
    most: int = 1,
) -> Preparation:
    return {
        "resize": resize,
        "crop": crop,
        "interpolation": interpolation,
        "mean": _rounded(mean),
        "std": _rounded(std),
        "order": order,
        "range": most,
    }


def _rounded(values: Any) -> list[float] | None:
    return None if values is None else [round(float(value), 4) for value in values]


def _torchvision(call: str) -> Preparation:
    models: Any = import_module("torchvision.models")
    said = models.get_model_weights(call).DEFAULT.transforms()
    return _preparation(said.resize_size[0], said.crop_size[0], said.interpolation.value, said.mean, said.std)


def _timm(call: str) -> Preparation:
    library: Any = import_module("timm")
    said = library.get_pretrained_cfg(call)
    size = said.input_size[-1]
    return _preparation(floor(size / said.crop_pct), size, said.interpolation, said.mean, said.std)


def _keras(call: str) -> Preparation:
    """Found by asking: black and white through the library's own function."""
    library: Any = import_module(f"keras.applications.{'resnet_v2' if call.endswith('V2') else 'resnet50'}")
    black, white = (_asked(library, (value,) * 3) for value in (0, 255))
    red = _asked(library, (255, 0, 0))
    order = "RGB" if red[0] == white[0] else "BGR"
    most = 255 if white[0] - black[0] > 100 else 1
    std = most / (white - black)
    return _preparation(mean=-black * std, std=std, order=order, most=most)


def _asked(library: Any, colour: tuple[int, ...]) -> Any:
    return library.preprocess_input(np.array(colour, dtype="float32").reshape(1, 1, 1, 3)).reshape(3)


def _pytorchcv(call: str) -> Preparation:
    library: Any = import_module("pytorchcv.models.common")
    (folder,) = library.__path__
    with (Path(folder) / "model_metainfos.csv").open(encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file) if row["model_name"] == call]
    size = int(row["img_size"])
    return _preparation(round(size / float(row["img_scale"])), size)


def _transformers(call: str) -> Preparation:
    library: Any = import_module("transformers")
    said = library.ConvNextImageProcessor()
    side = said.size["shortest_edge"]
    return _preparation(side, side, said.resample.name.lower(), said.image_mean, said.image_std)


def _nothing(call: str) -> Preparation:
    return _preparation()


PREPARATIONS: Mapping[str, Callable[[str], Preparation]] = {
    "torchvision": _torchvision,
    "timm": _timm,
    "keras": _keras,
    "pytorchcv": _pytorchcv,
    "monai": _nothing,
    # It fetches them from the model hub with the weights.
    "segmentation-models-pytorch": _nothing,
    "transformers": _transformers,
}
