"""Exports a drawing as SVG, PNG, PDF, DOT or JSON, as shown on the screen.

One point of the drawing is a point of the SVG and of the PDF; a PNG at scale 1 has 96 pixels per inch, as browsers
show the SVG.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from io import BytesIO

from graphviz import Digraph
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.units import format_exact
from resnet_viz.views.export.as_json import describe_drawing
from resnet_viz.views.export.as_svg import make_portable
from resnet_viz.views.export.paper import PAGES, check_pages
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.graph.shade import SHADES
from resnet_viz.views.parts.detail import Detail, make_detail
from resnet_viz.views.style import PALETTES

EXPORT_FORMATS = ("svg", "png", "pdf", "dot", "json")
MIME_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "dot": "text/vnd.graphviz",
    "json": "application/json",
}
LEAST_SCALE, MOST_SCALE = 0.5, 8.0
# Cairo's maximum side, beyond which it silently scales down; a pixel takes four bytes.
MOST_SIDE, MOST_PIXELS = 32_767, 50_000_000
_PIXELS_PER_POINT = 96 / 72


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of an export. Raises DrawError for invalid values.

    format: `svg`, `png`, `pdf`, `dot` (the source, not laid out) or `json` (the drawing as data).
    theme: `light` or `dark`. is_transparent: no background; else the theme's page colour.
    scale: 0.5 to 8, for PNG and PDF. page: for PDF: `content` (one page of the drawing's size), or `a4` and
    `letter` (as many pages as needed). shade: what the fill encodes, as in `draw_graph`.
    """

    format: str = "svg"
    theme: str = "light"
    is_transparent: bool = False
    scale: float = 1.0
    page: str = "content"
    shade: str = "stage"

    def __post_init__(self) -> None:
        check_choice(_("Format"), self.format, EXPORT_FORMATS)
        check_choice(_("Theme"), self.theme, tuple(PALETTES))
        check_choice(_("Page"), self.page, PAGES)
        check_choice(_("Shade"), self.shade, SHADES)
        is_number = isinstance(self.scale, int | float) and not isinstance(self.scale, bool)
        if not is_number or not LEAST_SCALE <= self.scale <= MOST_SCALE:
            raise DrawError(
                _("Scale: got “{got}”. Choose a number from {least} to {most}.").format(
                    got=str(self.scale)[:40], least=f"{LEAST_SCALE:g}", most=f"{MOST_SCALE:g}"
                )
            )


def export_graph(
    trace: Trace,
    level: str | Detail = "folded",
    form: str = "strip",
    options: ExportOptions | None = None,
    width: float | None = None,
) -> bytes:
    """Returns the drawing of a network at a level as the bytes of a file, by default an SVG.

    level, which may be a Detail, form and the width of rows are those of `draw_graph`. Raises DrawError for an unknown
    one, for too many
    nodes, and for an oversized PNG or PDF, with the scale that would fit.
    """
    options = options or ExportOptions()
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    graph = _on_background(draw_graph(trace, detail, options.theme, form, options.shade, width=width), options)
    match options.format:
        case "png":
            return _export_png(graph, options)
        case "pdf":
            from resnet_viz.views.export.as_pages import lay_on_pages  # whose library takes a quarter of a second

            graph.attr(margin="0")  # Graphviz's half inch all around would enlarge a page of the drawing's size
            title = _("{name}, {level}").format(name=trace.name, level=detail.level)
            return lay_on_pages(render_graph(graph, "pdf"), options.page, options.scale, title)
        case "dot":
            source: str = graph.source
            return source.encode()
        case "json":
            described = describe_drawing(trace, graph, detail)
            return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
        case _:
            return make_portable(render_graph(graph, "svg"), render_graph(graph, "json"))


def file_name(trace: Trace, level: str | Detail, options: ExportOptions) -> str:
    """Returns a portable file name: `resnet152-folded-dark.svg`."""
    detail = level if isinstance(level, Detail) else Detail(level)
    net = (trace.spec.preset_name if trace.spec else None) or trace.name
    marks = ["opened"] if detail.parts else []
    if options.format != "json":
        marks += [options.shade] if options.shade != SHADES[0] else []
        marks += ["dark"] if options.theme == "dark" else []
    if options.format == "png" and options.scale != 1:
        marks.append(f"{options.scale:g}x")
    if options.format == "pdf" and options.page != "content":
        marks.append(options.page)
    return "-".join(filter(None, [_slug(net), detail.level, *marks])) + f".{options.format}"


def drawing_size(svg: str) -> tuple[float, float]:
    """Returns width and height in points of an SVG from `render_graph`. Raises DrawError for any other SVG."""
    match = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg[:2_000])
    if match is None:
        raise DrawError(_("This is no SVG of Graphviz: it does not say how large it is."))
    return float(match[1]), float(match[2])


def check_size(size: tuple[float, float], options: ExportOptions) -> None:
    """Raises DrawError if a drawing of this size in points would give too large a file, before it is rendered."""
    if options.format == "png":
        _check_pixels(size, options.scale)
    elif options.format == "pdf":
        check_pages(size, options.page, options.scale)


def _check_pixels(size: tuple[float, float], scale: float) -> None:
    width, height = (side * _PIXELS_PER_POINT for side in size)
    largest = min(MOST_SIDE / max(width, height), math.sqrt(MOST_PIXELS / (width * height)))
    if scale <= largest:
        return
    fitting = math.floor(largest * 100) / 100
    got = _(
        "A PNG at scale {scale} would be {width}×{height} pixels; at most {side} a side and {most} in all are drawn."
    )
    advice = (
        _("Choose a scale of at most {scale}, or SVG or PDF.").format(scale=f"{fitting:g}")
        if fitting >= LEAST_SCALE
        else _("No scale fits: choose SVG or PDF, or a level with fewer boxes.")
    )
    sizes = {"width": format_exact(round(width * scale)), "height": format_exact(round(height * scale))}
    most = {"side": format_exact(MOST_SIDE), "most": format_exact(MOST_PIXELS)}
    raise DrawError(f"{got.format(scale=f'{scale:g}', **sizes, **most)} {advice}")


def _on_background(graph: Digraph, options: ExportOptions) -> Digraph:
    graph = graph.copy()
    if not options.is_transparent:
        graph.attr(bgcolor=PALETTES[options.theme].plain)
    return graph


def _export_png(graph: Digraph, options: ExportOptions) -> bytes:
    _check_pixels(drawing_size(render_graph(graph, "svg").decode()), options.scale)
    graph.attr(dpi=f"{96 * options.scale:g}")
    data = render_graph(graph, "png")
    return data if options.is_transparent else _flatten(data, PALETTES[options.theme].plain)


def _flatten(png: bytes, colour: str) -> bytes:
    """Removes transparency: the background ends within a pixel, which leaves the outermost pixels half transparent."""
    with Image.open(BytesIO(png)) as picture:
        flat = Image.new("RGBA", picture.size, colour)
        flat.alpha_composite(picture.convert("RGBA"))
    data = BytesIO()
    flat.convert("RGB").save(data, "PNG")
    return data.getvalue()


def _slug(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", word)[:60].strip("-").lower()
