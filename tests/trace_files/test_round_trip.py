"""A Trace that was a file is the same Trace, of whatever net; and the file is as its schema says."""

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.errors import ResnetVizError, TraceFileError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import save_trace, write_trace
from tests.nets import HOSTILE, NETS, SHAPE, VARIANTS, Net, conv, hostile_trace, specs, trace_of
from tests.places import ROOT
from tests.trace_files.documents import comes_back, document_of, small


@pytest.mark.parametrize("net", PRESETS)
def test_a_preset_comes_back(net: str) -> None:
    assert comes_back(trace_of(net))


@pytest.mark.parametrize("net", [*NETS.values(), *VARIANTS.values()], ids=[*NETS, *VARIANTS])
def test_a_variant_comes_back(net: ResNetSpec) -> None:
    assert comes_back(trace_of(net))


@settings(deadline=None, max_examples=25)
@given(specs())
def test_any_spec_comes_back(spec: ResNetSpec) -> None:
    assert comes_back(trace_of(spec))


@pytest.mark.parametrize("trace", small(), ids=lambda trace: trace.name)
def test_other_nets_come_back(trace: Trace) -> None:
    assert comes_back(trace)


def test_the_small_nets_have_what_a_file_must_keep() -> None:
    assert any(trace.warnings and trace.n_macs is not None and trace.macs_at_least for trace in small())
    assert any(trace.merges for trace in small())
    assert any(op.n_macs is None for trace in small() for op in trace.ops)
    assert any(trace.origin == "run" for trace in small())
    assert any(trace.failed and trace.failed.needs for trace in small())


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_somebody_else_chose_come_back(name: str) -> None:
    trace = hostile_trace(name)
    assert any(name in node_id for node_id in read_trace(write_trace(trace)).nodes)
    assert comes_back(trace)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text('ab×"\\</\n', max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text("ab", max_size=2) | st.integers(0, 9), inner, max_size=2)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(["alpha", "size", "mode", "float", "list"]), VALUES))
def test_arguments_of_any_kind_keep_their_types(attrs: dict[str, Any]) -> None:
    trace = with_attrs(attrs)
    read = read_trace(write_trace(trace))
    assert read == trace
    assert repr(read.nodes["conv1"].attrs) == repr(attrs)


def test_what_is_equal_and_of_another_type_stays_apart() -> None:
    attrs = {"a": 1, "b": True, "c": 1.0, "d": inf, "e": -inf, "f": (1,), "g": [1], "h": None, "i": ()}
    assert repr(read_trace(write_trace(with_attrs(attrs))).nodes["conv1"].attrs) == repr(attrs)


DEEP = json.loads("[" * 10 + "]" * 10)
REFUSED = [object(), {1}, b"x", 1j, slice(1), 2**63, "a\x07", "\ud800", "x" * 10_001, DEEP]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: ascii(value)[:20])
def test_an_argument_that_is_no_plain_value_is_refused(value: object) -> None:
    with pytest.raises(TraceFileError, match="no trace file holds"):
        write_trace(with_attrs({"odd": value}))


@pytest.mark.parametrize("name", ["a\x07b", "\ud800", "x" * 10_001])
def test_what_could_not_be_read_is_not_written(name: str) -> None:
    with pytest.raises(TraceFileError, match="without control characters"):
        write_trace(replace(trace_of("resnet18"), name=name))


def test_numbers_of_numpy_are_written_as_python_s() -> None:
    trace = with_attrs({"a": np.int64(3), "b": np.float32(0.5), "c": (np.int8(1),)})
    assert read_trace(write_trace(trace)) == trace


def test_what_a_net_passes_in_an_odd_way_comes_back() -> None:
    """A flag that is a number, and a start that is one of numpy's."""

    def forward(net: Any, x: Any) -> Any:
        return F.relu(net.conv1(x), inplace=1).flatten(np.int64(1))  # type: ignore[arg-type]

    assert comes_back(trace_model(Net(forward, conv1=conv(3, padding_mode="reflect")), SHAPE))


def test_equal_traces_are_equal_files() -> None:
    trace = trace_of("resnet18")
    for is_compressed in (False, True):
        assert write_trace(trace, is_compressed) == write_trace(read_trace(write_trace(trace)), is_compressed)


def test_a_compressed_file_is_the_same_text() -> None:
    trace = trace_of("resnet50")
    assert gzip.decompress(write_trace(trace, is_compressed=True)) == write_trace(trace)
    assert read_trace(write_trace(trace, is_compressed=True)) == trace


def test_the_largest_preset_is_small() -> None:
    assert len(write_trace(trace_of("resnet152"), is_compressed=True)) <= 60_000


def test_every_figure_stands_in_the_file() -> None:
    """Read without our reader."""
    trace = trace_of("resnet50")
    document = document_of(trace)
    nodes = document["nodes"]
    conv = nodes["id"].index("layer3.5.conv2")
    assert nodes["n_params"][conv] == 256 * 256 * 9
    assert nodes["n_macs"][conv] == 256 * 256 * 9 * 14 * 14
    assert document["attrs"][nodes["attrs"][conv]]["kernel"] == [3, 3]
    assert document["tensors"][nodes["outputs"][conv][0]] == [[1, 256, 14, 14], "float32", 256 * 14 * 14 * 4]
    assert document["totals"]["n_params"] == 25_557_032
    assert document["net"] == "net=resnet50"


@pytest.mark.parametrize("name", ["mine.trace.json", "mine.trace.json.gz"])
def test_a_trace_saves_itself(tmp_path: Path, name: str) -> None:
    trace, path = trace_of("resnet18"), tmp_path / name
    trace.save(path)
    trace.save(str(path))
    assert path.read_bytes() == write_trace(trace, name.endswith(".gz"))
    assert read_trace(path) == read_trace(str(path)) == trace
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.trace.json"
    save_trace(trace_of("resnet18"), path)
    before = path.read_bytes()

    def fill_disk(self: Path, data: bytes) -> None:
        with open(self, "wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill_disk)
    with pytest.raises(OSError, match="No space"):
        save_trace(trace_of("resnet34"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["nowhere/x.trace.json", ""])
def test_a_place_where_no_file_can_stand_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ResnetVizError, match="folder"):
        trace_of("resnet18").save(tmp_path / name)


def test_a_file_is_read_without_torch(tmp_path: Path) -> None:
    path = tmp_path / "mine.trace.json"
    trace_of("resnet18").save(path)
    code = (
        "import sys; from resnet_viz import read_trace, write_trace, draw_graph; trace = read_trace(sys.argv[1]); "
        "draw_graph(trace); trace.save(sys.argv[1]); print('torch' in sys.modules, len(trace.ops))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stdout.split() == ["False", str(len(trace_of("resnet18").ops))], done.stderr


def test_a_read_trace_is_told_from_one_made_here() -> None:
    trace = trace_of("resnet18")
    assert (trace.is_read, read_trace(write_trace(trace)).is_read) == (False, True)


def with_attrs(attrs: dict[str, Any]) -> Trace:
    """A Trace whose first convolution has these arguments."""
    trace = trace_of("resnet18")
    return replace(trace, nodes={**trace.nodes, "conv1": replace(trace.nodes["conv1"], attrs=attrs)})
