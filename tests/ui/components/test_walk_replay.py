"""The browser's replay of a code walk, and Python's: two implementations of one law, over the same walks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from resnet_viz.errors import TraceError
from resnet_viz.records.steps import Value, WalkStep
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.components.walk_view.words import view_words
from resnet_viz.views.walk.export import export_steps
from resnet_viz.views.walk.growth import grow, stage_marks
from resnet_viz.views.walk.payload import walk_payload
from resnet_viz.views.walk.words import answers_of, code_of, op_at
from tests.nets import NETS, trace_of, walks, walks_of
from tests.node import in_node
from tests.places import ROOT

ANSWERS = str(ROOT / "tests" / "javascript" / "walk_view" / "answers.js")
SHARED: dict[str, ResNetSpec | str] = {**{name: name for name in ("resnet18", "resnet50", "cifar20")}, **NETS}
FOLDED = ("resnet152", "resnet50", "cifar20", "se", "six")


@cache
def browser_answers(name: str) -> dict[str, Any]:
    """What both walks of a net answer in the browser: all nodes and groups of either are asked for, and some others."""
    net = SHARED.get(name, name)
    both = walks_of(net)
    asked = {"payload": walk_payload(*both, trace_of(net)), "ids": ids_of(both), "words": view_words()}
    answers: dict[str, Any] = in_node(ANSWERS, "return names.answersOf(values)", asked)
    return answers


def ids_of(both: Iterable[CodeWalk]) -> list[str]:
    nodes = {node for walk in both for step in walk.steps for node in step.node_ids}
    # Groups, which no step names: layer3, layer3.0.downsample in a pass.
    around = {node.rsplit(".", n)[0] for node in nodes for n in range(1, node.count(".") + 1)}
    return [*sorted(nodes | around), "layer3.1..35", "stem", "head", "no.such.node"]


def value_row(value: Value | None) -> list[Any] | None:
    return None if value is None else [value.text, value.kind, value.node, list(value.shape) or None]


def value_rows(values: Iterable[tuple[str, Value | None]]) -> list[list[Any]]:
    return [[name, value_row(value)] for name, value in values]


def index_of(step: WalkStep | None) -> int | None:
    return None if step is None else step.index


def code_lines(walk: CodeWalk, step: WalkStep) -> list[str]:
    (text,) = [file.text for file in walk.files if file.file == step.file]
    lines = text.split("\n")[step.line - 1 : step.end_line]
    indent = len(lines[0]) - len(lines[0].lstrip())
    return [line[min(indent, len(line) - len(line.lstrip())) :] for line in lines]


def python_answers(walk: CodeWalk, step: WalkStep, parts: list[tuple[int, str]]) -> dict[str, Any]:
    condition = step.condition and [[answer.code, answer.words] for answer in answers_of(step.condition)]
    return {
        "where": [step.file, step.function, step.kind == "call"],
        "code": code_lines(walk, step),
        "before": value_rows(step.locals.items()),
        "after": value_rows(step.locals_after.items()),
        "changes": value_rows(step.changed.items()),
        "returned": value_row(step.returned),
        "answers": condition,
        "stack": [around.index for around in walk.stack(step)],
        "end": walk.end_of(step),
        "over": index_of(walk.over(step)),
        "out": index_of(walk.out(step)),
        "op": op_at(walk, step.index),
        "part": next((part for start, part in reversed(parts) if start <= step.index), None),
    }


@pytest.mark.parametrize("kind", ["build", "forward"])
@pytest.mark.parametrize("name", SHARED)
def test_each_step_is_in_the_browser_what_it_is_in_python(name: str, kind: str) -> None:
    walk = walks(SHARED[name])[kind]
    parts = [(mark.step, mark.id) for mark in stage_marks(walk, trace_of(SHARED[name]))]
    answers = browser_answers(name)[kind]
    assert len(answers["steps"]) == len(walk)
    for step, answer in zip(walk.steps, answers["steps"], strict=True):
        assert answer == python_answers(walk, step, parts), step
        assert answer["code"][0].strip() == code_of(walk, step)
    assert answers["isSameBackwards"]


@pytest.mark.parametrize("kind", ["build", "forward"])
@pytest.mark.parametrize("name", SHARED)
def test_nodes_and_groups_lead_to_the_same_statements(name: str, kind: str) -> None:
    walk = walks(SHARED[name])[kind]
    found = 0
    for node, statements in browser_answers(name)[kind]["statements"].items():
        try:
            expected = [step.index for step in walk.statements_of(node)]
        except TraceError:
            continue
        found += 1
        assert statements == expected, node
    assert found > 10


@pytest.mark.parametrize("kind", ["build", "forward"])
@pytest.mark.parametrize("name", SHARED)
def test_lines_lead_to_the_same_steps_and_nodes(name: str, kind: str) -> None:
    walk = walks(SHARED[name])[kind]
    lines = [(file.file, n) for file in walk.files for n in range(1, file.text.count("\n") + 2)]
    expected = [[[step.index for step in walk.steps_at(*line)], list(walk.nodes_at(*line))] for line in lines]
    assert browser_answers(name)[kind]["lines"] == expected


@pytest.mark.parametrize("kind", ["build", "forward"])
@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_walk_has_the_steps_that_the_exported_table_has(name: str, kind: str) -> None:
    walk = walks(SHARED.get(name, name))[kind]
    rows = re.findall(r"^\| (\d+) \|", export_steps(walk), re.MULTILINE)
    answers = browser_answers(name)[kind]
    assert [at + 1 for at in answers["foldedPath"]] == [int(row) for row in rows]
    assert answers["unfoldedPath"] == list(range(len(walk)))


# What the drawing has and Python's walk has no name for


@pytest.mark.parametrize("kind", ["build", "forward"])
def test_a_run_leads_to_what_made_all_of_its_blocks(kind: str) -> None:
    walk = walks("resnet152")[kind]
    statements = browser_answers("resnet152")[kind]["statements"]["layer3.1..35"]
    blocks = [{step.index for step in walk.statements_of(f"layer3.{n}")} for n in range(1, 36)]
    assert statements
    assert set(statements) == set.intersection(*blocks)
    assert code_of(walk, walk.steps[statements[0]]).startswith(
        {"build": "self.layer3 =", "forward": "x = self.layer3("}[kind]
    )


def test_an_op_of_a_module_that_is_called_again_leads_to_where_the_module_was_made() -> None:
    statements = browser_answers("resnet50")["build"]["statements"]
    assert statements["layer1.0.relu_2"] == statements["layer1.0.relu"]
    assert statements["layer1.0.relu"]


@pytest.mark.parametrize("part", ["stem", "head", "layer1.0.add"])
def test_what_bears_no_modules_name_leads_to_what_made_its_parts(part: str) -> None:
    walk, trace = walks("resnet50")["build"], trace_of("resnet50")
    first, last = grow(walk, trace)[part]
    statements = browser_answers("resnet50")["build"]["statements"][part]
    around = [{step.index for step in walk.stack(walk.steps[at])} for at in (first, last)]
    assert statements
    assert set(statements) == around[0] & around[1]


def test_what_is_in_no_walk_leads_nowhere() -> None:
    assert browser_answers("resnet50")["build"]["statements"]["no.such.node"] == []
