"""Exercises: every answer against arithmetic written out from the block lists, over 1,000 seeds; and the sheet."""

import html
import pickle
import re
import subprocess
import sys
from collections import Counter
from contextvars import copy_context
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from torch import nn

from resnet_viz.errors import SpecError, TraceError
from resnet_viz.i18n import use_language
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.structure.table import Bracket
from resnet_viz.views.teach.exercises import EXERCISE_KINDS, exercise_title, make_exercises
from resnet_viz.views.teach.exercises.chance import read_seed
from resnet_viz.views.teach.exercises.exercise import ANSWER_FORMS, Exercise
from resnet_viz.views.teach.exercises.grid import BLANK
from resnet_viz.views.teach.exercises.sheet import write_key, write_sheet
from resnet_viz.views.teach.exercises.tries import UNTRIED, Tries, score_tries
from tests.nets import trace_of, traces_of
from tests.places import ROOT
from tests.views.teach.resnet_arithmetic import NETS, Net, net

SEEDS = range(1_000)
NAMES = tuple(NETS)
Known = dict[str, Net]


def traces() -> tuple[Trace, ...]:
    return tuple(trace_of(name.lower().replace("-", "")) for name in NETS)


@cache
def sheet(seed: int) -> tuple[Exercise, ...]:
    return make_exercises(traces(), seed)


@pytest.fixture(scope="module")
def known() -> Known:
    return {name: net(name) for name in NETS}


def asked(kind: str) -> list[Exercise]:
    return [exercise for seed in SEEDS for exercise in sheet(seed) if exercise.kind == kind]


def told_net(exercise: Exercise, known: Known) -> Net:
    """The net that a question names."""
    (name,) = set(re.findall(r"ResNet-\d+", exercise.question))
    return known[name]


def test_the_arithmetic_is_that_of_the_paper_and_of_torchvision(known: Known) -> None:
    assert [known[name].depth for name in NETS] == [18, 34, 50, 101, 152]
    assert [round(known[name].macs / 1e9, 3) for name in NETS] == [1.814, 3.664, 4.089, 7.801, 11.514]
    assert [known[name].params for name in NETS] == [11_689_512, 21_797_672, 25_557_032, 44_549_160, 60_192_808]
    assert [known[name].field_size for name in NETS] == [435, 899, 427, 971, 1451]


def test_a_sheet_has_one_of_each_kind() -> None:
    assert all(tuple(exercise.kind for exercise in sheet(seed)) == EXERCISE_KINDS for seed in SEEDS)
    assert {exercise.form for exercise in sheet(0)} <= set(ANSWER_FORMS)
    assert all(exercise_title(kind) for kind in EXERCISE_KINDS)


# The answers


def test_blanked_cells(known: Known) -> None:
    forms: Counter[str] = Counter()
    for exercise in asked("fill_cell"):
        grid = exercise.grid
        assert grid is not None
        (place,) = ((r, c) for r, row in enumerate(grid.rows) for c, text in enumerate(row) if text == BLANK)
        assert grid.rows[place[0]][0] == f"conv{place[0] + 2}_x"
        forms[exercise.form] += 1
        if exercise.form == "size":
            side = known["ResNet-18"].sides[place[0]]
            assert (grid.headings[1:], exercise.answer) == (("output size",), (side, side))
            continue
        own = told_net(exercise, known)
        assert grid.headings[1:] == (own.name,)
        assert exercise.answer == Bracket(own.bracket_lines(place[0]), own.layers[place[0]])
    assert set(forms) == {"size", "cell"}


def test_output_shapes(known: Known) -> None:
    for exercise in asked("output_shape"):
        layer = exercise.question.split(" leaves ")[1].split(" of ")[0]
        if layer == "maxpool":
            assert exercise.answer == (64, 56, 56)
            continue
        conv = told_net(exercise, known).conv(layer)
        assert exercise.answer == (conv.after, conv.side, conv.side)
        assert f"a {conv.kernel}×{conv.kernel} convolution" in exercise.question


def test_projections(known: Known) -> None:
    answers: Counter[str] = Counter()
    for exercise in asked("has_projection"):
        stage, block = map(int, re.findall(r"layer(\d)\.(\d+) ", exercise.question)[0])
        is_basic = told_net(exercise, known).convs_per_block == 2
        expected = "channels" if stage == 1 else "both"
        if block > 0 or (stage == 1 and is_basic):
            expected = "no"
        assert exercise.answer == expected
        answers[expected] += 1
    assert min(answers[key] for key in ("no", "channels", "both")) > 20


def test_parameters_of_convolutions(known: Known) -> None:
    for exercise in asked("conv_params"):
        layer = exercise.question.split(" has ")[1].split(" of ")[0]
        assert exercise.answer == told_net(exercise, known).conv(layer).params


def test_depths() -> None:
    for exercise in asked("count_depth"):
        layers = [int(n) for n in re.findall(r"\[(.*)\]", exercise.question)[0].split(", ")]
        convs = int(re.findall(r"(\d) convolutions", exercise.question)[0])
        assert exercise.answer == 1 + convs * sum(layers) + 1
        assert not re.search(r"ResNet-\d", exercise.question)


def test_which_net(known: Known) -> None:
    def fits(own: Net, question: str) -> bool:
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?<!,)", question)]
        if "parameters" in question:
            return numbers == [own.params]
        if "multiply-adds" in question:
            return numbers == [own.macs]
        if "block list" in question:
            return numbers == [*own.layers, own.width]
        return numbers == [len(own.convs), own.projections]

    exercises = asked("which_net")
    for exercise in exercises:
        assert [own.name for own in known.values() if fits(own, exercise.question)] == [exercise.answer]
    assert {exercise.answer for exercise in exercises} == set(NETS)


def test_order_of_stages(known: Known) -> None:
    for exercise in asked("order_stages"):
        own = told_net(exercise, known)
        stages = sorted(range(4), key=own.stage_macs, reverse=True)
        assert exercise.answer == tuple(f"layer{stage + 1}" for stage in stages)
        assert len({own.stage_macs(stage) for stage in range(4)}) == 4


def test_wrong_cells(known: Known) -> None:
    for exercise in asked("find_wrong_cell"):
        grid = exercise.grid
        assert grid is not None
        wrong = []
        for row, cells in enumerate(grid.rows):
            side = known["ResNet-18"].sides[row]
            right = {"output size": f"{side}×{side}"}
            for name, own in known.items():
                layers = " | ".join(own.bracket_lines(row))
                right[name] = f"[{layers}] × {own.layers[row]}"
            told = [right[heading] for heading in grid.headings[1:]]
            wrong += [(row, at) for at, cell in enumerate(told) if cells[1 + at] != cell]
        ((row, at),) = wrong
        assert exercise.answer == f"{row + 1}.{at + 1}"
        assert exercise.write(exercise.answer) == f"conv{row + 2}_x · {grid.headings[at + 1]}"


def test_no_table_of_a_sheet_gives_another_away() -> None:
    for seed in SEEDS:
        grids = [exercise.grid for exercise in sheet(seed) if exercise.grid]
        headings = [heading for grid in grids for heading in grid.headings[1:]]
        assert sorted(headings) == sorted(["output size", *NETS])


# What every exercise has


def test_right_answers_are_right_as_they_are_written() -> None:
    for seed in SEEDS:
        for exercise in sheet(seed):
            verdict = exercise.check(exercise.write(exercise.answer))
            assert (verdict.outcome, verdict.text) == ("right", exercise.reason), exercise.question


def other_answers(exercise: Exercise) -> list[object]:
    answer = exercise.answer
    if isinstance(answer, Bracket):
        first, *rest = answer.layers
        kernel, channels = first.split(", ")
        wider = replace(answer, layers=(f"{kernel}, {2 * int(channels)}", *rest))
        return [
            replace(answer, count=answer.count + 1).text,
            wider.text,
            replace(answer, layers=answer.layers[1:]).text,
        ]
    if isinstance(answer, int):
        return [answer + 1, str(2 * answer), 0]
    if exercise.form == "choice":
        return [choice.text for choice in exercise.choices if choice.key != answer]
    if exercise.form == "order":
        return [tuple(reversed(answer)), (answer[1], answer[0], *answer[2:])]
    return [tuple(int(size) + 1 for size in answer), "×".join(str(2 * int(size)) for size in answer)]


def test_wrong_answers_are_wrong() -> None:
    for seed in SEEDS[::10]:
        for exercise in sheet(seed):
            outcomes = {exercise.check(answer).outcome for answer in other_answers(exercise)}
            assert outcomes == {"wrong"}, exercise.question


@pytest.mark.parametrize("answer", ["", "  ", "?", "many", "a lot", "-", None, object(), [], {}, 1.5, True, "9" * 400])
def test_what_cannot_be_read_says_how_to_write_it(answer: object) -> None:
    for exercise in sheet(0):
        verdict = exercise.check(answer)
        assert (verdict.outcome, verdict.is_right, verdict.got) == ("unread", False, "")
        assert verdict.text
        assert exercise.write(exercise.answer) not in verdict.text


def test_hints_and_questions_do_not_give_the_answer_away() -> None:
    for seed in SEEDS[::10]:
        for exercise in sheet(seed):
            assert len(exercise.hints) >= 2
            assert all(exercise.hints)
            assert exercise.reason
            if exercise.form == "number":
                words = " ".join((exercise.question, *exercise.hints))
                assert exercise.write(exercise.answer) not in re.findall(r"\d[\d,]*(?<!,)", words)


def test_each_focus_is_a_node_of_its_net() -> None:
    for seed in SEEDS:
        for exercise in sheet(seed):
            nodes = traces()[exercise.focus.net].nodes
            assert exercise.focus.node in nodes
            assert exercise.focus.stage is None or nodes[exercise.focus.stage].kind in ("stage", "stem")
            named = re.findall(r"layer\d\.[\w.]+", exercise.question)
            assert named in ([], [exercise.focus.node])


def test_a_seed_gives_one_sheet_in_every_process() -> None:
    assert sheet(7) == make_exercises(list(traces()), 7)
    assert len({tuple(exercise.question for exercise in sheet(seed)) for seed in SEEDS}) > 990
    code = (
        "import pickle, sys\n"
        "from resnet_viz.views.teach.exercises import make_exercises\n"
        "traces = pickle.load(sys.stdin.buffer)\n"
        "print(repr([make_exercises(traces, seed) for seed in (1, 2)]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(traces()),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "123", "PYTHONIOENCODING": "utf-8"},
    )
    assert run.stdout.decode().strip() == repr([sheet(1), sheet(2)])


def test_a_seed_stays_what_it_is() -> None:
    """A link from last year gives last year's sheet: a change here breaks what classes hold in their hands."""
    assert [exercise.write(exercise.answer) for exercise in sheet(1)] == [
        "7×7",
        "64×56×56",
        "No: x has the shape of F(x)",
        "9,408",
        "50",
        "ResNet-101",
        "conv4_x > conv3_x > conv5_x > conv2_x",
        "conv3_x · ResNet-101",
    ]


@pytest.mark.parametrize("seed", ["1", 1.0, None, True])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    with pytest.raises(SpecError, match="whole number"):
        make_exercises(traces(), seed)  # type: ignore[arg-type]


def test_seeds_of_links() -> None:
    assert [read_seed(text) for text in ("0", "7", "999999999")] == [0, 7, 999_999_999]
    for text in ("", "-1", "1.5", "٣", "1000000000", "x" * 5_000):
        with pytest.raises(SpecError, match="whole number"):
            read_seed(text)


# Other nets


@pytest.mark.parametrize(
    "names",
    [
        ["cifar20"],
        ["cifar20", "resnet50"],
        ["plain18", "resnet18"],
        ["resnext50_32x4d", "wide_resnet50_2"],
        ["resnet18", "resnet18"],
    ],
)
def test_other_nets_have_what_they_allow(names: list[str]) -> None:
    nets = traces_of(names)
    for seed in range(30):
        exercises = make_exercises(nets, seed)
        assert {"output_shape", "conv_params", "count_depth"} <= {exercise.kind for exercise in exercises}
        for exercise in exercises:
            assert exercise.check(exercise.write(exercise.answer)).is_right
            assert exercise.focus.node in nets[exercise.focus.net].nodes


def test_grouped_convolutions_count_the_channels_of_a_group() -> None:
    nets = [trace_of("resnext50_32x4d")]
    found = {e.question: e.answer for seed in range(300) for e in make_exercises(nets, seed) if e.kind == "conv_params"}
    question = "How many parameters has layer1.0.conv2 of ResNeXt-50 32x4d, a 3×3 convolution without bias?"
    assert found[question] == 128 * (128 // 32) * 3 * 3


def test_layers_that_only_weigh_channels_do_not_count() -> None:
    nets = [trace_of(replace(PRESETS["resnet50"], squeeze_excitation=True))]
    exercises = [exercise for seed in range(20) for exercise in make_exercises(nets, seed)]
    assert {exercise.answer for exercise in exercises if exercise.kind == "count_depth"} == {1 + 3 * 16 + 1}
    blanked = {exercise.answer for exercise in exercises if exercise.form == "cell"}
    assert blanked <= {Bracket(net("ResNet-50").bracket_lines(stage), (3, 4, 6, 3)[stage]) for stage in range(4)}
    assert blanked


def test_options_a_and_c_are_not_asked_about() -> None:
    for spec in (ResNetSpec.cifar(20), replace(PRESETS["resnet18"], shortcut="C")):
        nets = [trace_of(spec)]
        found = [e for seed in range(100) for e in make_exercises(nets, seed) if e.kind == "has_projection"]
        assert all(e.answer == ("no" if spec.shortcut == "A" else "both") for e in found)


def test_nothing_to_ask_about_is_an_error() -> None:
    for nets in ([], [trace_model(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), (1, 3, 2, 2))]):
        with pytest.raises(TraceError, match="nothing to ask about"):
            make_exercises(nets, 1)


# Score and sheet


def test_the_score_counts_what_could_be_read() -> None:
    exercises = sheet(3)
    tries = {
        0: UNTRIED.answer(exercises[0], exercises[0].write(exercises[0].answer)),
        1: UNTRIED.answer(exercises[1], "?"),
        3: UNTRIED.answer(exercises[3], 1),
    }
    score = score_tries(exercises, tries)
    assert (score.n_right, score.n_helped, score.n_shown, score.n_open, score.n_asked) == (1, 0, 0, 7, 8)
    assert score.text == "1 of 8 right at the first try, 7 open"
    every = {n: UNTRIED.answer(e, e.write(e.answer)) for n, e in enumerate(exercises)}
    assert score_tries(exercises, every).text == "8 of 8 right at the first try"


def answers_of(form: str) -> tuple[Exercise, object, object]:
    """An exercise of this form, its answer as text, and a wrong one."""
    exercise = next(e for seed in range(20) for e in sheet(seed) if e.form == form)
    return exercise, exercise.write(exercise.answer), "1" if form == "number" else "3×3"


@pytest.mark.parametrize(
    ("steps", "outcome", "n_wrong"),
    [
        ("r", "right", 0),
        ("w", "open", 1),
        ("wr", "helped", 1),
        ("hr", "helped", 0),
        ("ur", "right", 0),
        ("wwr", "helped", 2),
        ("ws", "shown", 1),
        ("sr", "shown", 0),
        ("rs", "right", 0),
        ("rw", "right", 0),
        ("-", "open", 0),
        ("w-", "open", 1),
    ],
)
def test_how_an_exercise_ends(steps: str, outcome: str, n_wrong: int) -> None:
    """Steps: a right, a wrong or an unreadable answer, none; a hint; the answer shown."""
    exercise, right, wrong = answers_of("number")
    tries = UNTRIED
    for step in steps:
        given = {"r": right, "w": wrong, "u": "many", "-": ""}.get(step)
        if given is not None:
            tries = tries.answer(exercise, given)
        else:
            tries = tries.with_hint() if step == "h" else tries.shown()
    assert (tries.outcome, tries.n_wrong) == (outcome, n_wrong)


def test_the_score_tells_how_each_exercise_ended() -> None:
    exercises = sheet(3)
    ends = [Tries(outcome=outcome) for outcome in ("right", "helped", "helped", "shown", "open")]
    text = score_tries(exercises, dict(enumerate(ends))).text
    assert text == "1 of 8 right at the first try, 2 later or after hints, 1 shown, 4 open"


class Reader(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("write", [write_sheet, write_key])
def test_a_sheet_is_a_page_that_needs_nothing_else(write) -> None:
    page = write(sheet(5), 5, NAMES)
    read = Reader(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(read.tags)
    assert {name for name, _value in read.attributes} <= {"class", "lang", "charset"}
    assert "url(" not in page
    assert "@import" not in page
    assert f"Sheet 5: {', '.join(NAMES)}" in read.words
    assert read.tags["ol"] == 1


def test_a_sheet_asks_and_its_key_answers() -> None:
    questions, key = Reader(write_sheet(sheet(5), 5, NAMES)).words, Reader(write_key(sheet(5), 5, NAMES)).words
    for exercise in sheet(5):
        assert exercise.question in questions
        assert exercise.reason not in questions
        assert exercise.write(exercise.answer) in key
        assert exercise.reason in key
        assert all(choice.text in questions for choice in exercise.choices)


def test_names_are_escaped() -> None:
    hostile = "<script>alert(1)</script>&\"'"
    trace = replace(traces()[2], name=hostile)
    exercises = make_exercises([trace, traces()[0]], 1)
    for page in (write_sheet(exercises, 1, [hostile]), write_key(exercises, 1, [hostile])):
        assert "<script" not in page
        assert hostile not in page
    assert html.escape(hostile) in write_sheet(exercises, 1, [hostile])


def test_a_sheet_is_in_one_language() -> None:
    def write() -> str:
        use_language("zh_CN")
        return write_sheet(sheet(5), 5, NAMES)

    page = copy_context().run(write)
    assert "<span>姓名</span><span>日期</span>" in page
    assert "Name" not in page
    assert "Date" not in page
