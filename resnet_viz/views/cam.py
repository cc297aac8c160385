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

    The same steps as the package grad-cam takes. What is no finite number counts as 0. A map that is the same
    everywhere becomes 0.
    """
    values = np.nan_to_num(np.asarray(cam, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    values -= values.min()
    values /= _TINY + values.max()
    height, width = size
    return np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BILINEAR), dtype=np.float32)
