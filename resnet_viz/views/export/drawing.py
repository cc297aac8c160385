"""Exports a drawing as SVG, PNG, PDF, DOT or JSON: as shown on the screen, or as a figure of a paper.

One point of the drawing is a point of the SVG and of the PDF; a PNG at scale 1 has 96 pixels per inch, as browsers
show the SVG. With a width or a type size the drawing is smaller, and as large as they say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphviz import Digraph

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_bytes, format_count, format_macs, format_pixels
from resnet_viz.views.export.as_json import describe_drawing
from resnet_viz.views.export.as_svg import join_svgs, make_portable
from resnet_viz.views.export.extents import Sheet, lay_out
from resnet_viz.views.export.figure import Figure, cut_rows, make_figure
from resnet_viz.views.export.legend import Key, draw_legend
from resnet_viz.views.export.options import ExportOptions, FileSize
from resnet_viz.views.export.paper import PAGES, PageGrid, choose_pages
from resnet_viz.views.export.pixels import check_pixels, join_pngs
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.graph.shade import SHADES, Unit, list_metrics
from resnet_viz.views.parts.detail import Detail, make_detail
from resnet_viz.views.style import PALETTES, TEXT_SIZE

_LEAST_LEGEND = 360.0
"""Points that a legend may take across under a drawing that is narrower."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported: a function from a width in points, or none, to its drawing; its title and its legend's key.

    is_cut: whether the drawing is a strip however wide, and is to be cut into rows.
    """

    draw: Callable[[float | None], Digraph]
    title: str
    key: Key
    is_cut: bool = False


def export_graph(
    trace: Trace,
    level: str | Detail = "folded",
    form: str = "strip",
    options: ExportOptions | None = None,
    width: float | None = None,
) -> bytes:
    """Returns the drawing of a network at a level as the bytes of a file, by default an SVG.

    level, which may be a Detail, form, and the width of rows in points are those of `draw_graph`; in a figure with a
    width, and on pages, a strip is in rows that fit. Raises DrawError for an unknown one, for too many nodes, for an
    oversized PNG or PDF, with the scale that would fit, and for a row that is wider than the figure is to be, with the
    type size that would fit.
    """
    options = options or ExportOptions()
    detail = level if isinstance(level, Detail) else make_detail(trace, level)
    if options.format != "json":
        return export_subject(net_subject(trace, detail, form, options, width), options)
    described = describe_drawing(trace, draw_graph(trace, detail), detail)
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def net_subject(
    trace: Trace, detail: Detail, form: str, options: ExportOptions, row_width: float | None = None
) -> Subject:
    """Returns what `export_graph` exports. As DOT, rows are the strip that they are made of, which is not laid out."""
    form = "strip" if (form, options.format) == ("rows", "dot") else form

    def draw(width: float | None) -> Digraph:
        fitting = form if width is None or form == "tall" else "rows"
        room = row_width if width is None else width
        return draw_graph(trace, detail, options.palette, fitting, options.shade, width=room)

    most = 0
    if options.shade != SHADES[0] and options.has_legend:
        most = DrawingPlan(trace, detail, is_strip=True, theme=options.palette, shade=options.shade).most
    title = _("{name}, {level}").format(name=trace.name, level=detail.level)
    return Subject(draw, title, make_key(options, len(trace.stages), most))


def make_key(options: ExportOptions, n_stages: int, most: int) -> Key:
    """Returns what a legend says of the fills: the stages, or a metric from zero to `most`."""
    if options.shade == SHADES[0]:
        return Key(options.palette, n_stages)
    metric = next(metric for metric in list_metrics() if metric.key == options.shade)
    words = _("{metric}, from 0 to {most}").format(metric=metric.name, most=_amount(metric.kind, most))
    return Key(options.palette, 0, words)


def _amount(unit: Unit | None, n: int) -> str:
    match unit:
        case "macs":
            return format_macs(n)
        case "bytes":
            return format_bytes(n)
        case "pixels":
            return format_pixels(n, n)
        case _:
            return format_count(n)


def export_subject(subject: Subject, options: ExportOptions) -> bytes:
    """Returns a drawing as an SVG, PNG, PDF or DOT file. Raises DrawError."""
    if options.format == "dot":
        source: str = _on_background(subject.draw(None), options).source
        return source.encode()
    if options.format == "svg" and not options.is_figure:
        graph = _on_background(subject.draw(None), options)
        return make_portable(render_graph(graph, "svg"), render_graph(graph, "json"))
    figure, grid = lay_figure(subject, options)
    background = "" if options.is_transparent else PALETTES[options.palette].plain
    match options.format:
        case "png":
            return join_pngs(figure, options, background)
        case "pdf":
            # Whose library takes a quarter of a second.
            from resnet_viz.views.export.as_pages import write_page, write_pages

            if grid is None:
                return write_page(figure, options.factor, subject.title, background)
            return write_pages(figure, grid, subject.title, background)
        case _:
            return join_svgs(figure, options.factor, background)


def lay_figure(subject: Subject, options: ExportOptions) -> tuple[Figure, PageGrid | None]:
    """Returns the figure in a file, and its pages if it is laid on paper. Raises DrawError where it does not fit."""
    drawn: dict[float | None, Sheet] = {}

    def make(width: float | None) -> Figure:
        if width not in drawn:
            drawn[width] = lay_out(subject.draw(width))
        sheet = drawn[width]
        rows = cut_rows(sheet, width if subject.is_cut else None)
        across = max(right - left for left, right in rows)
        legend = _legend(sheet, subject.key, options, width or max(across, _LEAST_LEGEND))
        return make_figure(sheet, rows, legend, options.room)

    if options.format == "pdf" and options.page != PAGES[0]:
        return choose_pages(make, options.page, options.factor, options.is_one_page)
    figure = make(options.room)
    _check_width(figure, options)
    if options.format == "png":
        check_pixels((figure.width, figure.height), options)
    return figure, None


def _legend(sheet: Sheet, key: Key, options: ExportOptions, width: float) -> Sheet | None:
    legend = draw_legend(sheet.kinds, key, width) if options.has_legend else None
    return None if legend is None else lay_out(legend)


def _check_width(figure: Figure, options: ExportOptions) -> None:
    """Raises DrawError where a row is wider than the file is to be."""
    room = options.room
    if room is None or options.width is None or figure.width <= room + 0.5:
        return
    size = options.factor * TEXT_SIZE
    fitting = int(10 * size * room / figure.width) / 10
    raise DrawError(
        _(
            "With type of {size} pt one row of this drawing is {got} in wide; the figure is to be {width} in. Choose "
            "type of at most {fitting} pt, a wider figure, or fold what is open."
        ).format(
            size=f"{size:g}",
            got=f"{figure.width * options.factor / 72:.1f}",
            width=f"{options.width:g}",
            fitting=f"{fitting:g}",
        )
    )


def measure_subject(subject: Subject, options: ExportOptions) -> FileSize:
    """Returns how large the file will be. Raises DrawError where it does not fit."""
    figure, grid = lay_figure(subject, options)
    scale = options.factor if grid is None else grid.scale
    width, height = figure.width * scale / 72, figure.height * scale / 72
    return FileSize(width, height, grid.n_pages if grid else 1, scale * TEXT_SIZE)


def file_name(trace: Trace, level: str | Detail, options: ExportOptions) -> str:
    """Returns a portable file name: `resnet152-folded-dark.svg`."""
    detail = level if isinstance(level, Detail) else Detail(level)
    return name_file(net_names([trace]), [detail.level, *(["opened"] if detail.parts else [])], options)


def net_names(traces: Sequence[Trace]) -> list[str]:
    """Returns what nets are called in a file's name."""
    return [(trace.spec.preset_name if trace.spec else None) or trace.name for trace in traces]


def name_file(nets: Sequence[str], words: Sequence[str], options: ExportOptions) -> str:
    """Returns a portable file name of nets and words."""
    marks = list(words)
    if options.format != "json":
        marks += [options.shade] if options.shade != SHADES[0] else []
        marks += [options.palette] if options.palette != "light" else []
    if options.width is not None:
        # No point: LaTeX may take what follows it for the ending.
        marks.append(f"{options.width:g}in".replace(".", "-"))
    elif options.format == "png" and options.scale != 1:
        marks.append(f"{options.scale:g}x")
    if options.format == "pdf" and options.page != PAGES[0]:
        marks.append(options.page)
    return "-".join(filter(None, [*map(_slug, nets), *marks])) + f".{options.format}"


def drawing_size(svg: str) -> tuple[float, float]:
    """Returns width and height in points of an SVG from `render_graph`. Raises DrawError for any other SVG."""
    match = re.search(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg[:2_000])
    if match is None:
        raise DrawError(_("This is no SVG of Graphviz: it does not say how large it is."))
    return float(match[1]), float(match[2])


def check_size(size: tuple[float, float], options: ExportOptions) -> None:
    """Raises DrawError if a drawing of this size in points would give too large a PNG, before it is rendered."""
    if options.format == "png":
        check_pixels(size, options)


def _on_background(graph: Digraph, options: ExportOptions) -> Digraph:
    graph = graph.copy()
    if not options.is_transparent:
        graph.attr(bgcolor=PALETTES[options.palette].plain)
    return graph


def _slug(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", word)[:60].strip("-").lower()
