"""Conditions read from the syntax tree against Python's own `eval`; and nothing of the watched program is ever run."""

import ast
import builtins
import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.model.walk.conditions import ConditionEvaluator, is_quiet, parse_condition
from resnet_viz.model.walk.reading import Scope
from resnet_viz.records.steps import Condition

NAMES = ("stride", "planes", "flag", "nothing", "sizes", "word")


def judge(text: str, **local: Any) -> Condition:
    source = f"if {text}:\n    pass"
    parsed = parse_condition(ast.parse(source).body[0], source.split("\n"))
    assert parsed is not None
    return ConditionEvaluator().evaluate(parsed, Scope(local, globals(), vars(builtins)))


atoms = st.sampled_from(
    [
        *NAMES,
        *("0", "1", "2", "-1", "'basic'", "True", "None", "(1, 2)"),
        *("nothing is None", "word is not None"),
        *("sizes[0]", "len(sizes)", "isinstance(planes, int)", "isinstance(word, (str, float))"),
    ]
)
numbers = st.sampled_from(["stride", "planes", "flag", "0", "1", "2", "-1", "len(sizes)"])
sums = st.tuples(numbers, st.sampled_from(["+", "-", "*", "//", "%", "/"]), numbers).map(" ".join)
comparisons = st.tuples(
    atoms | sums, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]), atoms | sums
).map(" ".join)
conditions = st.recursive(
    comparisons | atoms,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
    ),
    max_leaves=5,
)
values = st.fixed_dictionaries(
    {
        "stride": st.integers(1, 2),
        "planes": st.sampled_from([0, 64, 256, 1.5]),
        "flag": st.booleans(),
        "nothing": st.none(),
        "sizes": st.lists(st.integers(0, 2), max_size=3),
        "word": st.sampled_from(["", "basic"]),
    }
)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(text=conditions, local=values)
def test_a_condition_is_worth_what_eval_says(text: str, local: dict[str, Any]) -> None:
    found = judge(text, **local)
    try:
        expected: bool | None = bool(eval(text, {}, dict(local)))
    except (TypeError, ArithmeticError, LookupError):
        return  # Such a line ends in an error, and has no answer.
    assert found.value is expected
    _check_parts(found, local)


def _check_parts(condition: Condition, local: dict[str, Any]) -> None:
    for part in condition.children:
        if part.is_looked_at:
            assert part.value is bool(eval(part.text, {}, dict(local))), part
            _check_parts(part, local)
        else:
            assert part.value is None


def test_what_is_skipped_is_told_with_its_values() -> None:
    found = judge("stride != 1 or planes != 4 * planes", stride=2, planes=64)
    assert found == Condition(
        "stride != 1 or planes != 4 * planes",
        "2 != 1 or 64 != 4 * 64",
        True,
        True,
        (Condition("stride != 1", "2 != 1", True), Condition("planes != 4 * planes", "64 != 4 * 64", None, False)),
    )
    both = judge("flag and (stride > 1 or planes)", flag=False, stride=2, planes=64)
    assert [(part.value, part.is_looked_at) for part in both.children] == [(False, True), (None, False)]
    assert not any(part.is_looked_at for part in both.children[1].children)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x is not None", "None is not None"),
        ("isinstance(kind, type)", "isinstance(int, type)"),
        ("len(sizes) != 3", "2 != 3"),
        ("unknown > 1", "unknown > 1"),
        ("sizes[1] == -2", "-2 == -2"),
        ("sizes == [1, -2]", "[1, -2] == [1, -2]"),
    ],
)
def test_values_stand_for_names(text: str, shown: str) -> None:
    assert judge(text, x=None, kind=int, sizes=[1, -2]).shown == shown


class Trap:
    """Notes whatever of it is run."""

    touched: list[str] = []  # noqa: RUF012

    def note(self, name: str) -> Any:
        Trap.touched.append(name)
        return True

    @property
    def width(self) -> int:
        return int(self.note("property"))

    def __getattr__(self, name: str) -> Any:
        return self.note(name)

    def __getattribute__(self, name: str) -> Any:
        if name in ("note", "touched"):
            return object.__getattribute__(self, name)
        Trap.touched.append(name)
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.note("eq"))

    def __hash__(self) -> int:
        return int(self.note("hash"))

    def __bool__(self) -> bool:
        return bool(self.note("bool"))

    def __len__(self) -> int:
        return int(self.note("len"))

    def __getitem__(self, key: object) -> Any:
        return self.note("item")

    def __contains__(self, key: object) -> bool:
        return bool(self.note("contains"))

    def __mul__(self, other: object) -> Any:
        return self.note("mul")

    def __iter__(self) -> Any:
        return self.note("iter")

    def __repr__(self) -> str:
        return str(self.note("repr"))

    def __call__(self) -> Any:
        return self.note("call")


@pytest.mark.parametrize(
    "text",
    [
        *("trap", "not trap", "trap == 1", "1 == trap", "trap.width", "trap.width > 1", "trap.other", "len(trap)"),
        *("trap[0]", "1 in trap", "trap in (1, 2)", "trap in [trap]", "trap * 2", "trap()", "bool(trap)", "int(trap)"),
        *("[trap] == [1]", "trap.note('x')", "isinstance(1, trap)", "any(trap)", "(lambda: trap())()", "f'{trap}'"),
        *("[x for x in trap]", "trap if trap else 1", "trap == trap", "{trap: 1}", "many == [trap]"),
    ],
)
def test_nothing_is_called(text: str) -> None:
    trap = Trap()
    Trap.touched.clear()
    found = judge(text, trap=trap, many=[trap])
    assert Trap.touched == []
    assert found.value is None
    assert found.text == text


def test_identity_is_asked_without_the_objects() -> None:
    one, other = Trap(), Trap()
    Trap.touched.clear()
    source = "if a is b:\n    pass"
    parsed = parse_condition(ast.parse(source).body[0], source.split("\n"))
    assert parsed is not None
    evaluator = ConditionEvaluator()
    answers = [evaluator.evaluate(parsed, Scope({"a": one, "b": b}, {}, {})).value for b in (one, other)]
    assert answers == [True, False]
    assert judge("isinstance(a, kind)", a=one, kind=Trap).value is True
    assert judge("a is None", a=one).value is False
    assert Trap.touched == []


def test_fields_are_read_where_they_lie() -> None:
    @dataclass(frozen=True, slots=True)
    class Plan:
        stride: int

    class Shelf:
        def __init__(self) -> None:
            self._modules = {"conv1": None}

        def __getattr__(self, name: str) -> Any:
            raise AssertionError

    assert judge("plan.stride != 1", plan=Plan(2)).shown == "2 != 1"
    assert judge("shelf.conv1 is None", shelf=Shelf()).value is True
    assert judge("shelf.conv2 is None", shelf=Shelf()).value is None


class Plain:
    """A class with a value, a function and an attribute of its objects."""

    expansion = 4
    unset: int

    def __init__(self) -> None:
        self.stride = 2

    def made(self) -> int:
        raise AssertionError


class Wider(Plain):
    """Has what the class above it has."""


@dataclass(slots=True)
class Slots:
    empty: int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain.stride != 1", True),
        ("plain.expansion == 4", True),
        ("wider.expansion == 4", True),
        ("wider.unset == 4", None),
        ("wider.made", None),
        ("wider", True),
        ("not wider", False),
        ("math.pi > 3", True),
        ("math.tau2 > 3", None),
        ("slots.empty == 1", None),
        ("isinstance(plain, int | plain_class)", True),
        ("isinstance(1, int | str) is True", True),
        ("2 in (1, 2)", True),
        ("3 not in sizes", True),
        ("[] in sizes", None),
        ("(stride or planes) == 2", True),
        ("(stride and planes) == 64", True),
        ("(plain or planes) == 64", None),
        ("(not stride) == False", True),
        ("+stride == 2", None),
        ("-word == 1", None),
    ],
)
def test_what_is_read_without_running_anything(text: str, value: bool | None) -> None:
    slots = Slots(1)
    del slots.empty
    local = {"plain": Plain(), "plain_class": Plain, "wider": Wider, "math": math, "slots": slots, "sizes": [1, 2]}
    assert judge(text, **local, stride=2, planes=64, word="x").value is value


def test_the_same_values_are_judged_once() -> None:
    source = "if stride != 1:\n    pass"
    parsed = parse_condition(ast.parse(source).body[0], source.split("\n"))
    assert parsed is not None
    evaluator = ConditionEvaluator()
    first, again, other = (evaluator.evaluate(parsed, Scope({"stride": n}, {}, {})) for n in (2, 2, 1))
    assert first is again
    assert (first.value, other.value) == (True, False)


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("y = 1 if x else 2", "x"),
        ("return f(a if b > 1 else c)", "b > 1"),
        ("y = 1 if x else 2 if z else 3", None),
        ("y = [1 if x else 2 for x in z]", None),
        ("y = 1", None),
        ("for x in (1 if y else 2,): pass", None),
        ("while x < 3: pass", "x < 3"),
        ("if x is None: pass", "x is None"),
    ],
)
def test_which_statements_have_a_condition(line: str, asked: str | None) -> None:
    parsed = parse_condition(ast.parse(line).body[0], [line])
    assert (parsed.part.text if parsed else None) == asked


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("if x is None: pass", True),
        ("if isinstance(x, int) and len(y): pass", True),
        ("if f(x): pass", False),
        ("if (x := 3): pass", False),
        ("while x.pop(): pass", False),
        ("x = 3", False),
    ],
)
def test_which_heads_change_nothing(line: str, expected: bool) -> None:
    assert is_quiet(ast.parse(line).body[0]) is expected
