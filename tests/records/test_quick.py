"""Records that are made quickly are what they were: frozen, equal, and of the same arguments."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from resnet_viz.records.quick import quick
from resnet_viz.records.trace import Block, Node
from tests.nets import BASIC, trace_of


@quick
@dataclass(frozen=True, slots=True)
class _Record:
    first: int
    second: str = "two"
    third: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Longer(_Record):
    fourth: int = 4


@quick
@dataclass(frozen=True, slots=True)
class _QuickToo(_Record):
    kind: str = "a field's name"


@quick
@dataclass(frozen=True, slots=True)
class _Failing:
    first: int
    second: list[int] = field(default_factory=lambda: [1 // 0])


def test_a_record_has_what_it_was_given() -> None:
    record = _Record(1, third=[3])
    assert type(record) is _Record
    assert (record.first, record.second, record.third) == (1, "two", [3])
    assert record == _Record(first=1, second="two", third=[3]) != _Record(2, "two", [3])
    assert _Record(1).third is not _Record(1).third
    assert repr(record).endswith("_Record(first=1, second='two', third=[3])")


def test_a_record_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        _Record(1).first = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del _Record(1).first


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"_Record\.__init__\(\) missing 1 required positional argument: 'first'"):
        _Record()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        _Record(1, other=2)  # type: ignore[call-arg]


def test_a_record_that_could_not_be_made_is_of_its_own_class() -> None:
    record = object.__new__(_Failing)
    with pytest.raises(ZeroDivisionError):
        record.__init__(1)  # type: ignore[misc]
    assert type(record) is _Failing


def test_a_class_made_of_it_has_its_own_fields_too() -> None:
    longer = _Longer(1, fourth=5)
    assert type(longer) is _Longer
    assert (longer.first, longer.second, longer.third, longer.fourth) == (1, "two", [], 5)


def test_such_a_class_is_quick_itself_and_frozen() -> None:
    record = _QuickToo(1, kind="other")
    assert type(record) is _QuickToo
    assert (record.first, record.second, record.third, record.kind) == (1, "two", [], "other")
    assert record == replace(record) != replace(record, first=2)
    for name in ("first", "kind"):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, 2)


def test_nodes_are_copied_changed_and_pickled() -> None:
    nodes = [*trace_of(BASIC).nodes.values()]
    assert {Node, Block} <= {*map(type, nodes)}
    for node in nodes:
        assert pickle.loads(pickle.dumps(node)) == copy.copy(node) == replace(node) == node
        assert replace(node, order=99) != node
    assert [*inspect.signature(Node).parameters] == [each.name for each in fields(Node)]
