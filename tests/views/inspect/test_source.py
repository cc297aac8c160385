"""Source lines of a Trace that was read are shown where they are those that it was made of, and only there."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torchvision

from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from resnet_viz.views.inspect.node import inspect_node
from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.source import made_by
from tests.nets import SHAPE, conv, in_stage, trace_of
from tests.places import ROOT


def lines(trace: Trace, node: str) -> tuple[SourceLines, ...]:
    return inspect_node(trace, trace.nodes[node]).source


def made(trace: Trace) -> list[tuple[SourceLines, ...]]:
    return [made_by(trace, cell) for cell in structure_table([trace]).cells]


def read_again(trace: Trace) -> Trace:
    return read_trace(write_trace(trace))


def elsewhere(trace: Trace, version: str) -> Trace:
    """A Trace made with another torchvision."""
    return read_again(replace(trace, versions={**trace.versions, "torchvision": version}))


def test_a_trace_made_here_has_its_lines_after_it_was_a_file() -> None:
    trace = trace_of("resnet18")
    assert lines(trace, "layer2.0.conv1")[0].code == "out = self.conv1(x)"
    assert lines(read_again(trace), "layer2.0.conv1") == lines(trace, "layer2.0.conv1")
    assert any(made(trace))
    assert made(read_again(trace)) == made(trace)


def test_another_build_of_one_version_has_the_same_lines() -> None:
    trace = trace_of("resnet18")
    version = f"{torchvision.__version__.partition('+')[0]}+rocm9"
    assert lines(elsewhere(trace, version), "conv1") == lines(trace, "conv1")


def test_of_another_version_place_and_function_are_told() -> None:
    trace = trace_of("resnet18")
    other = elsewhere(trace, "0.1.0")
    assert lines(other, "conv1") == tuple(replace(line, code="") for line in lines(trace, "conv1"))
    assert lines(other, "conv1")[0].place == "torchvision/models/resnet.py"
    assert not any(made(other))


def test_a_module_need_not_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = trace_of("resnet18")
    told = lines(trace, "layer4.1.conv2")
    monkeypatch.delitem(sys.modules, "torchvision.models.resnet")
    assert lines(trace, "layer4.1.conv2") == told
    assert told[0].code


def test_of_a_file_without_a_version_lines_are_shown_only_where_it_was_traced() -> None:
    trace = trace_model(in_stage(conv()), SHAPE)
    assert "tests" not in trace.versions
    own = lines(trace, "conv1")
    assert own[0].place == "tests/nets.py"
    assert "net.conv1(x)" in own[0].code
    assert [line.code for line in lines(read_again(trace), "conv1")] == [""] * len(own)


def test_the_versions_are_those_of_the_packages_that_ran() -> None:
    trace = trace_model(timm.create_model("resnet18").eval(), (1, 3, 64, 64))
    assert trace.versions["timm"] == timm.__version__
    assert "timm" not in trace_of("resnet18").versions
    assert lines(read_again(trace), "conv1") == lines(trace, "conv1")
    assert lines(trace, "conv1")[0].place == "timm/models/resnet.py"


@pytest.mark.parametrize("net", ["resnet18", "net=resnet18&pre_activation=1"])
def test_no_folder_of_this_machine_stands_in_a_trace(net: str) -> None:
    trace = trace_of(net)
    files = {ref.file for op in trace.ops for ref in op.source}
    assert files
    assert all(file.count("/") and not file.startswith("/") for file in files)
    text = write_trace(trace).decode()
    assert not [folder for folder in (str(ROOT), str(Path.home()), sys.prefix, "site-packages") if folder in text]
