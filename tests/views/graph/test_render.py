"""The finished drawing: its lines and colours, where Graphviz puts things, hostile names, and the bytes."""

import json
import re
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from resnet_viz.errors import DrawError
from resnet_viz.views.graph.draw import FORMS, draw_graph
from resnet_viz.views.graph.render import FORMATS, render_graph, use_renderer
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.style import PALETTES, TEXT_SIZE, recolouring
from tests.nets import HOSTILE, hostile_trace, trace_of
from tests.views.graph.dot import NETS, SPECS, drawn, every_form, every_net, folded_and_block, read, role_of, traced
from tests.views.graph.laid_out import curve, is_inside, layout, middle, points, texts_of

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


@pytest.mark.parametrize("got", ["digraph {}", None, 3])
def test_only_a_trace_is_drawn_and_only_a_drawing_rendered(got: Any) -> None:
    with pytest.raises(DrawError, match=f"Got {type(got).__name__} to draw. Pass a Trace"):
        draw_graph(got)
    with pytest.raises(DrawError, match=f"Got {type(got).__name__} to render. Pass what draw_graph gives"):
        render_graph(got)


def test_where_graphviz_gives_nothing_it_is_told() -> None:
    before = use_renderer(lambda source, format: b"")
    try:
        with pytest.raises(DrawError, match="could not draw this graph as png"):
            render_graph(draw_graph(trace_of("resnet18")), "png")
    finally:
        use_renderer(before)


# Lines and colours


@folded_and_block
def test_kinds_of_shortcut_differ_in_line_and_in_colour(level: str) -> None:
    looks: dict[str, set[tuple[str, str]]] = {}
    for net in ("resnet18", "option A"):
        for *_, wire in drawn(net, level, "strip").wires + drawn(net, "op", "strip").wires:
            looks.setdefault(role_of(wire), set()).add((wire["style"], wire["color"]))
        for box in drawn(net, level, "strip").nodes.values():
            if box["class"].startswith("bypass"):
                looks[box["class"].split()[1]].add((box["style"].split(",")[-1], box["color"]))
    assert {kind: len(look) for kind, look in looks.items()} == dict.fromkeys(looks, 1)
    shortcuts = [look for kind in ("identity", "projection", "parameter-free") for look in looks[kind]]
    assert [style for style, _ in shortcuts] == ["solid", "dashed", "dotted"]
    assert len({colour for _, colour in shortcuts} | {colour for _, colour in looks["main"]}) == 4


@every_form
@pytest.mark.parametrize("level", LEVELS)
def test_repainting_the_light_drawing_gives_the_dark_one(level: str, form: str) -> None:
    assert len(set(colours("light"))) == len(colours("light"))
    repaint = recolouring()
    assert repaint.keys() == set(colours("light"))
    for net in ("resnet50", "option A"):
        light, dark = (draw_graph(traced(net), level, theme, form).source for theme in ("light", "dark"))
        assert re.sub("#[0-9a-f]{6}", lambda found: repaint[found[0]], light) == dark != light


@every_form
@pytest.mark.parametrize("theme", PALETTES)
def test_all_that_is_seen_has_a_colour_of_the_palette(theme: str, form: str) -> None:
    for net in ("resnet18", "option A"):
        for level in LEVELS:
            svg = ElementTree.fromstring(render_graph(draw_graph(traced(net), level, theme, form)))
            seen = {part.get(name) for part in svg.iter() for name in ("fill", "stroke")} - {None, "none"}
            # What names no colour is black, which nobody sees on the dark page.
            bare = {text.text for text in svg.iter(f"{SVG}text") if text.get("fill") is None}
            assert seen <= set(colours(theme))
            assert not bare


def colours(theme: str) -> list[str]:
    return re.findall("#[0-9a-f]{6}", str(asdict(PALETTES[theme])))


# Places


@folded_and_block
@every_net
def test_the_spine_of_a_strip_is_straight_and_shortcuts_leave_it_to_one_side(net: str, level: str) -> None:
    places = layout(net, level, "strip")
    names = drawn(net, level, "strip").spine()
    heights = [middle(places[name])[1] for name in names]
    assert max(heights) - min(heights) < 1
    around = [part for part in places.values() if re.search("wire (?!main)|bypass", part.get("class", ""))]
    below = [min(y for _, y in points(part["pos"])) < min(heights) - 1 for part in around]
    above = [max(y for _, y in points(part["pos"])) > max(heights) + 1 for part in around]
    assert not any(below) or not any(above)
    assert net == "plain" or any(below) or any(above)


@pytest.mark.parametrize("net", SPECS)
def test_at_op_level_shortcuts_lie_above_the_spine_as_elsewhere_and_run_through_no_title(net: str) -> None:
    places = layout(net, "op", "strip")
    heights = [middle(places[name])[1] for name in drawn(net, "op", "strip").spine()]
    assert max(heights) - min(heights) < 1
    frames = [part for name, part in places.items() if name.startswith("cluster_")]
    titles = [box for frame in frames for _, _, box in texts_of(frame)]
    lines = [curve(part["pos"]) for part in places.values() if re.search("wire (?!main)", part.get("class", ""))]
    assert titles
    assert lines
    for line in lines:
        assert min(y for _, y in line) >= min(heights) - 1
        assert not any(is_inside(point, box) for point in line for box in titles)


@every_form
@pytest.mark.parametrize("level", LEVELS)
@every_net
def test_type_is_large_enough_and_inside_the_picture(net: str, level: str, form: str) -> None:
    places = layout(net, level, form)
    left, bottom, right, top = map(float, places[""]["bb"].split(","))
    texts = [text for part in places.values() for text in texts_of(part)]
    assert texts
    assert min(size for _, size, _ in texts) >= TEXT_SIZE >= 11
    outside = [
        text
        for text, _, box in texts
        if box[0] < left - 1 or box[1] < bottom - 1 or box[2] > right + 1 or box[3] > top + 1
    ]
    assert not outside


@folded_and_block
@every_net
def test_shortcuts_of_a_strip_run_through_no_words(net: str, level: str) -> None:
    places = layout(net, level, "strip")
    boxes = [(text, box) for part in places.values() for text, _, box in texts_of(part)]
    for name, part in places.items():
        if re.search("wire (?!main)", part.get("class", "")):
            line = curve(part["pos"])
            met = [text for text, box in boxes if any(is_inside(point, box) for point in line)]
            assert not met, name


def test_the_whole_of_resnet_152_fits_a_wide_screen() -> None:
    svg = ElementTree.fromstring(render_graph(draw_graph(traced("resnet152"))))
    assert float(svg.get("width", "").removesuffix("pt")) <= 1560


# Names that somebody else chose


@every_form
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_words(name: str, level: str, form: str) -> None:
    trace = hostile_trace(name)
    with warnings.catch_warnings(action="error"):
        graph = draw_graph(trace, level, form=form)
        svg = ElementTree.fromstring(render_graph(graph))
    assert read(graph.source).nodes
    blocks = {part for block in trace.blocks for part in (block.id, str(block.add))} | {f"{name}.b.getitem", "input"}
    boxes = [str(part.get("id")).removeprefix("n:") for part in svg.iter() if str(part.get("id")).startswith("n:")]
    assert sorted(boxes) == sorted({"input", *(op.id for op in trace.ops)} if level == "op" else blocks)
    shown = {part.get("id"): "".join(str(text.text) for text in part.iter(f"{SVG}text")) for part in svg.iter()}
    title = "n" if level != "op" else "t" if form == "tall" else "c"
    assert all(block.id in shown[f"{title}:{block.id}"] for block in trace.blocks)
    assert any(f"{name}.b" in link.get(f"{XLINK}title", "") for link in svg.iter(f"{SVG}a"))


# Bytes


@pytest.mark.parametrize("format", FORMATS)
def test_bytes_are_of_the_format_asked_for(format: str) -> None:
    data = render_graph(draw_graph(traced("resnet18")), format)
    start = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-", "dot": b"digraph", "json": b"{"}[format]
    assert data.startswith(start)
    if format == "svg":
        assert ElementTree.fromstring(data).tag == f"{SVG}svg"
    elif format == "png":
        with Image.open(BytesIO(data)) as picture:
            picture.load()
            assert picture.width > 3 * picture.height
    elif format == "pdf":
        assert data.rstrip().endswith(b"%%EOF")
    elif format == "dot":
        assert "pos" in read(data.decode()).nodes["conv1"]
    else:
        assert {part["name"] for part in json.loads(data)["objects"]} >= {"conv1", "layer4.1"}


@pytest.mark.parametrize("format", ["gif", "", "SVG", "../x", "svg:cairo"])
def test_unknown_format_is_refused(format: str) -> None:
    with pytest.raises(DrawError, match=r"“.*”.*svg, png, pdf, dot, json"):
        render_graph(draw_graph(traced("resnet18")), format)


def test_threads_do_not_disturb_each_other() -> None:
    graphs = [draw_graph(traced(net), "block", form=form) for net in NETS[:4] for form in FORMS]
    jobs = [(graph, format) for graph in graphs for format in ("svg", "json")]
    alone = [render_graph(*job) for job in jobs]
    all_stand = threading.Barrier(8, timeout=60)

    def draw(first: int) -> list[tuple[int, bytes]]:
        all_stand.wait()
        mine = [(first + step) % len(jobs) for step in range(len(jobs) // 2)]
        return [(job, render_graph(*jobs[job])) for job in mine]

    with ThreadPoolExecutor(8) as pool:
        together = [result for results in pool.map(draw, range(0, 16, 2)) for result in results]
    assert len(together) == 8 * len(jobs) // 2
    assert all(data == alone[job] for job, data in together)
