"""PNG export: the sheets of a figure as pixels, put together."""

from __future__ import annotations

import math
from io import BytesIO

from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.units import format_exact
from resnet_viz.views.export.extents import Sheet
from resnet_viz.views.export.figure import Figure, Window
from resnet_viz.views.export.options import LEAST_SCALE, ExportOptions
from resnet_viz.views.graph.render import render_graph

# Cairo's maximum side, beyond which it silently scales down; a pixel takes four bytes.
MOST_SIDE, MOST_PIXELS = 32_767, 50_000_000


def join_pngs(figure: Figure, options: ExportOptions, background: str) -> bytes:
    """Returns a figure as a PNG that says how many pixels an inch has; background: the colour, "" for none."""
    dots = _dots(options)
    size = max(1, round(figure.width * dots)), max(1, round(figure.height * dots))
    whole = Image.new("RGBA", size, background or (0, 0, 0, 0))
    pictures = [_paint(sheet, dots) for sheet in figure.sheets]
    for window in figure.windows:
        _show(whole, pictures[window.sheet], window, dots)
    data = BytesIO()
    kept = whole.convert("RGB") if background else whole
    kept.save(data, "PNG", dpi=(options.density, options.density))
    return data.getvalue()


def check_pixels(size: tuple[float, float], options: ExportOptions) -> None:
    """Raises DrawError if a figure of this size in points has too many pixels, with the scale that would fit."""
    own = options.factor if options.is_sized else options.scale
    width, height = (side * _dots(options) / own for side in size)
    largest = min(MOST_SIDE / max(width, height), math.sqrt(MOST_PIXELS / (width * height)))
    if own <= largest:
        return
    got = _(
        "A PNG at scale {scale} would be {width}×{height} pixels; at most {side} a side and {most} in all are drawn."
    )
    sizes = {"width": format_exact(round(width * own)), "height": format_exact(round(height * own))}
    most = {"side": format_exact(MOST_SIDE), "most": format_exact(MOST_PIXELS)}
    raise DrawError(f"{got.format(scale=f'{own:.3g}', **sizes, **most)} {_advice(largest, options)}")


def _advice(largest: float, options: ExportOptions) -> str:
    fitting = math.floor(largest * 100) / 100
    if options.is_sized:
        return _("Choose SVG or PDF, 300 dots per inch, or a level with fewer boxes.")
    if fitting >= LEAST_SCALE:
        return _("Choose a scale of at most {scale}, or SVG or PDF.").format(scale=f"{fitting:g}")
    return _("No scale fits: choose SVG or PDF, or a level with fewer boxes.")


def _dots(options: ExportOptions) -> float:
    """Pixels per point of the drawing."""
    return options.factor * options.density / 72


def _paint(sheet: Sheet, dots: float) -> Image.Image:
    graph = sheet.graph.copy()
    graph.attr(dpi=f"{72 * dots:.6g}")
    with Image.open(BytesIO(render_graph(graph, "png"))) as picture:
        return picture.convert("RGBA")


def _show(whole: Image.Image, picture: Image.Image, window: Window, dots: float) -> None:
    left, right = round(window.left * dots), round(window.right * dots)
    part = picture.crop((left, 0, min(right, picture.width), picture.height))
    whole.alpha_composite(part, (round(window.x * dots), round(window.y * dots)))
