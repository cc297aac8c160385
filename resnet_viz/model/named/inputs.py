"""The shapes of a named net's input: what its library says, or the size that was asked for."""

from __future__ import annotations

from typing import Any

from torch import nn
from torchvision.models import get_model_builder, get_model_weights
from torchvision.models.detection.transform import GeneralizedRCNNTransform

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.spec.named import NamedNet

Shape = tuple[int, ...]
_USUAL = (224, 224)
# torchvision's references: RAFT is evaluated on Sintel at 520x960, video nets see clips of 16 frames.
_FLOW, _FRAMES = (520, 960), 16
_VIDEO_AXES = 3
# The longer side to which torchvision's detectors scale a picture at most.
_MOST_TO_RUN = 1_333


def input_shapes(net: NamedNet, model: nn.Module) -> list[Shape]:
    """Returns the shape of each input, (1, C, H, W) or (1, C, T, H, W).

    Sets the size to which a detector scales its pictures, so that it sees the size that was asked for. Raises SpecError
    for a size that is no picture's or no video's where the net takes one, and for one too large to run a detector on.
    """
    usual = _usual_size(net, model)
    if net.input_size and len(net.input_size) != len(usual):
        is_video = len(usual) == _VIDEO_AXES
        text = (
            _("{word} takes videos: got {got}. Write frames x height x width, as in {usual}.")
            if is_video
            else _("{word} takes pictures: got {got}. Write height x width, as in {usual}.")
        )
        raise SpecError(text.format(word=net.word, got=_written(net.input_size), usual=_written(usual)))
    size = net.input_size or usual
    if is_detector(model) and net.input_size:
        _scale_to(net, model)
    return [(1, _channels(net, model), *size)] * (2 if _kind(net) == "optical_flow" else 1)


def is_detector(model: nn.Module) -> bool:
    """Whether a net chooses boxes by their values, so that nothing follows from shapes alone."""
    return isinstance(getattr(model, "transform", None), GeneralizedRCNNTransform)


def _usual_size(net: NamedNet, model: Any) -> Shape:
    if net.library == "timm":
        return tuple(model.default_cfg["input_size"][1:])
    return _torchvision_size(net, model) if net.library == "torchvision" else _USUAL


def _torchvision_size(net: NamedNet, model: Any) -> Shape:
    """What the published weights prepare pictures to; of a detector what it scales them to."""
    if is_detector(model):
        side = model.transform.fixed_size or (model.transform.min_size[-1],) * 2
        return (side[1], side[0])
    if _kind(net) == "optical_flow":
        return _FLOW
    if hasattr(model, "image_size"):  # A vision transformer takes this size only, whatever some of its weights are for.
        return (model.image_size,) * 2
    weights: Any = next(iter(get_model_weights(net.name)), None)
    prepared = weights.transforms() if weights else None
    sides = getattr(prepared, "crop_size", None) or getattr(prepared, "resize_size", None) or _USUAL
    height, width = sides if len(sides) == len(_USUAL) else (sides[0], sides[0])
    return (_FRAMES, height, width) if _kind(net) == "video" else (height, width)


def _kind(net: NamedNet) -> str:
    """`detection`, `video`, …: the folder of torchvision's models; empty for others."""
    if net.library != "torchvision":
        return ""
    parts = get_model_builder(net.name).__module__.split(".")[2:-1]
    return parts[0] if parts else ""


def _channels(net: NamedNet, model: Any) -> int:
    return int(model.default_cfg["input_size"][0]) if net.library == "timm" else 3


def _scale_to(net: NamedNet, model: Any) -> None:
    """A detector is run, so a large picture would take minutes and gigabytes."""
    size = net.input_size
    if max(size) > _MOST_TO_RUN:
        text = _(
            "{word} chooses boxes by their values, so it has to run once: got {got}. "
            "Choose sides of at most {most} pixels."
        )
        raise SpecError(text.format(word=net.word, got=_written(size), most=f"{_MOST_TO_RUN:,}"))
    if model.transform.fixed_size is None:
        model.transform.min_size, model.transform.max_size = (min(size),), max(size)


def _written(size: Shape) -> str:
    return "x".join(map(str, size))
