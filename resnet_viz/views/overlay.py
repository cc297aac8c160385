"""A map laid over the picture it was made from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.views.colours import Colours
from resnet_viz.views.levels import EMPTY, Scaling, find_scales, quantise


def overlay_map(
    picture: Image.Image, values: npt.NDArray[Any], opacity: float = 0.5, colours: Colours | None = None
) -> Image.Image:
    """A map (h, w) on a picture of any mode, as an RGB picture of the same size.

    The map's values are scaled to the picture's size (bilinear) and then coloured, from the least to the greatest;
    with negative values zero is in the middle of a diverging colour map. Where a value is NaN or infinite, and as far
    as it reaches into its neighbours, the picture is seen alone. Raises DrawError for an opacity outside 0 to 1 and
    for what is no map.
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
    """A map (h, w) at a picture's size (width, height)."""
    is_number = np.isfinite(values)
    plain = np.where(is_number, values, 0).astype(np.float32)
    big = np.array(Image.fromarray(plain).resize(size, Image.Resampling.BILINEAR), np.float32)
    if not is_number.all():
        holes = Image.fromarray((~is_number).astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
        big[np.asarray(holes) > 0] = np.nan
    return big
