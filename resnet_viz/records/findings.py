"""Results of running a net on a picture, as plain numbers; no tensor or array is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prediction:
    """A class with its logit and probability."""

    index: int
    """Class index, from 0, in the order of the net's outputs."""
    logit: float
    probability: float
    """Softmax over all classes, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """How a residual block changes its signal: Euclidean norms over all channels and positions of a map (C, H, W)."""

    block: str
    """Id of the block, as in `layer3.5`."""
    shortcut_norm: float
    """Norm of the shortcut's output; of x itself for an identity."""
    residual_norm: float
    """Norm of F(x)."""
    sum_norm: float
    """Norm of F(x) + shortcut, before the ReLU."""
    ratio: float | None
    """`residual_norm` / `shortcut_norm`; None where the shortcut is zero or a norm is not finite."""
    cosine: float | None
    """Cosine of the angle between shortcut and sum, from -1 to 1; 1 where the block does not change the direction. None
    where either is all zeros.
    """
