"""Records what watched functions do as steps: one per statement, with its condition, changes and nodes created.

A statement's changes are detected when the next one of the same call begins, or when the call returns: all differences
then are its own or its callees'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from operator import is_
from types import CodeType, FrameType
from typing import Any

from resnet_viz.model.walk.conditions import ConditionEvaluator
from resnet_viz.model.walk.reading import PLAIN, Scope, Unreadable, look_up
from resnet_viz.model.walk.rows import DescribedValue, Naming, RunningCall, WalkRow, fold_rows, make_steps
from resnet_viz.model.walk.source import Function, Statement
from resnet_viz.model.walk.values import Values, is_record
from resnet_viz.records.steps import Fold, WalkStep

_NEW = object()


class StepRecorder:
    """Listener that records watched functions, given by code object, as steps. One recorder serves one walk.

    `modules` already exist: no statement is recorded as creating them.
    """

    def __init__(self, functions: Mapping[CodeType, Function], values: Values, modules: Iterable[Any] = ()) -> None:
        self._functions = {id(code): function for code, function in functions.items()}
        self._values = values
        self._evaluator = ConditionEvaluator()
        self._calls: list[RunningCall] = []
        self._rows: list[WalkRow] = []
        self._table: list[DescribedValue] = []
        self._numbers: dict[object, int] = {}
        self._class_values: defaultdict[type, dict[str, Any]] = defaultdict(dict)
        self._records: dict[type, bool] = {}
        self._made: dict[int, tuple[Any, int]] = {id(module): (module, -1) for module in modules}

    def enter(self, frame: FrameType) -> None:
        """A function is called: adds a step with its arguments."""
        function = self._functions[id(frame.f_code)]
        local = _variables(frame)
        around = self._around(frame.f_back)
        me = local.get("self")
        owner = me if self._values.is_module(me) else around.owner if around else None
        call = RunningCall(frame, function, around, owner)
        self._calls.append(call)
        if owner is me and id(me) not in self._made and function.name.endswith(".__init__"):
            self._made[id(me)] = (me, len(self._rows) if call.parent is None else call.parent)
        self._begin(call, None)
        self._compare(call, local)

    def line(self, frame: FrameType, line: int) -> None:
        """A line is about to run; the lines of one statement are one step."""
        call = self._call(frame)
        statement = call.function.statements.get(line) if call else None
        if call is None or statement is None or (call.row and call.row.statement is statement):
            return
        local = _variables(frame)
        self._end(call, local, line)
        row = self._begin(call, statement)
        if statement.condition is not None:
            scope = Scope(local, frame.f_globals, frame.f_builtins)
            row.condition = self._evaluator.evaluate(statement.condition, scope)

    def leave(self, frame: FrameType, value: object) -> None:
        """A function returns."""
        call = self._call(frame)
        if call is None:
            return
        row = call.row
        self._end(call, _variables(frame), None)
        if row is not None and row.statement is not None and row.statement.is_return:
            row.returned = self._number(value)
            self._find_made(row, value)
        self._calls.pop().release()

    def link(self, node_id: str) -> None:
        """Adds a node to the statement that is running."""
        row = self._calls[-1].row if self._calls else None
        if row is not None and node_id not in row.nodes:
            row.nodes.append(node_id)

    def _around(self, frame: FrameType | None) -> RunningCall | None:
        """Returns the watched call that a frame was called from; drops calls that ended with an exception."""
        while self._calls:
            at = frame
            while at is not None and at is not self._calls[-1].frame:
                at = at.f_back
            if at is not None:
                return self._calls[-1]
            self._calls.pop().release()
        return None

    def _call(self, frame: FrameType) -> RunningCall | None:
        """Returns the call of a frame; None for one that began before recording."""
        if self._calls and self._calls[-1].frame is frame:
            return self._calls[-1]
        if not any(call.frame is frame for call in self._calls):
            return None
        return self._around(frame)

    def _begin(self, call: RunningCall, statement: Statement | None) -> WalkRow:
        row = WalkRow(len(self._rows), call, statement)
        call.row = row
        self._rows.append(row)
        return row

    def _end(self, call: RunningCall, local: Mapping[str, Any], line: int | None) -> None:
        """Ends the previous statement: records its changes and the outcome of a condition that is still unknown."""
        row = call.row
        if row is None or row.statement is None:
            return
        parsed, evaluated = row.statement.condition, row.condition
        is_branch = parsed is not None and parsed.is_branch and line is not None
        if is_branch and evaluated is not None and evaluated.value is None:
            row.condition = replace(evaluated, value=line in row.statement.body)
        if not row.statement.is_quiet:
            self._compare(call, local)

    def _compare(self, call: RunningCall, local: Mapping[str, Any]) -> None:
        """Records changed variables, and changed attributes that the function mentions."""
        seen = call.seen
        for name, value in local.items():
            if seen.get(name, _NEW) is not value:  # Mostly identical; for mutable values `seen` has a token instead.
                self._note(call, name, value)
        attributes = self._attributes(call.function, local)
        if len(attributes) != len(call.attributes) or not all(map(is_, attributes, call.attributes)):
            self._compare_attributes(call, attributes)
        if len(local) + call.n_attributes < len(seen):
            texts = zip(call.function.attribute_texts, attributes, strict=True)
            self._note_gone(call, {*local, *(text for text, value in texts if value is not _NEW)})

    def _compare_attributes(self, call: RunningCall, attributes: list[Any]) -> None:
        can_change_in_place = False
        call.n_attributes = 0
        for text, value in zip(call.function.attribute_texts, attributes, strict=True):
            if value is not _NEW:
                call.n_attributes += 1
                if call.seen.get(text, _NEW) is not value:
                    self._note(call, text, value)
                    can_change_in_place |= call.seen[text] is not value
        call.attributes = [] if can_change_in_place else attributes

    def _attributes(self, function: Function, local: Mapping[str, Any]) -> list[Any]:
        """Returns the current values of the attributes that a function mentions; _NEW where there is none."""
        found = self._own_attributes(function, local.get("self"))
        for variable, name in function.attributes:
            base = local.get(variable)
            found.append(_NEW if base is None else self._attribute(base, name))
        return found

    def _own_attributes(self, function: Function, me: Any) -> list[Any]:
        if not self._values.is_module(me):
            return [_static(me, name) for name in function.own_attributes]
        own: Mapping[str, Any] = vars(me)
        inside = own.get("_modules") or own
        kind = type(me)
        kept = self._class_values[kind]
        return [
            own[name]
            if name in own
            else inside[name]
            if name in inside
            else kept[name]
            if name in kept
            else self._class_value(kind, name)
            for name in function.own_attributes
        ]

    def _attribute(self, base: Any, name: str) -> Any:
        """Returns an attribute of a class or a dataclass; of other objects only attributes of `self` are read."""
        kind = type(base)
        if kind is type:
            return self._class_value(base, name)
        if kind not in self._records:
            self._records[kind] = is_record(base)
        return _static(base, name) if self._records[kind] else _NEW

    def _class_value(self, owner: type, name: str) -> Any:
        """Returns a class attribute, cached, since it does not change during a walk."""
        kept = self._class_values[owner]
        if name not in kept:
            kept[name] = _static(owner, name)
        return kept[name]

    def _note(self, call: RunningCall, name: str, value: Any) -> None:
        """Records a value whose object has changed, if its value differs as well."""
        old, row = call.seen.get(name, _NEW), call.row
        if type(value) in PLAIN:
            call.seen[name] = value
            if row is not None and (type(old) is not type(value) or old != value):
                row.changed[name] = self._number(value)
            return
        token = self._values.token(value)
        call.seen[name] = value if token is None else token
        if row is not None and (token is None or type(old) is not tuple or old != token):
            row.changed[name] = self._number(value)
            self._find_made(row, value)

    def _note_gone(self, call: RunningCall, known: Container[str]) -> None:
        for name in [name for name in call.seen if name not in known]:
            del call.seen[name]
            if call.row is not None:
                call.row.changed[name] = None

    def _number(self, value: Any) -> int:
        """Returns the value's index in the table, which stores modules too: their paths are known only at the end."""
        is_plain = type(value) in PLAIN
        is_module = not is_plain and self._values.is_module(value)
        described = None if is_plain or is_module else self._values.describe(value)
        key = id(value) if is_module else described or (type(value), value)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._table)
            self._table.append((described or self._values.describe(value), value if is_module else None))
        return number

    def _find_made(self, row: WalkRow, value: Any) -> None:
        """Modules seen for the first time were created by this step, or by one it called."""
        for module in self._values.modules_in(value):
            self._take_in(row, module)

    def _take_in(self, row: WalkRow, module: Any) -> None:
        is_new = id(module) not in self._made
        if is_new:
            self._made[id(module)] = (module, row.index)
        if self._made[id(module)][1] >= row.index and not any(module is known for known in row.nodes):
            row.nodes.append(module)
        if is_new:
            for child in self._values.children_of(module):
                self._take_in(row, child)

    def finish(self, naming: Naming) -> tuple[tuple[WalkStep, ...], tuple[Fold, ...]]:
        """Returns steps and folds, once the net is built and its modules have paths."""
        return make_steps(self._rows, self._table, naming), fold_rows(self._rows, self._table)


def _static(value: Any, name: str) -> Any:
    try:
        return look_up(value, name)
    except Unreadable:
        return _NEW


def _variables(frame: FrameType) -> Mapping[str, Any]:
    """Returns a copy, since `f_locals` is a live view from Python 3.13 on; without `super()`'s `__class__`."""
    local = dict(frame.f_locals)
    local.pop("__class__", None)
    return local
