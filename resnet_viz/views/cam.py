"""A map of a class's evidence becomes a layer over the picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

# That of the package grad-cam: it keeps a map of zeros from being divided by zero.
_TINY = 1e-7


def scale_cam(cam: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """A map (H, W) from its least value to its greatest as 0 to 1, enlarged bilinearly to `size` = (H, W); float32.

    The same steps as the package grad-cam takes, which scales once more after enlarging: between its cells a map seldom
    comes to their greatest value. What is no finite number counts as 0. A map that is the same everywhere becomes 0.
    """
    values = np.nan_to_num(np.asarray(cam, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    height, width = size
    enlarged = Image.fromarray(_to_unit(values)).resize((width, height), Image.Resampling.BILINEAR)
    return _to_unit(np.asarray(enlarged, dtype=np.float32))


def _to_unit(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    above = values - values.min()
    scaled: npt.NDArray[np.float32] = above / (_TINY + above.max())
    return scaled
