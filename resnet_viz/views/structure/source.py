"""The source lines that build a layer group, in the installed source: the network's `__init__`, and what it calls.

The Trace has the class and file of the network; the lines are found in that file's syntax tree, so that any
version of it works.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from textwrap import dedent
from threading import Lock

from resnet_viz.records.trace import Trace
from resnet_viz.views.inspect.source import SourceLines, has_same_source, read_lines, read_source
from resnet_viz.views.structure.read import cell_ops
from resnet_viz.views.structure.table import StructureCell

_MAKER = "_make_layer"
_FILE = "torchvision/models/resnet.py"
_Definition = ast.ClassDef | ast.FunctionDef
_Statement = ast.Assign | ast.AnnAssign | ast.Expr
# Python 3.11 counts a tree's depth for all threads together. If another one parses while this one waits in the middle
# of it, as when two sessions come to the page Learn at once, parsing fails with SystemError.
_parsing = Lock()


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines of a function, and the methods of its class that they call."""

    function: str
    first: int
    last: int
    calls: tuple[str, ...]


def made_by(trace: Trace, cell: StructureCell) -> tuple[SourceLines, ...]:
    """Returns the statements of the network's `__init__` that build a layer group, then the methods that they call.

    For torchvision's conv4_x: the line of `ResNet.__init__` with `self.layer3`, and `ResNet._make_layer`. Empty for
    totals, and if the source is unreadable or does not name the part.
    """
    if cell.stage is None:
        return ()
    modules = dict.fromkeys(op.module.partition(".")[0] for op in cell_ops(trace, cell) if op.module)
    # An op's outermost frame is in the forward method of the whole network.
    ref = next((op.source[-1] for op in trace.ops if op.source), None)
    if ref is None or not has_same_source(trace, ref.file):
        return ()
    spans = _find(read_source(ref.file), ref.function.partition(".")[0], tuple(modules))
    return tuple(read_lines(ref.file, span.function, span.first, span.last) for span in spans)


def find_function(name: str) -> SourceLines | None:
    """Returns a function, class or method of torchvision's `resnet.py` by qualified name, as in `Bottleneck.forward`.

    In full length. None if it does not exist, or the module is not loaded.
    """
    source = read_source(_FILE)
    definition: ast.stmt | None = None
    body: Sequence[ast.stmt] = _statements(source)
    for part in name.split("."):
        definition = next((node for node in body if isinstance(node, _Definition) and node.name == part), None)
        if not isinstance(definition, _Definition):
            return None
        body = definition.body
    if definition is None:
        return None
    last = definition.end_lineno or definition.lineno
    code = dedent("\n".join(source.splitlines()[definition.lineno - 1 : last]))
    return replace(read_lines(_FILE, name, definition.lineno, last), code=code)


@lru_cache(maxsize=4)  # a lesson asks for several functions of one file, at every rerun
def _statements(source: str) -> Sequence[ast.stmt]:
    try:
        with _parsing:
            return ast.parse(source).body
    except (SyntaxError, ValueError):
        return ()


@lru_cache(maxsize=128)
def _find(source: str, class_name: str, modules: tuple[str, ...]) -> tuple[_Span, ...]:
    methods = _methods(source, class_name)
    init = methods.get("__init__")
    if init is None:
        return ()
    statements = [statement for statement in ast.walk(init) if isinstance(statement, _Statement)]
    made = [statement for statement in statements if _self_names(statement) & set(modules)]
    if set(modules) - {name for statement in made for name in _self_names(statement)}:
        # No statement names the part: a loop builds all stages by the same call.
        made += [statement for statement in statements if not _self_names(statement) and _MAKER in _calls(statement)]
    spans = _joined([_span(class_name, init, statement) for statement in made])
    called = dict.fromkeys(name for span in spans for name in span.calls if name in methods)
    return (*spans, *(_body(class_name, methods[name]) for name in called))


def _methods(source: str, class_name: str) -> dict[str, ast.FunctionDef]:
    classes = [node for node in _statements(source) if isinstance(node, ast.ClassDef) and node.name == class_name]
    return {node.name: node for class_def in classes for node in class_def.body if isinstance(node, ast.FunctionDef)}


def _self_names(statement: _Statement) -> set[str]:
    """The attributes of self that a statement assigns, as in `self.layer3 = …`."""
    if isinstance(statement, ast.Expr):
        return set()
    targets: Sequence[ast.expr] = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.attr for target in targets if isinstance(target, ast.Attribute) and _is_self(target.value)}


def _calls(statement: ast.AST) -> Iterator[str]:
    """The methods of self that a statement calls."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_self(node.func.value):
            yield node.func.attr


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _span(class_name: str, function: ast.FunctionDef, statement: ast.stmt) -> _Span:
    last = statement.end_lineno or statement.lineno
    return _Span(f"{class_name}.{function.name}", statement.lineno, last, tuple(_calls(statement)))


def _body(class_name: str, function: ast.FunctionDef) -> _Span:
    first, last = function.body[0].lineno, function.end_lineno or function.lineno
    return _Span(f"{class_name}.{function.name}", first, last, ())


def _joined(spans: Sequence[_Span]) -> list[_Span]:
    """Merges adjacent spans."""
    joined: list[_Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        before = joined[-1] if joined else None
        if before and before.last + 1 == span.first:
            joined[-1] = _Span(span.function, before.first, span.last, before.calls + span.calls)
        else:
            joined.append(span)
    return joined
