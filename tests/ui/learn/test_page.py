"""The page Learn through Streamlit's AppTest: what is chosen anywhere is chosen everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResNetSpec, Stage, Trace, make_exercises, structure_table
from resnet_viz.i18n import _
from resnet_viz.ui.learn.blocks import W_STAGE
from resnet_viz.ui.learn.columns import W_ADD, W_DEPTH
from resnet_viz.ui.learn.exercises import W_EXERCISE
from resnet_viz.ui.learn.graph import W_GRAPH, W_LEVEL
from resnet_viz.ui.learn.lessons import W_LESSON
from resnet_viz.ui.learn.maps import W_MAPS
from resnet_viz.ui.learn.table import W_TABLE
from resnet_viz.ui.links import link_params
from resnet_viz.ui.routes import write_paper
from resnet_viz.views.address.compare import write_net, write_nets
from resnet_viz.views.address.learn import PAPER_NETS, LearnView, choose_cell, chosen_cells, read_learn
from resnet_viz.views.structure.source import find_function
from resnet_viz.views.teach.beliefs import BELIEFS
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.lessons import LESSONS
from tests.nets import trace_of, traces_of
from tests.pages import component, errors, nets_shown, open_learn, query, run, warnings

TRACES = traces_of(PAPER_NETS)
TABLE = structure_table(TRACES)
# ResNet-113: a ResNet-152 with 23 blocks in conv4_x. Of the 13 that go each has three convolutions and their norms.
BLOCK = 1024 * 256 + 3 * 3 * 256 * 256 + 256 * 1024 + 2 * (256 + 256 + 1024)
SECOND = {"column": "2"}
N_113 = 60_192_808 - 13 * BLOCK


def view(page: AppTest) -> LearnView:
    return read_learn(query(page))[0]


def lit(page: AppTest) -> list[tuple[str, int]]:
    return [(row, column) for row, column in component(page, W_TABLE)["lit"]]


def marked(page: AppTest) -> dict[str, Any]:
    return component(page, f"mark_{W_GRAPH}")


def button(page: AppTest, key: str) -> Any:
    return page.button(key=key)


def check(page: AppTest) -> Any:
    """What sends an answer, with what is in its form."""
    return next(one for one in page.button if one.label == "Check")


def words(page: AppTest) -> str:
    return "\n".join(part.value for part in (*page.markdown, *page.caption, *page.header, *page.info))


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
    (field,) = [number for number in page.number_input if number.label.startswith("Blocks in")]
    assert field.value == 36
    page = run(field.set_value(23))
    spec = view(page).spec
    assert (spec.layers, spec.name, spec.depth) == ((3, 8, 23, 3), "ResNet-113", 1 + 3 * (3 + 8 + 23 + 3) + 1)
    assert lit(page) == [("conv4_x", 4)]
    assert [figure.value for figure in page.metric][:2] == ["113", f"{N_113 / 1e6:.1f} M"]
    assert f"{N_113:,}" in words(page)
    page = run(button(page, "learn_undo").click())
    assert view(page).specs == PAPER_NETS


def test_a_net_that_cannot_be_is_refused_and_nothing_lost() -> None:
    page = open_learn("nets=resnext50_32x4d&node=layer3")
    before = query(page)
    (field,) = [number for number in page.number_input if number.label.startswith("Planes in")]
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
    (field,) = [number for number in page.number_input if number.label.startswith("Input height")]
    page = run(field.set_value(160))
    specs = [replace(spec, input_size=(160, 160)) for spec in PAPER_NETS]
    assert list(view(page).specs) == specs
    sent = str(component(page, W_TABLE)["rows"])
    assert "5×5" in sent
    assert "25.6 M" in sent


# Lessons and beliefs


def row_of(focus: Focus, traces: Sequence[Trace]) -> str:
    """The row of the table that a focus lies in; the paper has the stem's pooling in the row of the first stage."""
    trace = traces[focus.net]
    around, node = trace.nodes[focus.stage or ""], trace.nodes[focus.node or ""]
    if isinstance(around, Stage):
        return around.paper_name
    return trace.stages[0].paper_name if node.op == "max_pool2d" else "conv1"


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.id for lesson in LESSONS])
def test_a_lesson_is_played_to_its_end_with_the_views_where_it_says(lesson: Any) -> None:
    page = open_learn("show=lessons")
    page = run(page.selectbox(key=W_LESSON).set_value(lesson.id))
    for at, step in enumerate(lesson.steps):
        shown = view(page)
        assert (shown.lesson, shown.step, shown.is_steered(step.focus)) == (lesson.id, at, True)
        assert marked(page)["selected"] == step.focus.node
        traces = traces_of(shown.specs)
        if step.focus.node:
            assert row_of(step.focus, traces) in [row for row, _column in lit(page)]
        if step.focus.function:
            part = find_function(step.focus.function)
            assert part is not None
            assert any(f"{part.first}" in code.value and part.code.split("(")[0] in code.value for code in page.code)
        if at + 1 < len(lesson.steps):
            page = run(button(page, "lesson_next").click())
    assert not errors(page)


def test_free_play_and_back_to_the_step() -> None:
    page = open_learn("show=lessons&lesson=stride&step=2")
    page = run(button(page, "lesson_again").click())
    before = view(page)
    page = run(page.segmented_control(key=W_LEVEL).set_value("folded")) if before.level != "folded" else page
    page = run(button(page, "learn_source:head").click())
    assert (view(page).lesson, view(page).step) == ("stride", 1)
    page = run(button(page, "lesson_again").click())
    assert view(page) == before


@pytest.mark.parametrize("belief", BELIEFS, ids=[belief.id for belief in BELIEFS])
def test_one_click_makes_the_counter_experiment(belief: Any) -> None:
    page = run(button(open_learn("show=beliefs"), f"belief:{belief.id}").click())
    assert view(page).is_steered(belief.experiment.focus)
    traces = traces_of(view(page).specs)
    shown = [list(table.value.iloc[:, 1]) for table in page.table]
    assert [finding.value for finding in belief.experiment.measure(traces)] in [
        [str(value).replace("\\", "") for value in column] for column in shown
    ]


@pytest.mark.parametrize("address", ["show=lessons&lesson=knitting", "show=beliefs&belief=knitting"])
def test_what_is_not_there_is_told_and_the_views_stay(address: str) -> None:
    page = open_learn(address)
    assert "knitting" in errors(page)[0]
    assert component(page, W_TABLE)["columns"]


# Exercises


def test_a_sheet_is_answered_wrong_and_right_and_the_views_come_after() -> None:
    exercises = make_exercises(TRACES, 7)
    page = open_learn("show=exercises&sheet=7")
    assert not [part for part in page.get("bidi_component") if part.key == W_TABLE]
    at = next(n for n, exercise in enumerate(exercises) if exercise.kind == "count_depth")
    page = run(page.pills(key=W_EXERCISE).set_value(at))
    assert exercises[at].question in words(page).replace("\\", "")
    page = run(button(page, "exercise_hint").click())
    assert exercises[at].hints[0] in words(page).replace("\\", "")
    right = exercises[at].answer
    for given, told in ((1, "is not right"), (right, "is right"), ("many", "cannot be read")):
        page.text_input[-1].set_value(str(given))
        page = run(check(page).click())
        said = [part.value for part in (*page.error, *page.success, *page.warning)]
        assert len(said) == 1
        assert told in said[0]
    page.text_input[-1].set_value(str(right))
    page = run(check(page).click())
    page = run(button(page, "exercise_show").click())
    assert view(page).node == exercises[at].focus.node or not exercises[at].focus.node


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_form_of_exercise_can_be_answered(seed: int) -> None:
    exercises = make_exercises(TRACES, seed)
    page = open_learn(f"show=exercises&sheet={seed}")
    for at, exercise in enumerate(exercises):
        page = run(page.pills(key=W_EXERCISE).set_value(at))
        answer: Any = exercise.answer
        if exercise.form == "order":
            page.main.multiselect[-1].set_value(list(answer))
        elif exercise.form == "choice":
            (page.radio or page.main.selectbox)[0].set_value(answer)
        else:
            page.text_input[-1].set_value(exercise.write(answer))
        page = run(check(page).click())
        assert [part.value for part in page.success], exercise.kind
    assert f"{len(exercises)} of {len(exercises)} right" in str(page.get("progress")[0].proto)


def test_the_link_to_the_printed_sheet_leads_to_this_sheet() -> None:
    page = open_learn(f"nets={write_nets((PRESETS['resnet34'], PRESETS['resnet50']))}&show=exercises&sheet=41")
    links = {part.proto.label: part.proto.url for part in page.get("link_button")}
    sheet, key = (write_paper(dict(parse_qsl(urlsplit(url).query))) for url in links.values())
    traces = traces_of(("resnet34", "resnet50"))
    for exercise in make_exercises(traces, 41):
        assert exercise.question.split("(")[0].replace("<", "&lt;") in sheet
        assert exercise.hints[0] not in sheet
    assert "41" in sheet
    assert "41" in key


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
    monkeypatch.setattr("resnet_viz.ui.learn.cell._", lambda text: _("Layers" if text == "Sizes" else text))
    page = open_learn("nets=resnet50&node=layer2")
    assert [tab.label for tab in page.tabs] == ["Layers" if title == "Sizes" else title for title in titles]
    assert len(page.table) == tables
