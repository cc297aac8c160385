"""Trace files as documents: made of nets of all kinds, checked against the published schema, changed and put back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files import write as writing
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from tests.nets import SHAPE, Net, Pair, conv, in_stage, trace_two_stages
from tests.places import ROOT

SCHEMA = json.loads((ROOT / "docs" / "schema" / "trace-1.schema.json").read_text(encoding="utf-8"))
Place = tuple[str | int, ...]


@cache
def _validator() -> Any:
    jsonschema_rs.meta.validate(SCHEMA)
    return jsonschema_rs.Draft202012Validator(SCHEMA)


def document_of(trace: Trace) -> dict[str, Any]:
    """What is written of a Trace, valid by the published schema."""
    document: dict[str, Any] = json.loads(write_trace(trace))
    _validator().validate(document)
    return document


@contextmanager
def all_validated() -> Iterator[None]:
    """In this context each trace file that is written must be valid by the published schema."""
    write, seen = writing._document, set[str]()

    def checked(trace: Trace) -> dict[str, Any]:
        document = write(trace)
        text = json.dumps(document)
        if text not in seen:
            _validator().validate(json.loads(text))
            seen.add(text)
        return document

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "_document", checked)
        yield


def text_of(document: object) -> bytes:
    """A document as a file, also one that is no valid JSON, with NaN in it."""
    return json.dumps(document).encode()


def comes_back(trace: Trace) -> bool:
    """Whether a Trace is the same after it was a file, in values and in their types."""
    document_of(trace)
    read = read_trace(write_trace(trace))
    return read == trace and typed(read) == typed(trace)


def typed(trace: Trace) -> list[str]:
    """The ops' arguments with their types, in which 1 is not True and a list no tuple."""
    return [repr(sorted(node.attrs.items(), key=str)) for node in trace.nodes.values()]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Each place in a document, from the whole down to single values."""
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*at, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(each, (*at, index))


def value_at(document: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        document = document[step]
    return document


def warned() -> Trace:
    """Of a net with an op whose multiply-adds are not known, which looks at values, and has a warning of both."""

    def forward(net: Any, x: Tensor) -> Tensor:
        x = net.conv1(x)
        x = torch.linalg.svdvals(x) if x.sum() > -1e9 else x
        return F.relu(x)

    return trace_model(Net(forward, conv1=conv(3)), SHAPE)


def merging() -> Trace:
    """Of a pyramid, whose sum of an up-sampled map is a merge."""

    def forward(net: Any, x: Tensor) -> Any:
        fine = net.layer1(net.conv1(x))
        coarse = net.layer2(fine)
        return net.lateral(fine) + F.interpolate(coarse, scale_factor=2)

    layer1, layer2 = nn.Sequential(Pair(8, 8)), nn.Sequential(Pair(8, 16))
    return trace_model(Net(forward, conv1=conv(3), layer1=layer1, layer2=layer2, lateral=conv(8, 16)), SHAPE)


def failing() -> Trace:
    """Of a pass that ended with a sum that does not fit, in the second block of two."""
    blocks = [Net(lambda net, x: net.a(x) + x, a=conv()), Net(lambda net, x: net.a(x) + x, a=conv(stride=2))]
    try:
        trace_model(in_stage(*blocks), SHAPE)
    except TraceError as error:
        trace: Trace = error.partial
        return trace
    raise AssertionError


@cache
def small() -> tuple[Trace, ...]:
    """Small nets of all kinds: plain, residual, one layer, several inputs and outputs, warnings, merges, an error."""
    two = Net(lambda net, x, y: net.conv1(x) + y, conv1=conv(3))
    split = Net(lambda net, x: torch.cat(net.conv1(x).split(4, 1)[::-1], 1), conv1=conv(3))
    shared = conv(8)
    return (
        trace_two_stages(is_residual=True),
        trace_two_stages(is_residual=False),
        trace_model(conv(3), SHAPE),
        trace_model(two, [SHAPE, (1, 8, 16, 16)]),
        trace_model(split, SHAPE),
        trace_model(in_stage(shared, shared, nn.ReLU()), SHAPE),
        warned(),
        merging(),
        failing(),
    )
