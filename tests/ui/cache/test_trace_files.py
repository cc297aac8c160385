"""Trace files are kept by their content, and the oldest go first."""

from pathlib import Path

import pytest

from resnet_viz.errors import TraceFileError
from resnet_viz.trace_files.naming import net_of_file
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.cache import trace_files
from resnet_viz.ui.cache.nets import get_trace, name_of
from resnet_viz.ui.cache.trace_files import find_trace, keep_trace
from resnet_viz.ui.server.flags import TRACE
from tests.nets import trace_of


@pytest.fixture(autouse=True)
def _no_files() -> None:
    trace_files._kept.clear()
    trace_files._own.cache_clear()


def test_a_file_is_found_by_its_content() -> None:
    net = keep_trace(write_trace(trace_of("resnet18")))
    assert find_trace(net) == get_trace(net) == trace_of("resnet18")
    assert name_of(net) == "ResNet-18"
    assert keep_trace(write_trace(trace_of("resnet18"))) == net
    assert keep_trace(write_trace(trace_of("resnet34"))) != net


def test_a_file_that_is_not_here_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_files, "_kept", type(trace_files._kept)(200, getsizeof=lambda trace: len(trace.nodes)))
    first, second = (keep_trace(write_trace(trace_of(name))) for name in ("resnet18", "resnet34"))
    assert find_trace(second).name == "ResNet-34"
    with pytest.raises(TraceFileError, match="open it again"):
        find_trace(first)
    assert name_of(first) == "A Trace file"


def test_what_is_no_trace_is_refused_and_not_kept() -> None:
    with pytest.raises(TraceFileError):
        keep_trace(b"{}")
    assert not trace_files._kept


def test_the_servers_own_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.trace.json"
    path.write_bytes(write_trace(trace_of("resnet18")))
    monkeypatch.setenv(TRACE, str(path))
    assert find_trace(net_of_file(path.read_bytes())) == trace_of("resnet18")
