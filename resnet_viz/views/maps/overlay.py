"""Overlay of a map on its input image."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import EMPTY, Scaling, find_scales, quantise

# Epsilon of the package grad-cam, against division by zero.
_TINY = 1e-7


def overlay_map(
    picture: Image.Image, values: npt.NDArray[Any], opacity: float = 0.5, colours: Colours | None = None
) -> Image.Image:
    """Returns a map (h, w) blended over an image of any mode, as an RGB image of the same size.

    The values are enlarged to the image's size (bilinear) and then coloured, from minimum to maximum; with negative
    values, zero is in the middle of a diverging colour map. Where interpolation involves NaN or infinite values, only
    the image is visible. Raises DrawError for an opacity outside 0 to 1 and for any other shape.
    """
    if not 0 <= opacity <= 1:
        raise DrawError(_("Opacity: got {got}. Choose a number from 0 to 1.").format(got=str(opacity)[:40]))
    if values.ndim != 2 or values.size == 0:
        raise DrawError(
            _("Got an array of shape {shape} to lay over a picture. Pass one map (h, w).").format(shape=values.shape)
        )
    scales = find_scales(values[None], Scaling("node"))
    levels = quantise(_enlarge(values, picture.size)[None], scales)[0]
    below = np.asarray(picture.convert("RGB"), np.float32)
    above = (colours or Colours()).table(scales.is_centred)[levels].astype(np.float32)
    share = np.where(levels == EMPTY, np.float32(0), np.float32(opacity))[:, :, None]
    return Image.fromarray(np.round(below + share * (above - below)).astype(np.uint8))


def _enlarge(values: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """A map (h, w), enlarged to (width, height)."""
    is_number = np.isfinite(values)
    plain = np.where(is_number, values, 0).astype(np.float32)
    big = np.array(Image.fromarray(plain).resize(size, Image.Resampling.BILINEAR), np.float32)
    if not is_number.all():
        holes = Image.fromarray((~is_number).astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        big[np.asarray(holes) > 0] = np.nan
    return big


def scale_cam(cam: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Returns a map (H, W), min-max scaled to 0 to 1 and enlarged bilinearly to `size` = (H, W); float32.

    As the package grad-cam, it rescales after enlarging, since interpolated values seldom reach the maximum of the
    cells. NaN and infinities count as 0. A constant map becomes 0.
    """
    values = np.nan_to_num(np.asarray(cam, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    height, width = size
    enlarged = Image.fromarray(_to_unit(values)).resize((width, height), Image.Resampling.BILINEAR)
    return _to_unit(np.asarray(enlarged, dtype=np.float32))


def _to_unit(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    above = values - values.min()
    scaled: npt.NDArray[np.float32] = above / (_TINY + above.max())
    return scaled
