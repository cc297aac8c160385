"""The source code of a walk: each function's statements by line, as in the installed files."""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import CodeType, FunctionType, ModuleType

from resnet_viz.model.walk.conditions import ParsedCondition, is_quiet, parse_condition
from resnet_viz.records.steps import SourceFile

_HIDDEN = "<"  # Comprehensions and lambdas are part of their statement.


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement, or the header of a compound one: its lines, its condition, and whether it can change variables."""

    line: int
    end_line: int
    condition: ParsedCondition | None
    is_quiet: bool
    is_return: bool
    body: range
    """Lines that run where its condition holds."""
    is_loop: bool
    targets: frozenset[str]
    """Loop variables."""


@dataclass(frozen=True, eq=False)
class Function:
    """A function of a watched file: its statements by line, and the attributes of its variables that it mentions."""

    file: str
    name: str
    line: int
    statements: dict[int, Statement]
    own_attributes: tuple[str, ...]
    """Attributes of `self`: `inplanes` for `self.inplanes`."""
    attributes: tuple[tuple[str, str], ...]
    """Variable and attribute for other variables, as in `block.expansion`."""
    attribute_texts: tuple[str, ...]
    """Source text of all of them, those of `self` first."""
    targets: frozenset[str]
    """Its loop variables."""


class Source:
    """A watched module's file, read on first use."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.file = f"{module.__name__.replace('.', '/')}.py"

    @cached_property
    def record(self) -> SourceFile:
        """The file as installed, with its package's version."""
        text = inspect.getsource(self.module)
        package = self.module.__name__.split(".")[0]
        digest = hashlib.sha256(text.encode()).hexdigest()
        return SourceFile(self.file, package, _version(package), digest, text)

    @cached_property
    def functions(self) -> dict[CodeType, Function]:
        """Each function by code object."""
        lines = self.record.text.split("\n")
        nodes = {
            (min([node.lineno, *(part.lineno for part in node.decorator_list)]), node.name): node
            for node in ast.walk(ast.parse(self.record.text))
            if isinstance(node, ast.FunctionDef)
        }
        found: dict[CodeType, Function] = {}
        for code in _codes(self.module):
            node = nodes.get((code.co_firstlineno, code.co_name))
            if node is not None:
                found[code] = _read_function(self.file, code, node, lines)
        return found


@cache
def source_of(module: ModuleType) -> Source:
    """Returns a module's source, read once per process."""
    return Source(module)


def _version(package: str) -> str:
    """Returns the package's version; empty for this package, which has none."""
    return str(getattr(sys.modules[package], "__version__", ""))


def _codes(module: ModuleType) -> Iterator[CodeType]:
    """Yields the code of every function defined in a module's file, including decorated and nested ones."""
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            for member in vars(value).values():
                yield from _codes_of(getattr(member, "__func__", member), module)
        else:
            yield from _codes_of(value, module)


def _codes_of(value: object, module: ModuleType) -> Iterator[CodeType]:
    if isinstance(value, FunctionType):
        yield from _inner_codes(inspect.unwrap(value).__code__, str(module.__file__))


def _inner_codes(code: CodeType, file: str) -> Iterator[CodeType]:
    if code.co_filename == file and not code.co_name.startswith(_HIDDEN):
        yield code
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from _inner_codes(constant, file)


def _read_function(file: str, code: CodeType, node: ast.FunctionDef, lines: Sequence[str]) -> Function:
    statements: dict[int, Statement] = {}
    own: dict[str, None] = {}
    others: dict[tuple[str, str], None] = {}
    for part in _own_nodes(node):
        if isinstance(part, ast.stmt):
            statement = _read_statement(part, lines)
            # A statement on the same line as the previous one belongs to its step.
            for line in range(statement.line, statement.end_line + 1):
                statements.setdefault(line, statement)
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            if part.value.id == "self":
                own[part.attr] = None
            elif part.value.id in code.co_varnames:
                others[part.value.id, part.attr] = None
    texts = (*(f"self.{name}" for name in own), *(f"{variable}.{name}" for variable, name in others))
    targets = frozenset(name for statement in statements.values() for name in statement.targets)
    return Function(file, code.co_qualname, node.lineno, statements, tuple(own), tuple(others), texts, targets)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the nodes of a function in source order, without those of nested functions."""
    for child in getattr(node, "body", []) if isinstance(node, ast.FunctionDef) else ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _own_nodes(child)


def _read_statement(node: ast.stmt, lines: Sequence[str]) -> Statement:
    targets = ast.walk(node.target) if isinstance(node, ast.For) else ()
    return Statement(
        line=node.lineno,
        end_line=_last_line_of_head(node),
        condition=parse_condition(node, lines),
        is_quiet=is_quiet(node),
        is_return=isinstance(node, ast.Return),
        body=_body_of(node),
        is_loop=isinstance(node, ast.For | ast.While),
        targets=frozenset(part.id for part in targets if isinstance(part, ast.Name)),
    )


def _body_of(node: ast.stmt) -> range:
    if isinstance(node, ast.If | ast.For | ast.While):
        return range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1)
    return range(0)


def _last_line_of_head(node: ast.stmt) -> int:
    if isinstance(node, ast.If | ast.While):
        return node.test.end_lineno or node.lineno
    if isinstance(node, ast.For):
        return node.iter.end_lineno or node.lineno
    if isinstance(node, ast.With):
        return node.items[-1].context_expr.end_lineno or node.lineno
    if hasattr(node, "body"):
        return node.lineno
    return node.end_lineno or node.lineno
