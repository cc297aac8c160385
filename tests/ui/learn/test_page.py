"""The page Learn through Streamlit's AppTest: what is chosen anywhere is chosen everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResNetSpec, structure_table
from resnet_viz.i18n import _
from resnet_viz.ui.learn.blocks import W_STAGE
from resnet_viz.ui.learn.cell import W_PICTURE
from resnet_viz.ui.learn.columns import W_ADD, W_DEPTH
from resnet_viz.ui.learn.maps import W_MAPS
from resnet_viz.ui.learn.state import W_SHOW
from resnet_viz.ui.learn.table import W_TABLE
from resnet_viz.ui.links import link_params
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.views.address.compare import write_net, write_nets
from resnet_viz.views.address.learn import PAPER_NETS, LearnView, choose_cell, chosen_cells
from tests.nets import trace_of
from tests.pages import component, errors, nets_shown, open_learn, pick, put, query, run, tell, warnings
from tests.ui.learn.parts import TRACES, button, field_of, lit, marked, view, words

TABLE = structure_table(TRACES)
# ResNet-113: a ResNet-152 with 23 blocks in conv4_x. Of the 13 that go each has three convolutions and their norms.
BLOCK = 1024 * 256 + 3 * 3 * 256 * 256 + 256 * 1024 + 2 * (256 + 256 + 1024)
SECOND = {"column": "2"}
N_113 = 60_192_808 - 13 * BLOCK


# The four-way link


@pytest.mark.parametrize(
    ("node", "row", "source"),
    [
        ("layer3", "conv4_x", "self.layer3"),
        ("layer3.1..35", "conv4_x", "self.layer3"),
        ("layer1.0.downsample.0", "conv2_x", "self.layer1"),
        ("maxpool", "conv2_x", "self.maxpool"),
        ("bn1", "conv1", "self.conv1"),
        ("fc", "head", "self.fc"),
    ],
)
def test_what_is_chosen_anywhere_is_chosen_everywhere(node: str, row: str, source: str) -> None:
    page = open_learn(f"column=5&node={node}")
    assert lit(page) == [(row, 4)]
    assert (marked(page)["address"], marked(page)["selected"]) == ("net=resnet152", node)
    assert button(page, f"learn_source:{row}").proto.type == "primary"
    assert [code.value for code in page.code if source in code.value]
    assert f"{row.replace('_', chr(92) + '_')} of ResNet-152" in [head.value for head in page.header]


def test_a_line_of_source_and_a_stage_of_the_list_lead_back_to_the_table() -> None:
    page = open_learn("column=5&node=layer3")
    page = run(button(page, "learn_source:conv3_x").click())
    assert (lit(page), marked(page)["selected"]) == ([("conv3_x", 4)], "layer2")
    page = run(page.pills(key=W_STAGE).set_value("layer4"))
    assert (lit(page), marked(page)["selected"]) == ([("conv5_x", 4)], "layer4")
    blocks = list(page.dataframe[0].value["block"])
    assert blocks == ["layer4.0", "layer4.1", "layer4.2"]


def test_every_cell_of_the_table_leads_to_what_it_is_about() -> None:
    for cell in TABLE.cells:
        column = TABLE.columns.index(cell.column)
        chosen = choose_cell(LearnView(), TABLE, cell.row, column)
        assert chosen.net == column
        assert [(found.row, found.column) for found in chosen_cells(chosen, TABLE)] == [(cell.row, cell.column)]
        assert (chosen.total is None) == (cell.stage is not None)


def test_a_column_opens_parts_of_its_own() -> None:
    opened = LearnView(parts=(("layer3", "block"),), node="layer3")
    assert choose_cell(opened, TABLE, "conv5_x", 0).parts == opened.parts
    assert choose_cell(opened, TABLE, "conv5_x", 4).parts == ()


def test_the_maps_of_the_stages_lead_back_too() -> None:
    page = open_learn("nets=cifar20&node=layer1")
    page = run(page.toggle(key=W_MAPS).set_value(True))
    ends = [cell.node_ids[-1] for cell in structure_table([trace_of("cifar20")]).cells if cell.stage]
    alts = [picture.proto.imgs[0].alt for picture in page.get("image")]
    assert [end for end in ends[:4] if any(f"of {end}:" in alt for alt in alts)] == ends[:4]
    page = run(button(page, "learn_map:conv3_x").click())
    assert lit(page) == [("conv3_x", 0)]


@pytest.mark.parametrize(
    ("message", "cells", "net"),
    [
        ({"row": "conv3_x", "column": 1}, [("conv3_x", 1)], 1),
        ({"row": "", "column": None}, [], 4),
        ({"row": "", "column": 2}, [], 2),
        ({"row": "conv9_x", "column": 1}, [("conv4_x", 4)], 4),
    ],
    ids=["cell", "nothing", "heading", "no place"],
)
def test_what_is_chosen_in_the_table(message: dict[str, Any], cells: list[tuple[str, int]], net: int) -> None:
    page = put(open_learn("column=5&node=layer3&ops=layer3.1"), W_TABLE, "chosen", {**message, "turn": 1})
    assert lit(page) == cells
    assert view(page).net == net
    assert view(page).parts == ((("layer3.1", "op"),) if net == 4 else ())


def test_a_row_of_the_list_of_blocks_is_chosen() -> None:
    page = open_learn("nets=resnet18&node=layer2")
    page = pick(page, page.dataframe[0], rows=[1])
    assert (view(page).node, lit(page)) == ("layer2.1", [("conv3_x", 0)])
    page = pick(page, page.dataframe[0], rows=[])
    assert view(page).node == "layer2.1"


@pytest.mark.parametrize(("show", "node"), [("exercises", None), ("lessons", "layer3"), ("glossary", "layer3")])
def test_what_is_chosen_goes_along_but_for_exercises_where_it_may_be_the_answer(show: str, node: str | None) -> None:
    page = run(open_learn("column=5&node=layer3").segmented_control(key=W_SHOW).set_value(show))
    assert (view(page).show, view(page).node, view(page).net) == (show, node, 4)


# The maps


def test_without_a_picture_there_are_no_maps() -> None:
    page = run(open_learn("nets=cifar20").toggle(key=W_MAPS).set_value(True))
    page = run(page.segmented_control(key=W_SOURCE).set_value("upload"))
    assert not [one.key for one in page.button if str(one.key).startswith("learn_map:")]
    assert not errors(page)


def test_a_net_of_one_channel_has_maps_of_the_pictures_grey() -> None:
    page = open_learn(f"nets={write_net(replace(PRESETS['cifar20'], in_channels=1))}".replace("&", "%26"))
    page = run(page.toggle(key=W_MAPS).set_value(True))
    assert errors(page) == []


# Reading and building


def test_a_cell_is_opened_into_its_arithmetic() -> None:
    page = open_learn("column=5&node=layer3")
    text = words(page)
    assert "1024 = 256 × 4" in text
    assert "⌊(28 + 2 × 1 − 3) ÷ 2⌋ + 1 = 14" in text
    sums = [table.value for table in page.table]
    totals = [
        str(frame["Result"].iloc[-1]) for frame in sums if "Result" in frame and frame["Of"].iloc[-1] == "together"
    ]
    stage = TRACES[4].nodes["layer3"]
    assert totals == [f"**{stage.n_params:,}**", f"**{stage.n_macs:,}**"]


def test_36_blocks_become_23_and_the_net_resnet_113() -> None:
    page = open_learn("column=5&node=layer3")
    field = field_of(page, "Blocks in")
    assert field.value == 36
    page = run(field.set_value(23))
    spec = view(page).spec
    assert (spec.layers, spec.name, spec.depth) == ((3, 8, 23, 3), "ResNet-113", 1 + 3 * (3 + 8 + 23 + 3) + 1)
    assert lit(page) == [("conv4_x", 4)]
    assert [figure.value for figure in page.metric][:2] == ["113", f"{N_113 / 1e6:.1f} M"]
    assert f"{N_113:,}" in words(page)
    page = run(field_of(page, "Blocks in").set_value(22))
    page = run(button(page, "learn_undo").click())
    assert view(page).specs == PAPER_NETS


def count(page: AppTest, row: str, column: int, text: str, turn: int = 1) -> AppTest:
    """Somebody gives a cell another number of blocks."""
    return put(page, W_TABLE, "counted", {"row": row, "column": column, "count": text, "turn": turn})


def total(page: AppTest, row: str, column: int) -> dict[str, Any]:
    rows = {entry["name"]: entry for entry in component(page, W_TABLE)["rows"]}
    found: dict[str, Any] = rows[row]["cells"][column]
    return found


def test_the_number_of_blocks_is_edited_in_its_cell_and_the_totals_tell_before_and_now() -> None:
    page = open_learn("column=1&node=layer1")
    assert "parameters" not in str(component(page, W_TABLE)["rows"])
    page = count(page, "conv4_x", 4, " 23 ")
    assert (view(page).spec.name, view(page).net, lit(page)) == ("ResNet-113", 4, [("conv4_x", 4)])
    assert total(page, "FLOPs", 4) | {"count": 0} == {
        "size": "", "lines": ["8.7×10⁹"], "brackets": [], "printed": "before: 11.5×10⁹", "count": 0
    }  # fmt: skip
    now, before = total(page, "parameters", 4)["lines"], total(page, "parameters", 4)["printed"]
    assert (now, before) == ([f"{N_113 / 1e6:.1f} M"], "before: 60.2 M")
    assert component(page, W_TABLE)["countTurn"] == 1
    page = count(page, "conv4_x", 4, "20", turn=2)
    assert total(page, "parameters", 4)["printed"] == "before: 60.2 M"
    page = run(button(page, "learn_undo").click())
    assert view(page).specs == PAPER_NETS
    assert "parameters" not in str(component(page, W_TABLE)["rows"])


@pytest.mark.parametrize("text", ["", "many", "0", "-3", "2.5", "401", "9" * 30])
def test_a_number_of_blocks_that_cannot_be_is_told(text: str) -> None:
    page = open_learn("column=5&node=layer3")
    before = query(page)
    page = count(page, "conv4_x", 4, text)
    assert "from 1 to 400" in errors(page)[0]
    assert query(page) == before


@pytest.mark.parametrize("text", ["23", "２３"])
def test_a_number_is_read_as_it_is_typed_on_any_keyboard(text: str) -> None:
    assert view(count(open_learn(), "conv4_x", 4, text)).specs[4].layers == (3, 8, 23, 3)


def test_with_nothing_chosen_an_example_says_what_a_cell_would() -> None:
    page = open_learn()
    assert "Click a cell of the table" in words(page)
    assert "For example: conv2_x of ResNet-50" in words(page).replace("\\", "")
    assert component(page, f"{W_PICTURE}:conv2_x")["count"] == "×3: 3 blocks, one after the other"
    assert "For example: conv2_x of Plain-34" in words(open_learn("nets=plain34")).replace("\\", "")


def test_a_block_of_the_picture_is_chosen_everywhere() -> None:
    page = tell(open_learn("column=3&node=layer2"), f"{W_PICTURE}:conv3_x", "chosen", {"id": "layer2.1"})
    assert (view(page).node, lit(page), marked(page)["selected"]) == ("layer2.1", [("conv3_x", 2)], "layer2.1")
    assert component(page, f"{W_PICTURE}:conv3_x")["chosen"] == "layer2.1"


@pytest.mark.parametrize(
    ("address", "is_there"),
    [("", True), ("show=beliefs", True), ("show=lessons", False), ("show=exercises", False), ("show=glossary", False)],
)
def test_the_settings_of_the_table_stand_where_a_table_is(address: str, is_there: bool) -> None:
    page = open_learn(address)
    assert bool([part for part in page.get("bidi_component") if part.key == W_TABLE]) is is_there
    assert bool([one for one in page.multiselect if one.key == W_ADD]) is is_there


def test_a_net_that_cannot_be_is_refused_and_nothing_lost() -> None:
    page = open_learn("nets=resnext50_32x4d&node=layer3")
    before = query(page)
    field = field_of(page, "Planes in")
    page = run(field.set_value(1))
    assert errors(page)
    assert query(page) == before


def test_columns_are_added_by_depth_and_taken_away() -> None:
    page = open_learn()
    page = run(page.number_input(key=W_DEPTH).set_value(26))
    page = run(button(page, "learn_add_depth").click())
    added = view(page).specs
    assert (added[:5], added[5].depth, view(page).net) == (PAPER_NETS, 26, 5)
    page = run(page.multiselect(key=W_ADD).set_value([PRESETS["resnet34"].to_query(), added[5].to_query()]))
    assert view(page).specs == (PRESETS["resnet34"], added[5])
    page = run(page.multiselect(key=W_ADD).set_value([]))
    assert len(view(page).specs) == 1
    page = run(button(page, "learn_paper").click())
    assert view(page) == LearnView()


def test_another_size_changes_sizes_and_flops_and_no_parameter() -> None:
    page = open_learn("rows=parameters&column=3&node=layer4")
    field = field_of(page, "Input height")
    page = run(field.set_value(160))
    specs = [replace(spec, input_size=(160, 160)) for spec in PAPER_NETS]
    assert list(view(page).specs) == specs
    sent = str(component(page, W_TABLE)["rows"])
    assert "5×5" in sent
    assert "25.6 M" in sent


# Addresses


def test_what_a_link_says_wrongly_is_told_and_the_rest_kept() -> None:
    page = open_learn("nets=resnet18~nonsense&show=sonnets&node=layer3")
    assert len(warnings(page)) == 1
    assert "nonsense" in warnings(page)[0]
    assert "sonnets" in warnings(page)[0]
    assert lit(page) == [("conv4_x", 0)]


@pytest.mark.parametrize(
    ("here", "there", "params", "told"),
    [
        ("", "learn", {"net": "resnet50"}, {"column": "3"}),
        ("", "learn", {"net": "cifar20"}, {"nets": write_nets((*PAPER_NETS, PRESETS["cifar20"])), "column": "6"}),
        ("compare", "learn", {"nets": "resnet34~resnet50", "node": "B/layer3"}, {"nets": "resnet34~resnet50"} | SECOND),
        ("learn", "", {"column": "5", "node": "layer3"}, {"net": "resnet152"}),
        ("learn", "compare", {"nets": "resnet34~resnet50"}, {"nets": "resnet34~resnet50"}),
        ("learn", "compare", {"column": "5"}, {"nets": "resnet152~resnet18"}),
        ("learn", "learn", {"sheet": "4", "show": "exercises"}, {"sheet": "4", "show": "exercises"}),
    ],
)  # fmt: skip
def test_the_nets_go_along_from_page_to_page(
    here: str, there: str, params: dict[str, str], told: dict[str, str]
) -> None:
    assert link_params(here, there, params, nets_shown(here, params)) == told


def test_a_net_of_ones_own_is_a_column() -> None:
    spec = ResNetSpec("basic", (1, 2, 3), widths=(16, 32, 64))
    page = open_learn(f"nets={write_net(spec)}&node=layer3".replace("&", "%26", write_net(spec).count("&")))
    assert view(page).specs[0].layers == (1, 2, 3)
    assert lit(page) == [("conv4_x", 0)]


def test_two_tabs_with_one_title_are_still_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language may have one word for two of them."""
    page = open_learn("nets=resnet50&node=layer2")
    titles, tables = [tab.label for tab in page.tabs], len(page.table)
    monkeypatch.setattr("resnet_viz.ui.learn.cell._", lambda text: _("Layers" if text == "Arithmetic" else text))
    page = open_learn("nets=resnet50&node=layer2")
    assert [tab.label for tab in page.tabs] == ["Layers" if title == "Arithmetic" else title for title in titles]
    assert len(page.table) == tables
