"""The drawing as the page gets it: the same shapes and words as Graphviz's, with less around them."""

import re
from xml.etree import ElementTree

import pytest

from resnet_viz import draw_graph, render_graph
from resnet_viz.views.graph.render import render_for_page
from resnet_viz.views.style import FONT
from tests.nets import trace_of

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parts(svg: str | bytes) -> dict[str, list[tuple[str, list[str]]]]:
    """What each box, frame and wire is made of: kinds of shapes with their numbers, and words."""
    found = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if not re.match("[nce]:", group.get("id", "")):
            continue
        shapes = [part for part in group.iter() if part.tag.removeprefix(SVG) in ("path", "polygon", "ellipse", "text")]
        found[group.get("id", "")] = [
            (part.tag, [part.text or ""] if part.tag == f"{SVG}text" else [part.get("d") or part.get("points") or ""])
            for part in shapes
        ]
    return found


@pytest.mark.parametrize(("net", "level"), [("resnet18", "folded"), ("resnet50", "block"), ("resnet152", "op")])
def test_shapes_words_and_ids_are_graphviz_s_own(net: str, level: str) -> None:
    trace = trace_of(net)
    ours = parts(render_for_page(draw_graph(trace, level, has_tips=False)))
    theirs = parts(render_graph(draw_graph(trace, level)))
    assert list(ours) == list(theirs)
    assert len(ours) > 20
    for name, drawn in theirs.items():
        for (kind, (text,)), (own_kind, (own_text,)) in zip(drawn, ours[name], strict=True):
            assert own_kind == kind
            if kind == f"{SVG}text":
                assert own_text == text
                continue
            places = [float(number) for number in NUMBER.findall(text)]
            # Cut off after a tenth of a point.
            assert [float(number) for number in NUMBER.findall(own_text)] == pytest.approx(places, abs=0.1)


def test_it_is_a_third_smaller_and_says_its_font_once() -> None:
    trace = trace_of("resnet152")
    svg, full = render_for_page(draw_graph(trace, "op", has_tips=False)), render_graph(draw_graph(trace, "op"))
    assert len(svg) < len(full) * 2 / 3
    assert svg.count("font-family") == svg.count(FONT) == 1
    assert "<title" not in svg
    assert "<a " not in svg
