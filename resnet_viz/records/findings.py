"""Results of running a net on a picture, as plain numbers; no tensor or array is kept."""

from __future__ import annotations

from dataclasses import dataclass

LOGIT, PROBABILITY, LOG_PROBABILITY = "logit", "probability", "log-probability"
LABELS = ("one", "many")
"""Whether classes exclude each other, or any number of them may be true at once."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A class with its score and probability."""

    index: int
    """Class index, from 0, in the order of the net's outputs."""
    score: float
    """What the net gives for the class: see `kind`."""
    probability: float
    """From 0 to 1: the net's own, or the softmax of its logits over all classes; the sigmoid of the class's logit
    where it is the only one, or where many may be true."""
    kind: str = LOGIT
    """What `score` is: logit | probability | log-probability."""

    @property
    def logit(self) -> float:
        """`score`, whatever its kind."""
        return self.score


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
