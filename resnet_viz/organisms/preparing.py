"""How a picture is prepared for a net that was trained on digits: as the digits were, and as little as possible."""

from __future__ import annotations

from resnet_viz.datasets.digits import SIDE
from resnet_viz.records.preparation import COLOURS, Preparation
from resnet_viz.spec.resnet import ResNetSpec


def is_of_digits(net: object) -> bool:
    """Whether a net has the form of those that come trained on digits, with any shortcut and depth, and one channel."""
    return isinstance(net, ResNetSpec) and net.is_for_digits and net.in_channels == 1


def prepare_for_digits(spec: ResNetSpec) -> Preparation:
    """Returns the preparation for a net that is trained on digits: its size without a margin, values from 0 to 1.

    A digit of the data set fills its picture, light ink on black, and nothing is subtracted or divided in training.
    """
    n = 1 if spec.in_channels == 1 else COLOURS
    return Preparation(spec.input_size, SIDE, SIDE, (0.0,) * n, (1.0,) * n, channels=spec.in_channels)
