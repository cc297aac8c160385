"""What a run on a picture finds, in figures; no tensor and no array is held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prediction:
    """A class, and how much the net takes the picture for it."""

    index: int
    """Of the class, from 0, in the order of the net's outputs."""
    logit: float
    probability: float
    """The softmax over all classes, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """What a residual block makes of its signal: Euclidean norms over all channels and places of a map."""

    block: str
    """The block's id, as in `layer3.5`."""
    shortcut_norm: float
    """Of what comes along the shortcut: of x itself where that is the identity."""
    residual_norm: float
    """Of F(x)."""
    sum_norm: float
    """Of F(x) + shortcut, before the ReLU."""
    ratio: float | None
    """Norm of F(x) ÷ norm of the shortcut; None where nothing comes along the shortcut, or a norm is not finite."""
    cosine: float | None
    """Of the angle between shortcut and sum, from -1 to 1: 1 is a block that did not turn the signal. None where
    either is nothing but zeros."""
