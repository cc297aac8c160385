"""Lessons, false beliefs, terms and exercises of the page Learn, through Streamlit's AppTest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, Stage, Trace, make_exercises
from resnet_viz.ui.learn.exercises import TRIES, W_EXERCISE
from resnet_viz.ui.learn.graph import W_GRAPH
from resnet_viz.ui.learn.lesson.text import W_STEPS
from resnet_viz.ui.learn.lessons import W_NET, W_PANE
from resnet_viz.ui.learn.state import W_SHOW
from resnet_viz.ui.learn.table import W_TABLE
from resnet_viz.ui.learn.terms import W_TERM
from resnet_viz.ui.page.callouts import prose
from resnet_viz.ui.routes import write_paper
from resnet_viz.views.address.compare import write_nets
from resnet_viz.views.address.learn import PAPER_NETS
from resnet_viz.views.teach.beliefs import BELIEFS
from resnet_viz.views.teach.exercises.exercise import Exercise
from resnet_viz.views.teach.focus import Focus
from resnet_viz.views.teach.glossary import list_terms
from resnet_viz.views.teach.lessons import LESSONS, find_lesson
from tests.nets import traces_of
from tests.pages import component, errors, open_learn, query, run
from tests.ui.learn.parts import TRACES, button, check, field_of, lit, marked, view, words

# Lessons and beliefs


def row_of(focus: Focus, traces: Sequence[Trace]) -> str:
    """The row of the table that a focus lies in; the paper has the stem's pooling in the row of the first stage."""
    trace = traces[focus.net]
    around, node = trace.nodes[focus.stage or ""], trace.nodes[focus.node or ""]
    if isinstance(around, Stage):
        return f"conv{trace.stages.index(around) + 2}_x"
    return "conv2_x" if node.op == "max_pool2d" else "conv1"


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.id for lesson in LESSONS])
def test_a_lesson_is_played_to_its_end_with_the_one_view_that_it_speaks_of(lesson: Any) -> None:
    page = run(button(open_learn("show=lessons"), f"lesson_card:{lesson.id}").click())
    for at, step in enumerate(lesson.steps):
        shown = view(page)
        assert (shown.lesson, shown.step, shown.is_steered(step.focus)) == (lesson.id, at, True)
        assert page.segmented_control(key=W_PANE).value == step.view
        expect_view(page, step)
        page = run(button(page, "lesson_next").click())
    assert (view(page).step, view(page).specs) == (len(lesson.steps), PAPER_NETS)
    assert "1 of 10 lessons is done" in words(page)
    assert component(page, W_TABLE)["columns"]
    assert not errors(page)


def expect_view(page: Any, step: Any) -> None:
    parts = {part.key for part in page.get("bidi_component")}
    assert (W_TABLE in parts) is (step.view == "table")
    assert (W_GRAPH in parts) is (step.view == "drawing")
    if step.view == "table" and step.focus.node:
        assert row_of(step.focus, traces_of(view(page).specs)) in [row for row, _column in lit(page)]
    elif step.view == "table" and step.focus.total:
        assert (step.focus.total, step.focus.net) in lit(page)
    elif step.view == "drawing":
        assert marked(page)["selected"] == step.focus.node
    elif step.view == "source":
        code = next(part.proto.body for part in page.get("html") if "lesson-code" in part.proto.body)
        assert "class='meant'" in code


def test_the_readers_columns_come_back_at_the_end_and_elsewhere() -> None:
    own = "nets=plain34~resnet18"
    page = run(button(open_learn(f"{own}&show=lessons"), "lesson_card:versions").click())
    page = run(button(page, "lesson_next").click())
    assert [spec.name for spec in view(page).specs] == ["ResNet-50 v1", "ResNet-50"]
    page = run(page.segmented_control(key=W_SHOW).set_value("table"))
    assert write_nets(view(page).specs) == own.removeprefix("nets=")
    # A lesson that was left is where it was.
    page = run(page.segmented_control(key=W_SHOW).set_value("lessons"))
    assert (view(page).lesson, view(page).step) == ("versions", 1)
    assert view(page).is_steered(find_lesson("versions").steps[1].focus)
    page = run(button(page, "lesson_all").click())
    assert write_nets(view(page).specs) == own.removeprefix("nets=")
    page = run(page.segmented_control(key=W_SHOW).set_value("beliefs"))
    page = run(button(page, f"belief:{BELIEFS[0].id}").click())
    page = run(page.segmented_control(key=W_SHOW).set_value("exercises"))
    assert write_nets(view(page).specs) == own.removeprefix("nets=")


def test_columns_that_the_reader_adds_in_a_lesson_stay() -> None:
    page = open_learn("nets=resnet18~resnet34&show=lessons&lesson=stride")
    page = run(page.segmented_control(key=W_SHOW).set_value("table"))
    assert [spec.name for spec in view(page).specs] == ["ResNet-18", "ResNet-34"]


def test_a_link_into_a_lesson_leads_back_to_the_papers_columns() -> None:
    page = run(button(open_learn("show=lessons"), "lesson_card:stride").click())
    link = "&".join(f"{key}={value}" for key, value in query(page).items())
    page = open_learn(link)
    assert [lesson for lesson in LESSONS if "done" in words(page)] == []
    page = run(button(page, "lesson_all").click())
    assert view(page).specs == PAPER_NETS


def test_a_link_that_names_a_step_alone_shows_what_the_step_means() -> None:
    step = find_lesson("bottleneck").steps[2]
    page = open_learn("show=lessons&lesson=bottleneck&step=3")
    assert view(page).is_steered(step.focus)
    assert page.segmented_control(key=W_PANE).value == step.view == "blocks"
    assert not [one for one in page.button if one.key == "lesson_again"]
    page = run(button(page, "lesson_all").click())
    assert view(page).specs == PAPER_NETS
    # What a link says of the views is as it says.
    page = open_learn("nets=resnet18&show=lessons&lesson=bottleneck&step=1&pane=drawing")
    assert ([spec.name for spec in view(page).specs], view(page).pane) == (["ResNet-18"], "drawing")
    page = open_learn("show=lessons&lesson=bottleneck&step=1&pane=drawing")
    assert view(page) == replace(view(page).steered(find_lesson("bottleneck").steps[0].focus), pane="drawing")


def test_the_input_size_is_there_where_a_step_asks_for_another() -> None:
    page = open_learn("show=lessons&lesson=stride&step=6")
    page = run(field_of(page, "Input height").set_value(160))
    assert view(page).spec.input_size == (160, 160)
    assert button(page, "lesson_again")
    assert not open_learn("show=lessons&lesson=stride&step=5").number_input


def test_a_lesson_that_is_done_has_a_tick_in_this_session() -> None:
    page = open_learn("show=lessons&lesson=blocks&step=6")
    assert "0 of 10 lessons are done" in words(page)
    page = run(button(run(button(page, "lesson_back").click()), "lesson_next").click())
    page = run(button(page, "lesson_all").click())
    assert sum("check_circle" in caption.value for caption in page.caption) == 1
    page = run(button(page, "lesson_card:blocks").click())
    assert view(page).step == 0


def test_at_the_end_the_next_lesson_begins_or_the_exercises() -> None:
    page = open_learn("show=lessons&lesson=blocks&step=6")
    after = run(button(page, "lesson_next").click())
    assert (view(after).lesson, view(after).step) == ("stride", 0)
    page = open_learn("show=lessons&lesson=maps&step=8")
    assert not [one for one in page.button if one.key == "lesson_next"]
    page = run(button(page, "lesson_exercises").click())
    assert (view(page).show, view(page).lesson) == ("exercises", None)


def test_another_view_of_a_step_and_back_to_its_own() -> None:
    page = run(button(open_learn("show=lessons"), "lesson_card:stride").click())
    before = view(page)
    for pane in ("drawing", "blocks", "cell", "table"):
        page = run(page.segmented_control(key=W_PANE).set_value(pane))
        assert view(page) == replace(before, pane=pane)
        assert not errors(page)
    page = run(button(page, "lesson_again").click())
    assert view(page) == before
    page = run(page.segmented_control(key=W_STEPS).set_value(4))
    assert view(page).step == 4


def test_a_net_of_several_is_chosen_and_what_is_chosen_in_it_stays() -> None:
    page = open_learn("show=lessons&lesson=downsample&step=6")
    page = run(page.segmented_control(key=W_NET).set_value(2))
    assert (view(page).net, view(page).node) == (2, "layer2.0")


def test_italics_and_code_of_our_texts_are_set_as_such() -> None:
    page = run(button(open_learn("show=lessons"), "lesson_card:residual").click())
    assert "the *training* data" in words(page)
    assert prose("a `b * c` d * e *f* <g> [h](x)") == r"a `b * c` d \* e *f* \<g\> \[h\](x)"
    assert prose("在*训练*数据上") == "在*训练*数据上"


@pytest.mark.parametrize("belief", BELIEFS, ids=[belief.id for belief in BELIEFS])
def test_one_click_makes_the_counter_experiment(belief: Any) -> None:
    page = run(button(open_learn("show=beliefs"), f"belief:{belief.id}").click())
    assert view(page).is_steered(belief.experiment.focus)
    traces = traces_of(view(page).specs)
    findings = belief.experiment.measure(traces)
    tables = [table.value for table in page.table if table.value.columns[0] in ("Measured", "Printed in the paper")]
    shown = [str(value).replace("\\", "") for table in tables for value in table.iloc[:, 1]]
    assert shown == [finding.value for finding in findings]
    assert ("Printed in the paper" in [table.columns[0] for table in tables]) == any(f.is_printed for f in findings)
    assert [one.key for one in page.button if str(one.key).startswith("belief:")] == [
        f"belief:{one.id}" for one in BELIEFS
    ]


@pytest.mark.parametrize("address", ["show=lessons&lesson=knitting", "show=beliefs&belief=knitting"])
def test_what_is_not_there_is_told_and_what_there_is_shown(address: str) -> None:
    page = open_learn(address)
    assert "knitting" in errors(page)[0]
    if "lesson=" in address:
        assert button(page, "lesson_card:table")
    else:
        assert component(page, W_TABLE)["columns"]


def test_after_looking_elsewhere_the_experiment_is_made_again() -> None:
    belief = BELIEFS[0]
    page = run(button(open_learn("show=beliefs"), f"belief:{belief.id}").click())
    assert not [one for one in page.button if one.key == "belief_again"]
    page = run(button(page, "learn_source:head").click())
    assert not view(page).is_steered(belief.experiment.focus)
    page = run(button(page, "belief_again").click())
    assert view(page).is_steered(belief.experiment.focus)


@pytest.mark.parametrize("words", ["shortcut", "RESIDUAL branch", "zzz"])
def test_the_glossary_is_searched_by_name_and_meaning(words: str) -> None:
    page = run(open_learn("show=glossary").text_input(key=W_TERM).set_value(words))
    wanted = [
        term.name()
        for term in list_terms()
        if all(word in f"{term.name()} {term.definition()}".lower() for word in words.lower().split())
    ]
    shown = [text.value.split("**")[1].replace("\\", "") for text in page.markdown if text.value.startswith("**")]
    assert shown == wanted
    assert bool(wanted) is not any("No term has these words" in info.value for info in page.info)


# Exercises


def said(page: AppTest) -> list[str]:
    """What the page says of an answer: verdict, hints, solution."""
    notes = (*page.error, *page.success, *page.warning, *page.info)
    return [note.value.replace("\\", "") for note in notes]


def at_kind(page: AppTest, exercises: Sequence[Exercise], kind: str) -> tuple[AppTest, int]:
    at = next(n for n, exercise in enumerate(exercises) if exercise.kind == kind)
    return run(page.pills(key=W_EXERCISE).set_value(at)), at


def give(page: AppTest, text: str) -> AppTest:
    page.text_input[-1].set_value(text)
    return run(check(page).click())


def test_a_wrong_answer_brings_hints_first_and_the_views_come_after_a_right_one() -> None:
    exercises = make_exercises(TRACES, 7)
    page = open_learn("show=exercises&sheet=7")
    assert not [part for part in page.get("bidi_component") if part.key == W_TABLE]
    page, at = at_kind(page, exercises, "count_depth")
    exercise = exercises[at]
    assert exercise.question in words(page).replace("\\", "")
    assert "exercise_reveal" not in [one.key for one in page.button]
    page = give(page, "1")
    (verdict,) = said(page)
    assert verdict.startswith("1 is not right.")
    assert exercise.reason not in words(page).replace("\\", "")
    page = run(button(page, "exercise_hint").click())
    assert exercise.hints[0] in said(page)
    page = give(page, "many")
    assert any("cannot be read" in text for text in said(page))
    page = give(page, str(exercise.answer))
    assert any("is right" in text and exercise.reason in text for text in said(page))
    assert "0 of 8 right at the first try, 1 later or after hints, 7 open" in words(page)
    page = run(button(page, "exercise_show").click())
    assert view(page).node == exercise.focus.node or not exercise.focus.node


def test_the_answer_is_shown_on_request_and_counts_as_shown() -> None:
    exercises = make_exercises(TRACES, 7)
    page, at = at_kind(open_learn("show=exercises&sheet=7"), exercises, "count_depth")
    page = run(button(give(page, "1"), "exercise_reveal").click())
    assert said(page) == [f"The answer: {exercises[at].write(exercises[at].answer)}. {exercises[at].reason}"]
    page = give(page, str(exercises[at].answer))
    assert "0 of 8 right at the first try, 1 shown, 7 open" in words(page)


def test_an_answer_that_is_taken_back_is_none() -> None:
    exercises = make_exercises(TRACES, 7)
    page, at = at_kind(open_learn("show=exercises&sheet=7"), exercises, "count_depth")
    for given, n_verdicts in (("1", 1), ("", 0)):
        page = give(page, given)
        assert len(said(page)) == n_verdicts
    assert page.session_state[TRIES][1][at].given is None


def test_a_sheet_is_the_same_whatever_the_columns_are() -> None:
    questions = [exercise.question for exercise in make_exercises(TRACES, 7)]
    page = open_learn("nets=plain34~resnet34&lesson=why&sheet=7&about=paper&show=exercises")
    assert questions[0] in words(page).replace("\\", "")
    page = run(page.segmented_control(key=W_SHOW).set_value("table"))
    page = run(page.segmented_control(key=W_SHOW).set_value("exercises"))
    assert questions[0] in words(page).replace("\\", "")
    assert "Sheet 7: ResNet-18, ResNet-34, ResNet-50, ResNet-101, ResNet-152" in words(page).replace("\\", "")


def test_a_sheet_about_the_columns_is_asked_for_and_leaves_them_as_they_are() -> None:
    page = open_learn("nets=plain34~resnet34&about=paper&show=exercises")
    page = run(button(page, "sheet_columns").click())
    assert view(page).asked == (PRESETS["plain34"], PRESETS["resnet34"])
    page = run(button(page, "sheet_paper").click())
    assert view(page).asked == PAPER_NETS
    assert view(page).specs == (PRESETS["plain34"], PRESETS["resnet34"])


def test_the_net_of_an_answer_comes_beside_the_columns() -> None:
    exercises = make_exercises(TRACES, 7)
    page, at = at_kind(open_learn("nets=plain34&about=paper&sheet=7&show=exercises"), exercises, "conv_params")
    page = run(button(give(page, str(exercises[at].answer)), "exercise_show").click())
    asked = PAPER_NETS[exercises[at].focus.net]
    assert view(page).specs == (PRESETS["plain34"], asked)
    assert (view(page).spec, view(page).node) == (asked, exercises[at].focus.node)


def test_another_sheet_hides_the_views_that_may_tell_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda n: n - 1)
    page = open_learn("show=exercises&sheet=7&node=layer3")
    assert lit(page)
    page = run(button(page, "sheet_other").click())
    assert (view(page).sheet, view(page).node) == (9_999, None)
    assert not [part for part in page.get("bidi_component") if part.key == W_TABLE]


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
    assert f"{len(exercises)} of {len(exercises)} right at the first try" in words(page)


def test_the_link_to_the_printed_sheet_leads_to_this_sheet() -> None:
    page = open_learn(f"nets={write_nets((PRESETS['resnet34'], PRESETS['resnet50']))}&show=exercises&sheet=41")
    links = {part.proto.label: part.proto.url for part in page.get("link_button")}
    sheet, key = (write_paper(dict(parse_qsl(urlsplit(url).query))) for url in links.values())
    traces = traces_of(("resnet34", "resnet50"))
    for exercise in make_exercises(traces, 41):
        assert exercise.question.split("(")[0].replace("<", "&lt;") in sheet
        assert exercise.hints[0] not in sheet
    for paper in (sheet, key):
        assert "Sheet 41: ResNet-34, ResNet-50" in paper
