"""scikit-learn's handwritten digits: 1,797 grey pictures of 8×8 pixels, read from the file in its wheel.

They are the test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak (1998, UCI Machine
Learning Repository, https://doi.org/10.24432/C50P49, CC BY 4.0): 32×32 black and white pixels, summed up in fields of
4×4, so that each value is a whole number from 0 to 16.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _

CREDIT = "E. Alpaydin, C. Kaynak, CC BY 4.0, UCI Machine Learning Repository, via scikit-learn"
SIDE, CLASSES, N_HELD_OUT = 8, tuple("0123456789"), 297
_MOST = 16


@dataclass(frozen=True, slots=True, eq=False)
class Digits:
    """All digits, in the order of the file; arrays are read-only."""

    images: NDArray[np.float32]
    """(N, 1, 8, 8), from 0, the paper, to 1, the ink."""
    labels: NDArray[np.int64]
    """(N,), from 0 to 9."""
    n_train: int
    """The first so many are trained with; the last 297 are held out."""


@cache
def load_digits() -> Digits:
    """Returns the digits, equal to those of `sklearn.datasets.load_digits` divided by 16.

    The file is read without importing scikit-learn, which takes a second. Raises ResnetVizError if it is not installed.
    """
    with gzip.open(_file(), "rt", encoding="ascii") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.int64)
    images = (table[:, :-1] / _MOST).astype(np.float32).reshape(-1, 1, SIDE, SIDE)
    labels = np.ascontiguousarray(table[:, -1])
    for array in (images, labels):
        array.flags.writeable = False
    return Digits(images, labels, len(labels) - N_HELD_OUT)


def _file() -> Path:
    found = find_spec("sklearn")
    if found is None or found.origin is None:
        raise ResnetVizError(_("The digits come with scikit-learn, which is not installed: pip install scikit-learn."))
    return Path(found.origin).parent / "datasets" / "data" / "digits.csv.gz"
