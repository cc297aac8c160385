"""Results of running a net on a picture: plain numbers, and the maps of a block as arrays; no tensor is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    _Map = npt.NDArray[np.float32]

LOGIT, PROBABILITY, LOG_PROBABILITY = "logit", "probability", "log-probability"
MODES = ("train", "eval")
"""Modes of a net: batch norm takes the statistics of what it gets, or those that it has kept."""
HALF_MOST = 65_504.0
"""The largest number of half precision (float16, IEEE 754)."""
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


@dataclass(frozen=True, slots=True)
class PlaceNorm:
    """How large gradient and signal are at one place of a net: at its stem, a block, its head, or another part."""

    node: str
    """Id of the place, as in `layer3.5`."""
    gradient: float | None
    """Euclidean norm of the loss's gradient over all parameters of the place; None where none of them is trained."""
    signal: float | None
    """Root mean square of the values that leave the place; None where the pass did not come there."""


@dataclass(frozen=True, slots=True)
class NetNorms:
    """Gradients and signals of one pass forward and back, in running order."""

    mode: str
    """`train` | `eval`."""
    loss: float
    """Cross entropy of the class that was asked for."""
    places: tuple[PlaceNorm, ...]
    first: float | None
    """Norm of the gradient of the first convolution's kernels; None where they are not trained."""
    last: float | None
    """The same of the last convolution that stands on no shortcut."""
    overflow: str | None
    """The first op that gives a value too large for half precision (above `HALF_MOST`), or none at all."""
    overflow_place: str | None
    """The place around it."""
    largest: float
    """The largest absolute value that any op gave."""
    gradients: tuple[tuple[str, float], ...] = ()
    """Norms of the gradients of single ops, by id; of a group those of its own parameters."""

    @property
    def ratio(self) -> float | None:
        """Gradient of the first convolution over that of the last; None where either is not known, or the last is 0."""
        return self.first / self.last if self.first is not None and self.last else None


@dataclass(frozen=True, slots=True, eq=False)
class BlockMaps:
    """The maps of one block, read-only float32 arrays (C, H, W); `residual + shortcut == sum` bit for bit.

    (In a net of another dtype the equation holds in that dtype; where the add has a factor, or several adds join
    more than two branches, up to rounding. Of `x - F(x)` the residual is -F(x); of `addcmul` it is what is added.)
    """

    block: str
    """Id of the block, as in `layer3.5`."""
    x: _Map
    """Input of the block."""
    residual: _Map
    """F(x), the add's operand; of three branches or more the sum of all but the shortcut."""
    shortcut: _Map
    """The add's other operand: x, or its projection."""
    sum: _Map
    """F(x) + shortcut, before the ReLU."""
    output: _Map
    """Output of the block: after the ReLU where there is one."""
