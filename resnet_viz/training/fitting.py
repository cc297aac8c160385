"""Brings a net to the form of a data set: its classes, channels and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from resnet_viz.spec.resnet import ResNetSpec


@dataclass(frozen=True, slots=True)
class Form:
    """What the pictures of a data set are: number of classes, channels, and (H, W) in pixels."""

    n_classes: int
    channels: int
    size: tuple[int, int]


FORMS: Mapping[str, Form] = MappingProxyType({"digits": Form(10, 1, (8, 8)), "cifar10": Form(10, 3, (32, 32))})


def fitted(spec: ResNetSpec, data: str) -> ResNetSpec:
    """Returns the net as it is trained with a data set.

    One with the data's classes and channels is as it was, also at another input size: pictures are scaled to it. Any
    other gets the classes, channels and size of the data.
    """
    form = FORMS[data]
    if (spec.num_classes, spec.in_channels) == (form.n_classes, form.channels):
        return spec
    return replace(spec, num_classes=form.n_classes, in_channels=form.channels, input_size=form.size)
