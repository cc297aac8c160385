"""Conditions with their values: `stride != 1 or …` becomes `2 != 1 → True`; short-circuited operands are marked."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from resnet_viz.model.walk.reading import PLAIN, Scope, Unreadable, is_class, is_plain, read, truth
from resnet_viz.records.steps import Condition

_QUIET_CALLS = frozenset({"len", "isinstance"})
_LEAVES = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
_HOLE = "\0"  # Cannot occur in source text, where it would be escaped.
_HOLDERS = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, eq=False)
class ConditionPart:
    """A parsed condition or operand of one."""

    node: ast.expr
    text: str
    words: tuple[str, ...]
    """Source text before, between and after the `values`."""
    values: tuple[ast.expr, ...]
    """Subexpressions shown by their value, in order."""
    children: tuple[ConditionPart, ...]


@dataclass(frozen=True, eq=False)
class ParsedCondition:
    """The parsed condition of a statement, and the expressions that decide it."""

    part: ConditionPart
    leaves: tuple[ast.expr, ...]
    is_branch: bool
    """Whether it decides if the statement's body runs."""
    has_identity: bool
    """Whether it compares identities: its result then depends on the objects, not only on their values."""


def parse_condition(node: ast.stmt, lines: Sequence[str]) -> ParsedCondition | None:
    """Returns the parsed condition of `if` and `while`, or of a statement's only conditional expression; else None."""
    if isinstance(node, ast.If | ast.While):
        return _parse(node.test, lines, is_branch=True)
    if hasattr(node, "body"):
        return None
    choices = list(_find_choices(node))
    return _parse(choices[0].test, lines, is_branch=False) if len(choices) == 1 else None


def is_quiet(node: ast.stmt) -> bool:
    """Whether a statement's header cannot change variables: a condition without calls or assignment expressions."""
    if not isinstance(node, ast.If | ast.While):
        return False
    return not any(
        isinstance(part, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
        or (isinstance(part, ast.Call) and not (isinstance(part.func, ast.Name) and part.func.id in _QUIET_CALLS))
        for part in ast.walk(node.test)
    )


class ConditionEvaluator:
    """Evaluates conditions before their statement runs; caches results by condition and values."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Condition] = {}

    def evaluate(self, parsed: ParsedCondition, scope: Scope) -> Condition:
        """Returns the condition with its values; short-circuited operands are marked."""
        if parsed.has_identity:
            return _evaluate(parsed.part, scope, is_reached=True)
        key = (id(parsed), *(_key(leaf, scope) for leaf in parsed.leaves))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _evaluate(parsed.part, scope, is_reached=True)
        return known


def _key(leaf: ast.expr, scope: Scope) -> object:
    """Returns what a condition can depend on: a plain value itself, of any other its class."""
    try:
        value = read(leaf, scope)
    except Unreadable:
        return Unreadable
    kind = type(value)
    if kind in PLAIN or kind is type:
        return kind, value
    return kind, repr(value) if is_plain(value) else None


def _evaluate(part: ConditionPart, scope: Scope, is_reached: bool) -> Condition:
    if not part.children:
        value = _answer(part.node, scope) if is_reached else None
        return Condition(part.text, _show(part, scope), value, is_reached)
    if isinstance(part.node, ast.UnaryOp):
        child = _evaluate(part.children[0], scope, is_reached)
        value = None if child.value is None else not child.value
        return Condition(part.text, _show(part, scope), value, is_reached, (child,))
    is_or = isinstance(part.node, ast.BoolOp) and isinstance(part.node.op, ast.Or)
    children: list[Condition] = []
    is_next_reached = is_reached
    for child_part in part.children:
        child = _evaluate(child_part, scope, is_next_reached)
        children.append(child)
        # After an operand of unknown value the next one counts as evaluated.
        is_next_reached = is_next_reached and child.value is not is_or
    values = [child.value for child in children if child.is_looked_at]
    value = None if None in values or not values else values[-1]
    return Condition(part.text, _show(part, scope), value, is_reached, tuple(children))


def _answer(node: ast.expr, scope: Scope) -> bool | None:
    try:
        return truth(read(node, scope))
    except Unreadable:
        return None


def _show(part: ConditionPart, scope: Scope) -> str:
    shown = [_fill(value, scope) for value in part.values]
    return "".join(chain.from_iterable(zip_longest(part.words, shown, fillvalue="")))


def _fill(value: ast.expr, scope: Scope) -> str:
    try:
        return short_text(read(value, scope))
    except Unreadable:
        return ast.unparse(value)


def short_text(value: Any) -> str:
    """Returns a value's `repr` where it is plain, else its class name."""
    if is_class(value):
        return str(value.__name__)
    if type(value) in PLAIN or (is_plain(value) and not _has_class(value)):
        return repr(value)
    return type(value).__name__


def _has_class(values: Any) -> bool:
    return any(is_class(part) or (type(part) in (list, tuple) and _has_class(part)) for part in values)


def _parse(node: ast.expr, lines: Sequence[str], is_branch: bool) -> ParsedCondition:
    asked = (part for part in ast.walk(node) if isinstance(part, ast.Compare))
    has_identity = any(
        isinstance(kind, ast.Is | ast.IsNot) and not isinstance(other, ast.Constant)
        for part in asked
        for kind, other in zip(part.ops, part.comparators, strict=True)
    )
    return ParsedCondition(_parse_part(node, lines), tuple(_find_leaves(node)), is_branch, has_identity)


def _parse_part(node: ast.expr, lines: Sequence[str]) -> ConditionPart:
    children: Sequence[ast.expr] = ()
    if isinstance(node, ast.BoolOp):
        children = node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        children = (node.operand,)
    holes = _Holes()
    words = ast.unparse(holes.visit(copy.deepcopy(node))).split(_HOLE)
    parts = tuple(_parse_part(child, lines) for child in children)
    return ConditionPart(node, _segment(node, lines), tuple(words), tuple(holes.values), parts)


class _Holes(ast.NodeTransformer):
    """Replaces subexpressions shown by their value with a placeholder, and collects them."""

    def __init__(self) -> None:
        self.values: list[ast.expr] = []

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            node.args[0] = self.visit(node.args[0])
            return node
        if isinstance(node, _LEAVES):
            self.values.append(node)
            return ast.Name(_HOLE)
        return self.generic_visit(node)


def _segment(node: ast.expr, lines: Sequence[str]) -> str:
    if node.lineno != node.end_lineno:
        return ast.unparse(node)
    return lines[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()


def _find_leaves(node: ast.AST) -> Iterator[ast.expr]:
    """Yields the names in an expression, each with its attributes, indices and calls."""
    if isinstance(node, ast.Call):
        for argument in node.args:
            yield from _find_leaves(argument)
    elif isinstance(node, _LEAVES):
        yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from _find_leaves(child)


def _find_choices(node: ast.AST) -> Iterator[ast.IfExp]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.IfExp):
            yield child
        if not isinstance(child, _HOLDERS):
            yield from _find_choices(child)
