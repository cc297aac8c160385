"""Drawings that are kept, each opened again: all is in it, nothing is cut off, and it says what the Trace says."""

import json
from collections import Counter
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from resnet_viz.errors import DrawError
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.export.drawing import check_size, drawing_size, export_graph, file_name
from resnet_viz.views.export.options import EXPORT_FORMATS, ExportOptions
from resnet_viz.views.export.pixels import MOST_SIDE
from resnet_viz.views.graph.draw import FORMS, draw_graph
from resnet_viz.views.graph.render import render_graph
from resnet_viz.views.parts.detail import LEVELS, Detail, make_detail
from resnet_viz.views.style import PALETTES, THEMES
from tests.nets import HOSTILE, hostile_trace, trace_of
from tests.views.export.files import embedded_fonts, exported, opened_png, pages_of, rgb
from tests.views.graph.dot import read, traced

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
MM = 72 / 25.4
PAPERS = {"a4": (210 * MM, 297 * MM), "letter": (612.0, 792.0)}
TINY = ResNetSpec("basic", (1, 1, 1, 1), num_classes=1, in_channels=1, input_size=(1, 1))
every_level = pytest.mark.parametrize("level", LEVELS)
every_form = pytest.mark.parametrize("form", FORMS)


@cache
def natural_size(net: str, level: str, form: str) -> tuple[float, float]:
    """Of the drawing in points, as Graphviz's own description of the layout says it, its padding apart."""
    layout = json.loads(render_graph(draw_graph(traced(net), level, form=form), "json"))
    left, bottom, right, top = map(float, layout["bb"].split(","))
    return right - left + 2 * 0.08 * 72, top - bottom + 2 * 0.08 * 72


# PNG


@every_form
@every_level
def test_a_png_has_the_natural_size_times_the_scale_and_touches_no_border(level: str, form: str) -> None:
    for scale in (0.5, 1, 2):
        options = ExportOptions("png", is_transparent=True, scale=scale)
        picture = opened_png(exported("resnet18", level, form, options))
        wanted = [side * 96 / 72 * scale for side in natural_size("resnet18", level, form)]
        # Graphviz rounds the drawing to whole points, and the picture to whole pixels.
        assert all(abs(got - side) <= 1 + 96 / 72 * scale for got, side in zip(picture.size, wanted, strict=True))
        seen = picture.getchannel("A").getbbox()
        assert seen is not None
        left, top, right, bottom = seen
        assert min(left, top, picture.width - right, picture.height - bottom) >= 1
        # Nor is there a wide empty border: the drawing fills its picture.
        assert max(left, picture.width - right) < 24 * scale
        assert max(top, picture.height - bottom) < 24 * scale


@pytest.mark.parametrize("theme", THEMES)
def test_the_background_is_transparent_or_the_page_s_own(theme: str) -> None:
    palette = PALETTES[theme]
    opaque = opened_png(exported("resnet18", "folded", "strip", ExportOptions("png", theme)))
    clear = opened_png(exported("resnet18", "folded", "strip", ExportOptions("png", theme, is_transparent=True)))
    corners = [(x, y) for x in (0, opaque.width - 1) for y in (0, opaque.height - 1)]
    # The outermost pixels are painted in part and laid on the same colour, with a rounding of one.
    for corner in corners:
        assert opaque.getpixel(corner) == pytest.approx((*rgb(palette.plain), 255), abs=1)
    assert {clear.getchannel("A").getpixel(corner) for corner in corners} == {0}
    assert opaque.getchannel("A").getextrema() == (255, 255)
    # On that background both are one picture, and the words are there in the theme's ink.
    laid = Image.new("RGBA", clear.size, (*rgb(palette.plain), 255))
    laid.alpha_composite(clear)
    far = np.asarray(ImageChops.difference(laid.convert("RGB"), opaque.convert("RGB"))).max()
    assert far <= 3
    pixels = np.asarray(opaque.convert("RGB")).reshape(-1, 3).astype(int)
    assert (np.abs(pixels - rgb(palette.ink)).max(axis=1) < 12).sum() > 200
    is_dark = pixels.mean() < 128
    assert is_dark == (theme == "dark")


def test_a_png_too_large_is_refused_with_sizes_and_a_scale_that_fits() -> None:
    # 2 × 3,000 × 96 / 72 × 5 is too many pixels a side; 32,767 / 8,000 = 4.09 would do.
    with pytest.raises(DrawError, match=r"scale 5 would be 40,000×133 pixels.*32,767.*at most 4\.09"):
        check_size((6_000, 20), ExportOptions("png", scale=5))
    # 8,000 × 8,000 at scale 1 is 64 million; √(50 / 64) = 0.88.
    with pytest.raises(DrawError, match=r"8,000×8,000.*at most 0\.88"):
        check_size((6_000, 6_000), ExportOptions("png"))
    with pytest.raises(DrawError, match="No scale fits: choose SVG or PDF"):
        check_size((60_000, 20), ExportOptions("png", scale=0.5))
    with pytest.raises(DrawError, match="Choose a scale of at most"):
        export_graph(traced("resnet152"), "op", options=ExportOptions("png", scale=8))
    check_size((6_000, 20), ExportOptions("png", scale=4.09))
    largest = MOST_SIDE / (1_000 * 96 / 72)
    assert largest > 8
    check_size((1_000, 20), ExportOptions("png", scale=8))


# SVG


@every_form
@every_level
def test_an_svg_holds_all_words_inside_and_no_links(level: str, form: str) -> None:
    root = ElementTree.fromstring(exported("resnet50", level, form, ExportOptions()))
    width, height = natural_size("resnet50", level, form)
    assert float(str(root.get("width")).removesuffix("pt")) == pytest.approx(width, abs=1)
    assert float(str(root.get("height")).removesuffix("pt")) == pytest.approx(height, abs=1)
    box = [float(number) for number in str(root.get("viewBox")).split()]
    dx, dy = translation(root)
    texts = list(root.iter(f"{SVG}text"))
    for text in texts:
        length, x, y = (float(str(text.get(name))) for name in ("textLength", "x", "y"))
        left = x + dx - length * {"start": 0, "middle": 0.5, "end": 1}[str(text.get("text-anchor"))]
        assert box[0] <= left < left + length <= box[0] + box[2], text.text
        assert box[1] <= y + dy - 11 < y + dy <= box[1] + box[3], text.text
        # No font is a hundred times or a tenth as wide as it is high.
        assert 0.2 < length / (float(str(text.get("font-size"))) * len(str(text.text))) < 1.3
        assert text.get("lengthAdjust") == "spacingAndGlyphs"
    plain = ElementTree.fromstring(render_graph(draw_graph(traced("resnet50"), level, form=form)))
    assert [text.text for text in texts] == [text.text for text in plain.iter(f"{SVG}text")] != []
    assert not [part for part in root.iter() if part.tag == f"{SVG}a" or f"{XLINK}title" in part.attrib]
    assert {part.get("id") for part in root.iter(f"{SVG}g")} - {None} == {
        part.get("id") for part in plain.iter(f"{SVG}g") if not str(part.get("id")).startswith("a_")
    } - {None}


def translation(root: ElementTree.Element) -> tuple[float, float]:
    words = str(root.find(f"{SVG}g").get("transform"))  # type: ignore[union-attr]
    x, y = words.partition("translate(")[2].rstrip(")").split()
    assert "scale(1 1) rotate(0)" in words
    return float(x), float(y)


def test_an_svg_s_tooltips_are_titles() -> None:
    root = ElementTree.fromstring(exported("resnet152", "folded", "strip", ExportOptions()))
    titles = {part.get("id"): part.findtext(f"{SVG}title") for part in root.iter(f"{SVG}g")}
    assert str(titles["n:layer3.1..35"]).splitlines()[0] == "layer3.1..35: 35 equal blocks"
    assert "1024×14×14 → 1024×14×14" in str(titles["n:layer3.1..35"])
    assert titles["graph0"] == "ResNet-152"


def test_a_dark_svg_has_a_dark_background_unless_it_is_to_have_none() -> None:
    for is_transparent, wanted in ((False, [PALETTES["dark"].plain]), (True, [])):
        options = ExportOptions(theme="dark", is_transparent=is_transparent)
        graph = ElementTree.fromstring(exported("resnet18", "folded", "strip", options)).find(f"{SVG}g")
        assert graph is not None
        assert [part.get("fill") for part in graph.findall(f"{SVG}polygon")] == wanted


# PDF


def words_of(data: bytes) -> list[list[str]]:
    return [page.extract_text().split() for page in PdfReader(BytesIO(data)).pages]


@every_form
@every_level
def test_a_pdf_page_is_as_large_as_the_drawing_and_holds_its_words(level: str, form: str) -> None:
    data = exported("resnet18", level, form, ExportOptions("pdf"))
    (page,) = PdfReader(BytesIO(data)).pages
    size = float(page.mediabox.width), float(page.mediabox.height)
    assert size == pytest.approx(natural_size("resnet18", level, form), abs=1.5)
    assert embedded_fonts(data)
    words = "".join(words_of(data)[0])
    assert all(title in words for title in ("input", "conv1", "fc", "layer4"))
    (picture,) = pages_of(data)
    seen = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    assert seen is not None
    assert min(seen[0], seen[1], picture.width - seen[2], picture.height - seen[3]) >= 1


def test_a_pdf_longer_than_a_pdf_can_be_has_longer_units() -> None:
    (page,) = PdfReader(BytesIO(exported("resnet152", "op", "strip", ExportOptions("pdf")))).pages
    assert page.mediabox.width == pytest.approx(14_400, abs=0.1)
    unit = float(page["/UserUnit"])  # type: ignore[arg-type]
    assert unit * float(page.mediabox.width) == pytest.approx(natural_size("resnet152", "op", "strip")[0], abs=2)


def test_a_dark_pdf_is_dark() -> None:
    for page in ("content", "a4"):
        picture = pages_of(exported("resnet18", "folded", "strip", ExportOptions("pdf", "dark", page=page)))[0]
        assert rgb(PALETTES["dark"].plain) in {colour for _, colour in picture.getcolors(1 << 24) or ()}


# DOT and JSON


@every_form
@every_level
def test_dot_is_read_again_with_equal_nodes_and_is_not_laid_out(level: str, form: str) -> None:
    again = read(exported("resnet18", level, form, ExportOptions("dot")).decode())
    # Rows are laid out, so the file holds the strip that they are made of.
    once = read(draw_graph(traced("resnet18"), level, form="strip" if form == "rows" else form).source)
    assert again.nodes == once.nodes
    assert again.wires == once.wires
    assert not any("pos" in box and box["pos"] for box in again.nodes.values())


def described(trace: Trace, level: str | Detail) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(export_graph(trace, level, options=ExportOptions("json")))
    return found


@every_level
@pytest.mark.parametrize("net", ["resnet18", "resnet50", "resnet152", "ones", "option A", "plain", "group norm"])
def test_json_says_what_the_trace_says(net: str, level: str) -> None:
    trace = traced(net)
    found = described(trace, level)
    assert (found["schema"], found["version"], found["level"]) == ("resnet_viz drawing", 1, level)
    assert found["net"]["n_params"] == trace.n_params
    assert found["net"]["n_macs"] == trace.n_macs
    assert found["net"]["query"] == (trace.spec.to_query() if trace.spec else None)
    nodes = {node["id"]: node for node in found["nodes"]}
    assert len(nodes) == len(found["nodes"])
    assert {edge[end] for edge in found["edges"] for end in ("src", "dst")} <= nodes.keys()
    for node in found["nodes"]:
        if node["count"] == 1:
            same = trace.nodes[node["id"]]
            figures = (same.n_params, same.n_macs, same.act_bytes, list(same.out_shape))
            assert (node["n_params"], node["n_macs"], node["act_bytes"], node["out_shape"]) == figures
            assert node["kind"] == same.kind
        assert all(type(node[name]) is int for name in ("n_params", "n_macs", "act_bytes", "count"))
        assert node["within"] is None or node["within"] in nodes
    blocks = sum(node["count"] for node in found["nodes"] if node["block_type"])
    assert blocks == (0 if level == "op" else len(trace.blocks))
    # Batch norms, ReLUs and the like of stem and head have no box at the upper levels.
    drawn = sum(node["n_params"] for node in found["nodes"] if node["within"] is None)
    hidden = 0 if level == "op" else sum(op.n_params for op in trace.ops if op.id in ("bn1", "stem.bn1"))
    assert drawn + hidden == trace.n_params
    assert sum(node["n_macs"] for node in found["nodes"] if node["within"] is None) == trace.n_macs


def test_a_run_in_json_is_the_sum_of_its_blocks() -> None:
    trace = traced("resnet152")
    run = next(node for node in described(trace, "folded")["nodes"] if node["id"] == "layer3.1..35")
    # A bottleneck of 1024 → 256 → 256 → 1024 channels, and two numbers per channel of each norm.
    one = 1024 * 256 + 256 * 256 * 9 + 256 * 1024 + 2 * (256 + 256 + 1024)
    assert run == run | {
        "kind": "run",
        "count": 35,
        "first": "layer3.1",
        "last": "layer3.35",
        "stage": "layer3",
        "shortcut": "identity",
        "n_params": 35 * one,
        "in_shape": [1, 1024, 14, 14],
        "out_shape": [1, 1024, 14, 14],
    }
    add = next(node for node in described(trace, "folded")["nodes"] if node["id"] == "layer3.35.add")
    assert (add["within"], add["n_params"], add["op"]) == ("layer3.1..35", 0, "add")


def test_edges_of_ops_in_json_are_those_of_the_trace() -> None:
    trace = traced("resnet50")
    found = Counter(
        (edge["src"], edge["dst"], edge["role"], tuple(edge["shape"])) for edge in described(trace, "op")["edges"]
    )
    assert found == Counter((edge.src, edge.dst, edge.role, edge.tensor.shape) for edge in trace.edges)


def test_what_is_opened_beyond_the_level_is_kept_as_it_is_shown() -> None:
    trace = traced("resnet152")
    detail = make_detail(trace, "folded", [("layer3.5", "op")])
    found = described(trace, detail)
    assert found["parts"] == [{"id": "layer3.5", "level": "op"}]
    ids = {node["id"] for node in found["nodes"]}
    assert {"layer3.1..4", "layer3.5.conv2", "layer3.6..35"} <= ids
    assert sum(node["count"] for node in found["nodes"] if node["block_type"]) == 49
    svg = ElementTree.fromstring(export_graph(trace, detail))
    drawn = {str(part.get("id"))[2:] for part in svg.iter(f"{SVG}g") if str(part.get("id")).startswith("n:")}
    assert drawn == ids
    assert file_name(trace, detail, ExportOptions()) == "resnet152-folded-opened.svg"


def test_a_shade_is_kept() -> None:
    shades = {exported("resnet18", "block", "strip", ExportOptions(shade=shade)) for shade in ("stage", "params")}
    assert len(shades) == 2


# Odd nets, names and options


@pytest.mark.parametrize("format", EXPORT_FORMATS)
@pytest.mark.parametrize("level", ["folded", "op"])
@pytest.mark.parametrize("spec", [TINY, ResNetSpec("bottleneck", (1, 1, 1, 1), input_size=(4096, 1))])
def test_odd_nets_are_kept(spec: ResNetSpec, level: str, format: str) -> None:
    data = export_graph(trace_of(spec), level, "tall", ExportOptions(format))
    start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF-", "dot": b"//", "json": b"{"}[format]
    assert data.startswith(start)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_words(name: str) -> None:
    trace = hostile_trace(name)
    for level in LEVELS:
        found = described(trace, level)
        ids = {node["id"] for node in found["nodes"]}
        assert ids <= trace.nodes.keys()
        assert {edge[end] for edge in found["edges"] for end in ("src", "dst")} <= ids
        svg = ElementTree.fromstring(export_graph(trace, level))
        assert {str(part.get("id"))[2:] for part in svg.iter(f"{SVG}g") if str(part.get("id"))[:2] == "n:"} == ids
        # Graphviz's JSON leaves out a frame with a backslash in its name; its title then keeps its own width.
        bare = [text.text for text in svg.iter(f"{SVG}text") if str(text.text).strip() and not text.get("textLength")]
        assert all("\\" in str(text) for text in bare)
    export_graph(trace, options=ExportOptions("pdf", page="a4"))
    file = file_name(trace, "folded", ExportOptions("png"))
    assert file.removesuffix(".png").replace("-", "a").isalnum()
    assert file.isascii()
    assert not file.startswith("-")


def test_file_names_say_what_is_in_the_file() -> None:
    trace, own = traced("resnet152"), trace_of(ResNetSpec("basic", (2, 3, 5, 2)))
    assert file_name(trace, "folded", ExportOptions(theme="dark")) == "resnet152-folded-dark.svg"
    assert file_name(trace, "op", ExportOptions("png", scale=2)) == "resnet152-op-2x.png"
    assert file_name(trace, "op", ExportOptions("pdf", page="a4")) == "resnet152-op-a4.pdf"
    assert file_name(trace, "block", ExportOptions("json", theme="dark")) == "resnet152-block.json"
    assert file_name(own, "block", ExportOptions(shade="macs")) == "resnet-26-block-macs.svg"


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "gif"},
        {"format": ""},
        {"theme": "../dark"},
        {"page": "a3"},
        {"shade": "red"},
        *({"width": width} for width in (0.9, 41, "3.5", True)),
        *({"type_size": size} for size in (3, 25, "7", False)),
        {"dpi": 301},
        {"is_print_safe": True, "theme": "dark"},
        {"format": "pdf", "width": 7, "page": "a4"},
        {"format": "dot", "width": 7},
        {"format": "json", "has_legend": True},
        *({"scale": scale} for scale in (0, 0.49, 8.01, -1, float("nan"), float("inf"), "2", None, True)),
    ],
    ids=str,
)
def test_wrong_options_are_refused_in_a_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(DrawError, match=r"[Gg]ot .*“.*”"):
        ExportOptions(**wrong)


def test_a_drawing_too_large_is_refused() -> None:
    trace = trace_of(ResNetSpec("basic", (300, 300, 300, 100), input_size=(32, 32)))
    for format in EXPORT_FORMATS:
        with pytest.raises(DrawError, match="at most 1,200 are drawn"):
            export_graph(trace, "op", options=ExportOptions(format))
    with pytest.raises(DrawError, match="level: got “all”"):
        export_graph(trace, "all")


def test_the_size_of_a_drawing_is_read_from_its_svg() -> None:
    svg = render_graph(draw_graph(traced("resnet18"))).decode()
    assert drawing_size(svg) == pytest.approx(natural_size("resnet18", "folded", "strip"), abs=1)
    with pytest.raises(DrawError):
        drawing_size("<svg/>")


# In a notebook


def test_a_trace_shows_itself_in_a_notebook() -> None:
    trace = traced("resnet152")
    svg = trace._repr_svg_()
    assert svg is not None
    assert "n:layer3.1..35" in {part.get("id") for part in ElementTree.fromstring(svg.encode()).iter(f"{SVG}g")}
    assert repr(trace) == "<Trace ResNet-152: 515 ops, 60,192,808 params, 11.5 GMACs>"
    assert len(trace_of("resnet152").ops) == 515
