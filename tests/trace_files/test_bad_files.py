"""Whatever is read ends in a Trace that every view can take, or in a sentence."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.errors import TraceError, TraceFileError
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files import schema
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.inspect.node import inspect_node
from resnet_viz.views.listing.summary import summarise, summary_csv, summary_json, summary_text
from resnet_viz.views.parts.detail import LEVELS
from tests.nets import HOSTILE, NETS, trace_of
from tests.trace_files.documents import document_of, failing, places, small, text_of, value_at

Change = Callable[[dict[str, Any]], object]


def refused(data: bytes) -> str:
    with pytest.raises(TraceFileError) as caught:
        read_trace(data)
    assert caught.value.__cause__ is None or str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe\x00",
        b"\x80\x04\x95\x00",
        b"PK\x03\x04" + bytes(100),
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        b'{"schema": "resnet_viz drawing", "version": 1}',
        b'{"schema": "resnet_viz code walk", "version": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"schema": NaN}',
        b"1" * 10_000,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_trace_file_is_told_as_such(data: bytes) -> None:
    told = refused(data)
    assert "This is no trace file" in told
    assert "resnet_viz trace" in told
    assert len(told) < 400


def test_a_checkpoint_is_no_trace_file(tmp_path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(2)}, tmp_path / "net.pt")
    assert "This is no trace file" in refused((tmp_path / "net.pt").read_bytes())


@pytest.mark.parametrize("version", [0, 2, 99, "1", None, True, 1.0])
def test_another_version_is_named(version: object) -> None:
    told = refused(text_of({**document_of(trace_of("resnet18")), "version": version}))
    assert f"“{version}”" in told
    assert "reads version 1" in told


@pytest.mark.parametrize("share", [0.0001, 0.3, 0.9, 0.9999])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_file_that_was_cut_is_refused(share: float, is_compressed: bool) -> None:
    data = write_trace(trace_of("resnet18"), is_compressed)
    refused(data[: int(len(data) * share)])


def test_a_compressed_file_is_not_unpacked_beyond_the_limit() -> None:
    packed = gzip.compress(bytes(schema.MOST_BYTES + 1))
    assert len(packed) < 100_000
    assert "64 MiB" in refused(packed)


def test_a_text_of_very_many_values_is_not_parsed() -> None:
    """Lists without entries, which would take a gigabyte of memory."""
    assert "10,000,000 values" in refused(b"[" + b"[]," * schema.MOST_VALUES + b"[]]")


def test_a_large_file_is_not_read_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.trace.json"
    with path.open("wb") as file:
        file.truncate(2**40)  # It has no blocks: a terabyte that takes no place.
    with pytest.raises(TraceFileError, match="64 MiB"):
        read_trace(path)


@pytest.mark.parametrize(("name", "table"), [("MOST_NODES", "nodes"), ("MOST_EDGES", "edges")])
def test_more_nodes_or_edges_than_can_be_drawn_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, table: str
) -> None:
    trace = trace_of("resnet18")
    n_rows = len(getattr(trace, table))
    monkeypatch.setattr(f"resnet_viz.trace_files.nodes.{name}", n_rows)
    assert read_trace(write_trace(trace)) == trace
    monkeypatch.setattr(f"resnet_viz.trace_files.nodes.{name}", n_rows - 1)
    told = refused(write_trace(trace))
    assert f"{n_rows:,} {table}" in told
    assert f"{n_rows - 1:,}" in told


@pytest.mark.parametrize("path", ["nowhere.trace.json", "", ".", "a\0b", 7, None])
def test_a_file_that_cannot_be_opened_is_told(path: Any) -> None:
    with pytest.raises(TraceFileError):
        read_trace(path)


def put(*place: Any, value: object) -> Change:
    """A change of one value of a document."""

    def change(document: dict[str, Any]) -> None:
        value_at(document, place[:-1])[place[-1]] = value

    return change


def nodes(column: str, node: int, value: object) -> Change:
    return put("nodes", column, node, value=value)


# The nodes of `NETS["one"]`: network, input, stem, conv1, …
BROKEN: dict[str, Change] = {
    "a parent of itself": nodes("parent", 3, 3),
    "a parent that comes later": nodes("parent", 2, 5),
    "a circle of parents": lambda document: [nodes("parent", 2, 6)(document), nodes("parent", 6, 2)(document)],
    "no parent": nodes("parent", 4, None),
    "two networks": lambda document: [nodes("kind", 2, "network")(document), nodes("parent", 2, None)(document)],
    "no network": nodes("kind", 0, "group"),
    "an op as parent": nodes("parent", 4, 3),
    "an unknown parent": nodes("parent", 4, 10_000),
    "a group without children": nodes("kind", 3, "group"),
    "an input of itself": nodes("inputs", 4, [4]),
    "an input that comes later": nodes("inputs", 4, [9]),
    "an input that is a group": nodes("inputs", 4, [2]),
    "an unknown input": nodes("inputs", 4, [10_000]),
    "a negative number": nodes("inputs", 4, [-1]),
    "no input": nodes("inputs", 4, []),
    "another input than its edge": nodes("inputs", 5, [3]),
    "an id twice": nodes("id", 4, "conv1"),
    "an empty id": nodes("id", 4, ""),
    "an id that is a number": nodes("id", 4, 4),
    "a half character": nodes("id", 4, "\ud800"),
    "a control character": nodes("id", 4, "a\x1b[31m"),
    "a very long id": nodes("id", 4, "x" * 10_001),
    "an order twice": nodes("order", 4, 0),
    "a negative size": put("tensors", 0, 0, 1, value=-3),
    "a size that is a fraction": put("tensors", 0, 0, 1, value=3.0),
    "a size that is true": put("tensors", 0, 0, 1, value=True),
    "a size beyond all": put("tensors", 0, 0, 1, value=10**30),
    "too many axes": put("tensors", 0, 0, value=[1] * 17),
    "not a number": put("totals", "n_params", value=float("nan")),
    "infinitely many": put("totals", "n_macs", value=float("inf")),
    "negative parameters": nodes("n_params", 3, -1),
    "other totals": put("totals", "n_params", value=1),
    "an unknown kind": nodes("kind", 4, "layer"),
    "an unknown mode": put("mode", value="test"),
    "an unknown role": put("edges", "role", 0, value="other"),
    "an edge too many": lambda document: [column.append(column[-1]) for column in document["edges"].values()],
    "an edge too few": lambda document: [column.pop() for column in document["edges"].values()],
    "a column too short": lambda document: document["nodes"]["kind"].pop(),
    "a column that is missing": lambda document: document["nodes"].pop("kind"),
    "a table that is missing": lambda document: document.pop("tensors"),
    "a table that is an object": put("tensors", value={}),
    "a stage twice": lambda document: document["stages"].append(document["stages"][0]),
    "a stage too few": lambda document: document["stages"].clear(),
    "a block of a stranger's ops": put("blocks", 0, 4, value=[3]),
    "a block that is a stage": lambda document: document["blocks"].append([2, *document["blocks"][0][1:]]),
    "a merge that is a group": put("merges", value=[0]),
    "a net that cannot be": put("net", value="block=basic&layers=0"),
    "a net that is no link": put("net", value="<script>alert(1)</script>"),
    "warnings that are no list": put("warnings", value="all fine"),
    "versions that are numbers": put("versions", "torch", value=2),
    "a kernel that is a word": put("attrs", value=[{"kernel": "three"}] * 50),
    "an argument of no kind": put("attrs", 0, value={"x": {"set": [1]}}),
    "an argument with lists in lists": put("attrs", 0, value={"x": [[[[[[[[[[[1]]]]]]]]]]]}),
    "a list as a key": put("attrs", 0, value={"x": {"dict": [[{"list": []}, 1]]}}),
}  # fmt: skip
FAILED: dict[str, Change] = {
    "a failure at no node": put("failed", "node", value=10_000),
    "a failure at a group": put("failed", "node", value=0),
    "a failure at another op": put("failed", "node", value=3),
    "a failure after an op without output": put("failed", "is_after", value=True),
    "a failure without a message": put("failed", "message", value=None),
    "a negative size that was got": put("failed", "got", value=[-1]),
    "a size that is needed and a word": put("failed", "needs", value=["any"]),
    "no failure, and an op without output": put("failed", value=None),
}


@pytest.mark.parametrize("change", FAILED.values(), ids=FAILED)
def test_a_broken_failure_is_refused(change: Change) -> None:
    trace = failing()
    document = document_of(trace)
    assert read_trace(text_of(document)) == trace
    change(document)
    refused(text_of(document))


def test_the_net_that_is_broken_is_as_it_is_told() -> None:
    document = document_of(trace_of(NETS["one"]))
    assert document["nodes"]["id"][:4] == ["network", "input", "stem", "conv1"]


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_broken_record_is_refused_and_the_place_told(change: Change) -> None:
    document = document_of(trace_of(NETS["one"]))
    assert read_trace(text_of(document)) == trace_of(NETS["one"])
    change(document)
    told = refused(text_of(document))
    assert len(told) < 700


def test_an_error_says_what_was_got_what_is_allowed_and_what_to_do() -> None:
    document = document_of(trace_of(NETS["one"]))
    nodes("n_params", 3, -5)(document)
    assert refused(text_of(document)) == (
        "This trace file is damaged: nodes.n_params has “-5” where a whole number of 0 or more must stand. "
        "Write it anew from its net."
    )


def test_groups_in_groups_without_end_are_refused() -> None:
    """A chain of groups between the network and its op, each as deep as Python's stack would not go."""
    document = document_of(small()[2])
    deep = chained(document, 3_000)
    assert "64 groups in one another" in refused(text_of(deep))
    fine = read_trace(text_of(chained(document, 60)))
    views_of(fine)


def chained(document: dict[str, Any], n: int) -> dict[str, Any]:
    """A document with n groups around its last node, each in the one before."""
    chained = deepcopy(document)
    columns = chained["nodes"]
    op = len(columns["id"]) - 1
    group = columns["parent"][op] or 0
    for column in columns.values():
        column[op:op] = [deepcopy(column[group])] * n
    for at in range(op, op + n):
        columns["id"][at], columns["kind"][at] = f"group {at}", "group"
        columns["parent"][at] = at - 1 if at > op else group
    columns["parent"][op + n] = op + n - 1
    chained["edges"]["dst"] = [op + n] * len(chained["edges"]["dst"])
    return chained


def views_of(trace: Trace) -> None:
    """Drawn and listed, at every level."""
    for level in LEVELS:
        draw_graph(trace, level)
        rows = summarise(trace, level)
        summary_text(trace, rows), summary_csv(rows), summary_json(trace, rows)
    for node in trace.nodes.values():
        inspect_node(trace, node)


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.sampled_from([2**63 - 1, 2**63, -(2**70), 1e300, float("nan"), float("inf"), -1.5]),
    st.sampled_from(
        [*HOSTILE, "network", "op", "stage", "group", "input", "conv2d", "add", "\ud800", "\0", "<script>"]
    ),
    st.sampled_from([[], {}, [[]], [0], [1, 2], ["a"], {"dict": []}, {"float": "inf"}]),
)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """A good file with some changes at places of any kind: values put there, left out, doubled, or swapped."""
    document = deepcopy(draw(st.sampled_from(documents())))
    for _round in range(draw(st.integers(1, 3))):
        # First where, then what there: else most changes would be in the longest column.
        place = [draw(st.sampled_from(sorted(document)))]
        while isinstance(inner := value_at(document, tuple(place)), (dict, list)) and inner and draw(st.integers(0, 7)):
            keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
            place.append(draw(st.sampled_from(keys)))
        _mutate(draw, value_at(document, tuple(place[:-1])), place[-1])
    return text_of(document)


def _mutate(draw: st.DrawFn, holder: Any, key: Any) -> None:
    way = draw(st.sampled_from(["put", "near", "drop", "double", "swap"]))
    if way == "drop":
        del holder[key]
    elif way == "double" and isinstance(holder, list):
        holder.insert(key, deepcopy(holder[key]))
    elif way == "swap" and isinstance(holder, list):
        other = draw(st.integers(0, len(holder) - 1))
        holder[key], holder[other] = holder[other], holder[key]
    elif way == "near" and isinstance(holder[key], int):
        holder[key] += draw(st.sampled_from([-1, 1, 2]))
    else:
        holder[key] = deepcopy(draw(ANY))


def documents() -> list[dict[str, Any]]:
    return [
        document_of(trace) for trace in (*small(), trace_of(NETS["one"]), trace_of(NETS["se"]), trace_of(NETS["C"]))
    ]


# Few, for each that is a Trace still is drawn and listed: which they are, is another each time.
@settings(deadline=None, max_examples=12)
@given(mutants())
def test_a_changed_file_is_refused_or_can_be_seen(data: bytes) -> None:
    try:
        trace = read_trace(data)
    except TraceError:
        return
    views_of(trace)
    assert read_trace(write_trace(trace)) == trace


def test_some_changes_are_none_that_a_reader_must_refuse() -> None:
    """So that the test above does look at pictures: a changed name, a count that is in no sum."""
    document = document_of(trace_of(NETS["one"]))
    document["name"] = "mine"
    nodes("act_bytes", 3, 7)(document)
    trace = read_trace(text_of(document))
    assert (trace.name, trace.nodes["conv1"].act_bytes) == ("mine", 7)
    views_of(trace)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32), st.integers(0, 255), st.booleans())
def test_a_byte_that_was_changed_raises_nothing_else(at: int, byte: int, is_compressed: bool) -> None:
    data = bytearray(write_trace(trace_of(NETS["one"]), is_compressed))
    data[at % len(data)] = byte
    try:
        read_trace(bytes(data))
    except TraceFileError:
        return


def test_every_place_of_a_file_is_reached_by_the_mutants() -> None:
    """Each value of a small file, replaced by an object, which may stand nowhere but among arguments and versions."""
    document = document_of(small()[2])
    for place in places(document):
        if place and place[0] not in ("attrs", "versions"):
            changed = deepcopy(document)
            value_at(changed, place[:-1])[place[-1]] = {"a": 1}
            refused(json.dumps(changed).encode())
