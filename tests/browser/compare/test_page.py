"""Compare, end to end: 18 beside 152, then 152 beside its v1, and the link; every number made anew from the Traces."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from resnet_viz import PRESETS, Trace
from resnet_viz.records.trace import Node, Stage
from resnet_viz.views.address.compare import write_nets
from resnet_viz.views.parts.words import stage_names
from tests.browser.page_steps import THEMES, change_theme, run_frame, visit_compare
from tests.browser.visiting import Tab, go_to
from tests.browser.watching import wait_idle
from tests.nets import trace_of

V1 = replace(PRESETS["resnet152"], stride_in="1x1")
NUMBER = re.compile(r"\d[\d,]*\.?\d*")


@pytest.fixture
def page(tab: Tab) -> Page:
    return tab.page


@pytest.fixture
def page_errors(tab: Tab) -> list[str]:
    return tab.errors


def box(page: Page, node_id: str, kind: str = "n") -> Locator:
    return page.locator(f'.pane svg:not(.coming) [id="{kind}:{node_id}"]')


def sentence(page: Page) -> str:
    """What stands above the drawing, and what stands below it."""
    return " ".join(page.locator(f".st-key-compare_{part} p").inner_text() for part in ("head", "more"))


def table(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    return list(csv.DictReader(StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))


def parts(trace: Trace) -> dict[str, Node]:
    """The stages by their names in the paper and in the module, stem and head, and the whole."""
    found = {node.id: node for node in trace.nodes.values() if node.parent == "network" and node.kind != "input"}
    named = {stage_names(node) if isinstance(node, Stage) else name: node for name, node in found.items()}
    return {**named, "total": trace.nodes["network"]}


def own_ops(trace: Trace, node: Node) -> list[Node]:
    """All ops of a part: sums are made from them, not taken from the part."""
    return [op for op in trace.ops if node.kind == "network" or node in trace.ancestors(op)]


def expect_table(page: Page, traces: Sequence[Trace]) -> None:
    """Each figure of each row, its difference and its ratio, by sums over the ops."""
    rows = table(page)
    names = [trace.name for trace in traces]
    assert len(rows) == sum(len(parts(trace)) for trace in traces)
    for row in rows:
        net = names.index(row["net"])
        name = row["part"] if row["part"] in parts(traces[net]) else "total"
        for key, figure in (("n_params", "n_params"), ("n_macs", "n_macs"), ("act_bytes", "act_bytes")):
            sums = [sum(getattr(op, figure) for op in own_ops(trace, parts(trace)[name])) for trace in traces]
            assert int(row[key]) == sums[net]
            assert row[f"{key}_difference"] == (str(sums[net] - sums[0]) if net else "")
            ratio = row[f"{key}_ratio"]
            assert float(ratio) == pytest.approx(sums[net] / sums[0], abs=1e-4) if net and sums[0] else ratio == ""
        blocks = [block for block in traces[net].blocks if block.parent == parts(traces[net])[name].id]
        assert int(row["n_blocks"]) == (len(traces[net].blocks) if name == "total" else len(blocks))


def expect_shares(page: Page, traces: Sequence[Trace]) -> None:
    """The shares that the first two charts have written on their bars."""
    for at, figure in enumerate(("n_params", "n_macs")):
        words = " ".join(page.locator(".js-plotly-plot").nth(at).locator(".bartext").all_text_contents())
        shares = {
            f"{100 * getattr(node, figure) / getattr(trace, figure):.1f}"
            for trace in traces
            for name, node in parts(trace).items()
            if name != "total"
        }
        shown = re.findall(r"(?:layer\d|stem|head)(\d+\.\d) %", words)
        assert len(shown) >= 4
        assert set(shown) <= shares


def expect_sentence(text: str, one: Trace, other: Trace) -> None:
    """Each number of the sentence is a figure, a ratio or a share of the two; at most its own rounding away."""
    known = {18.0, 152.0}
    for trace in (one, other):
        known |= {trace.n_params / 1e6, trace.macs.known / 1e9, float(len(trace.blocks))}
        known |= {float(size) for stage in trace.stages for size in stage.out_shape[2:]}
        known |= {float(len([b for b in trace.blocks if b.parent == stage.id])) for stage in trace.stages}
        known |= {float(stage.paper_name[4]) for stage in trace.stages}
        if trace.field is not None:
            known |= {float(axis.size) for axis in trace.field}
        for figure in ("n_params", "n_macs"):
            known |= {100 * getattr(node, figure) / getattr(trace, figure) for node in parts(trace).values()}
    for figure in ("n_params", "n_macs"):
        small, large = sorted((getattr(one, figure), getattr(other, figure)))
        known |= {large / small, 100 * (large / small - 1)}
        gaps = [
            getattr(node, figure) - getattr(mine, figure)
            for node, mine in zip(parts(other).values(), parts(one).values(), strict=True)
        ]
        known |= {100 * gap / gaps[-1] for gap in gaps if gaps[-1]}
    numbers = NUMBER.findall(re.sub(r"ResNet-\d+( v1)?", "", text).replace("−", "-"))
    assert len(numbers) >= 4
    for number in numbers:
        digits = len(number.rstrip(".,").partition(".")[2])
        value = float(number.rstrip(".,").replace(",", ""))
        assert any(abs(value - exact) <= 0.501 * 10**-digits for exact in known), (number, text)


def test_18_beside_152_then_152_beside_its_v1(page: Page, fresh_page: Page, page_errors: list[str]) -> None:
    small, large, v1 = (trace_of(spec) for spec in (PRESETS["resnet18"], PRESETS["resnet152"], V1))
    go_to(page, "/")
    wait_idle(page)
    page.get_by_role("link", name="Compare").click()
    page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(page)
    expect(page.get_by_role("heading", name="ResNet-18 and ResNet-152", exact=True)).to_be_visible()
    expect(run_frame(page, "B/layer3.1..35")).to_contain_text("×35 each")
    for stage in ("layer1", "layer2", "layer3", "layer4"):
        above, below = (box(page, f"{net}/{stage}", "c").locator("path").first.bounding_box() for net in "AB")
        assert above is not None
        assert below is not None
        assert abs(above["x"] - below["x"]) < 1
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    # Streamlit paints its table, and tells screen readers what is in it.
    expect(grid.locator("td", has_text=re.compile("^36 × bottleneck$"))).to_be_attached()
    expect(grid.locator("td", has_text=re.compile("^36$"))).to_be_attached()
    assert f"{large.n_params / small.n_params:.1f} times the parameters" in sentence(page)
    assert f"{large.macs.known / small.macs.known:.1f} times the multiply-adds" in sentence(page)
    expect_sentence(sentence(page), small, large)
    expect_table(page, (small, large))
    expect_shares(page, (small, large))

    # The second net becomes the paper's own.
    page.get_by_role("button", name="Vary").nth(1).click()
    page.get_by_role("radiogroup", name="Stride in").get_by_role("radio", name="first 1×1 (v1)").click()
    wait_idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="ResNet-18 and ResNet-152 v1", exact=True)).to_be_visible()
    expect_sentence(sentence(page), small, v1)
    expect_table(page, (small, v1))

    # And the first one what it was: what the switch changed stands alone.
    page.get_by_role("combobox", name=re.compile("Net A")).click()
    page.get_by_role("option", name="ResNet-152", exact=True).click()
    wait_idle(page)
    expect(page.locator(".pane svg:not(.coming) .node.changed")).to_have_count(6)
    expect_sentence(sentence(page), large, v1)
    expect_table(page, (large, v1))
    expect(page.get_by_text("ResNet-152 v1: 6 differences")).to_be_visible()
    listed = page.get_by_test_id("stExpander").get_by_role("listitem").all_inner_texts()
    assert [re.findall(r"stride (\d) instead of (\d)", line)[0] for line in listed] == [("2", "1"), ("1", "2")] * 3

    page.mouse.move(0, 0)
    said = sentence(page)
    # The link, in a browser that has never been here.
    fresh_page.goto(page.url)
    fresh_page.locator(".pane svg").wait_for(timeout=60_000)
    wait_idle(fresh_page)
    assert sentence(fresh_page) == said
    assert table(fresh_page) == table(page)
    expect(fresh_page.locator(".pane svg:not(.coming) .node.changed")).to_have_count(6)
    assert page_errors == []


def test_the_net_goes_along_from_page_to_page(page: Page, page_errors: list[str]) -> None:
    """The chosen one of those compared, which is no preset; and beside another when it comes back."""
    spec = replace(PRESETS["cifar20"], pre_activation=True)
    visit_compare(page, urlencode({"nets": write_nets((PRESETS["resnet18"], spec))}))
    box(page, "B/layer3.0").click()
    wait_idle(page)
    page.get_by_role("link", name="Explore").click()
    wait_idle(page)
    expect(page.get_by_role("heading", name=spec.name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    wait_idle(page)
    expect(page.get_by_role("heading", name=f"{spec.name} and ResNet-152", exact=True)).to_be_visible()
    assert page_errors == []


def test_nothing_is_wider_than_a_telephone(page: Page, page_errors: list[str], subtests: pytest.Subtests) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit_compare(page, "nets=resnet18~cifar20~plain34")
    for theme in THEMES:
        change_theme(page, theme)
        with subtests.test(theme):
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            expect(box(page, "C/layer1", "c")).to_be_attached()
    assert page_errors == []
