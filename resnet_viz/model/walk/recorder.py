"""Keeps what the watched functions do as steps: each statement once, with what it asked, changed and made.

A statement's changes are seen when the next one of the same call begins, or when the call returns: whatever is
different then, it has caused, itself or by what it called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from operator import is_
from types import CodeType, FrameType
from typing import Any

from resnet_viz.model.walk.conditions import Judge
from resnet_viz.model.walk.reading import PLAIN, Names, Unreadable, look_up
from resnet_viz.model.walk.rows import Naming, Noted, RunningCall, WalkRow, fold_rows, make_steps
from resnet_viz.model.walk.source import Function, Statement
from resnet_viz.model.walk.values import Values, is_record
from resnet_viz.records.steps import Fold, WalkStep

_NEW = object()


class StepRecorder:
    """Listens to watched functions, by their code, and makes steps of what they do. One recorder serves one walk.

    `modules` are those that were there before: no statement makes them.
    """

    def __init__(self, functions: Mapping[CodeType, Function], values: Values, modules: Iterable[Any] = ()) -> None:
        self._functions = {id(code): function for code, function in functions.items()}
        self._values = values
        self._judge = Judge()
        self._calls: list[RunningCall] = []
        self._rows: list[WalkRow] = []
        self._table: list[Noted] = []
        self._numbers: dict[object, int] = {}
        self._class_values: defaultdict[type, dict[str, Any]] = defaultdict(dict)
        self._records: dict[type, bool] = {}
        self._made: dict[int, tuple[Any, int]] = {id(module): (module, -1) for module in modules}

    def enter(self, frame: FrameType) -> None:
        """A function begins: the step that shows its arguments."""
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
        if statement.test is not None:
            names = Names(local, frame.f_globals, frame.f_builtins)
            row.condition = self._judge.ask(statement.test, names)

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
        self._calls.pop().let_go()

    def link(self, node_id: str) -> None:
        """Say that the statement that runs now has run a node."""
        row = self._calls[-1].row if self._calls else None
        if row is not None and node_id not in row.nodes:
            row.nodes.append(node_id)

    def _around(self, frame: FrameType | None) -> RunningCall | None:
        """The watched call that a frame was made from; those that an error ended are gone."""
        while self._calls:
            at = frame
            while at is not None and at is not self._calls[-1].frame:
                at = at.f_back
            if at is not None:
                return self._calls[-1]
            self._calls.pop().let_go()
        return None

    def _call(self, frame: FrameType) -> RunningCall | None:
        """The call that a frame is; None of one that had begun before."""
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
        """The statement before is over: what it has changed; of a condition that could not be read, where it led."""
        row = call.row
        if row is None or row.statement is None:
            return
        test, asked = row.statement.test, row.condition
        if asked is not None and asked.value is None and test is not None and test.is_branch and line is not None:
            row.condition = replace(asked, value=line in row.statement.body)
        if not row.statement.is_quiet:
            self._compare(call, local)

    def _compare(self, call: RunningCall, local: Mapping[str, Any]) -> None:
        """Note the variables, and the attributes that the function names, that are not what they were."""
        seen = call.seen
        for name, value in local.items():
            if seen.get(name, _NEW) is not value:  # Most are the very same; what can change in place never is.
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
        """The attributes that a function names, as they are now; _NEW for those that are not there."""
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
        """Of a class or a record; of other objects only what `self` names is looked at."""
        kind = type(base)
        if kind is type:
            return self._class_value(base, name)
        if kind not in self._records:
            self._records[kind] = is_record(base)
        return _static(base, name) if self._records[kind] else _NEW

    def _class_value(self, owner: type, name: str) -> Any:
        """What a class keeps under a name; it keeps the same for the whole walk."""
        kept = self._class_values[owner]
        if name not in kept:
            kept[name] = _static(owner, name)
        return kept[name]

    def _note(self, call: RunningCall, name: str, value: Any) -> None:
        """Note a value that is not the object seen before, where it has another value."""
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
        """The value's place in the table. A module's path is found in the end, so the module stands beside it."""
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
        """Modules seen for the first time have come to be in this step, or in one that it called."""
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
        """The steps and their folding, once the net is there and its parts have names."""
        return make_steps(self._rows, self._table, naming), fold_rows(self._rows, self._table)


def _static(value: Any, name: str) -> Any:
    try:
        return look_up(value, name)
    except Unreadable:
        return _NEW


def _variables(frame: FrameType) -> Mapping[str, Any]:
    """A copy, since Python 3.13 hands out a window on the frame; without the class that `super()` needs."""
    local = dict(frame.f_locals)
    local.pop("__class__", None)
    return local
