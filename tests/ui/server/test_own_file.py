"""A server that was started with a Trace file begins with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_viz.trace_files.naming import net_of_file
from resnet_viz.ui.cache import trace_files
from resnet_viz.ui.server.flags import TRACE, take_flags
from tests.nets import trace_of
from tests.pages import open_page, query


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "own.trace.json"
    trace_of("cifar20").save(path)
    monkeypatch.setenv(TRACE, str(path))
    trace_files._own.cache_clear()
    yield path
    trace_files._own.cache_clear()


def test_the_file_is_shown_where_an_address_names_nothing(own: Path) -> None:
    page = open_page()
    assert page.title[0].value == trace_of("cifar20").name
    assert query(page) == net_of_file(own.read_bytes()).to_pairs()
    assert open_page("net=resnet34").title[0].value == "ResNet-34"


def test_a_file_that_is_none_ends_the_start_in_a_sentence(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take_flags(["--trace", str(own), "--server.port", "1"]) == ["--server.port", "1"]
    own.write_text("{}")
    for path in (own, own.parent / "nowhere.trace.json"):
        with pytest.raises(SystemExit):
            take_flags(["--trace", str(path)])
    told = capsys.readouterr().err.splitlines()
    assert [len(line) > 30 for line in told] == [True, True]
