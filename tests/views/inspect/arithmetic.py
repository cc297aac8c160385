"""The printed lines of arithmetic, worked out once more."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from functools import cache

from resnet_viz.records.trace import Trace
from resnet_viz.views.inspect.formulas import Formula
from resnet_viz.views.inspect.node import Inspection, inspect_node
from resnet_viz.views.parts.runs import fold_stage
from resnet_viz.views.parts.subject import Thing

SYMBOLS = {"×": "*", "÷": "//", "−": "-", "⌊": "(", "⌋": ")", ",": ""}
WORKS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


@cache
def work_out(numbers: str) -> int:
    """What a printed line of arithmetic gives."""
    numbers = re.sub(r"⌈(.+) ÷ (\d+)⌉", r"−(−\1 ÷ \2)", numbers)
    for symbol, python in SYMBOLS.items():
        numbers = numbers.replace(symbol, python)
    return _value(ast.parse(numbers, mode="eval").body)


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.BinOp):
        return WORKS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp):
        assert isinstance(node.op, ast.USub)
        return -_value(node.operand)
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    return node.value


def things(trace: Trace) -> list[Thing]:
    """Every node, and every run of several blocks."""
    runs = [run for stage in trace.stages for run in fold_stage(trace, stage) if len(run.blocks) > 1]
    return [*trace.nodes.values(), *runs]


def titled(found: Inspection, title: str) -> list[Formula]:
    """The formulas whose title begins so."""
    return [formula for formula in found.formulas if formula.title.startswith(title)]


def check_formulas(trace: Trace, thing: Thing) -> None:
    """Each formula of a thing works out to the number that it stands for."""
    found = inspect_node(trace, thing)
    for formula in found.formulas:
        assert work_out(formula.numbers) == formula.result, (found.id, formula)
    for formula in titled(found, "MACs")[:1]:
        assert formula.result == found.n_macs
    for formula in titled(found, "Height") + titled(found, "Width"):
        assert formula.result == found.out_shape[3 if formula.title == "Width" else 2]
    for formula in titled(found, "Receptive field"):
        assert found.field is not None
        assert formula.result == found.field["horizontal" in formula.title].size
    for formula in titled(found, "Jump"):
        assert found.field is not None
        assert formula.result == found.field["horizontal" in formula.title].jump
    for formula in titled(found, "Activations"):
        assert formula.result == found.act_bytes
    for formula in titled(found, "Parameters"):
        assert formula.result == found.n_params
