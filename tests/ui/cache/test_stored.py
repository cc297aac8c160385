"""Records that outlive the process: what is found again is what was made, and what does not read is made again."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import NoReturn

import platformdirs
import pytest

from resnet_viz.errors import TraceError
from resnet_viz.i18n import SOURCE_LANGUAGE, use_language
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.spec.shown import FileNet
from resnet_viz.store.folder import KINDS, Kind, Store
from resnet_viz.store.versions import make_key
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.cache import stored
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.cache.nets import get_drawing, get_trace
from resnet_viz.ui.cache.stored import drawing_subject, stored_drawing, stored_trace, stored_walk
from resnet_viz.ui.cache.trace_files import keep_trace
from resnet_viz.ui.cache.walks import get_walk_payload
from resnet_viz.ui.server.flags import CACHE, take_flags
from resnet_viz.views.inspect.source import has_same_source
from resnet_viz.views.parts.detail import Detail
from tests.nets import trace_of
from tests.places import ROOT

SPEC = ResNetSpec("basic", (1, 2, 1, 1), num_classes=7)
OPEN = Detail("folded", (("layer2", "op"),))


def forget() -> None:
    """As in a new process."""
    stored.wait_kept()
    RECORDS.clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where records are kept during a test."""
    monkeypatch.setenv(CACHE, str(tmp_path / "kept"))
    monkeypatch.setattr(stored, "find_shipped", lambda *_asked: None)
    forget()
    yield tmp_path / "kept"
    forget()
    use_language(SOURCE_LANGUAGE)


def count(folder: Path) -> dict[str, int]:
    stored.wait_kept()
    return {kind: len(list((folder / kind).glob("*"))) for kind in KINDS}


def never() -> NoReturn:
    raise AssertionError("made again")


def test_a_trace_is_kept_and_found_again(folder: Path) -> None:
    made = get_trace(SPEC)
    forget()
    found = stored_trace(SPEC, never)
    assert found == made
    assert found is not made
    assert not found.is_read  # as if made here: its sources are those that lie here
    assert {has_same_source(found, ref.file) for op in found.ops for ref in op.source} == {True}
    assert count(folder) == {"trace": 1, "drawing": 0, "walk": 0}


def test_a_drawing_is_kept_by_detail_form_and_language(folder: Path) -> None:
    asked = list(product((Detail(), OPEN), ("strip", "tall"), ("en", "zh_CN")))
    made = [get_drawing(SPEC, *each) for each in asked]
    forget()
    assert [stored_drawing(SPEC, *each, never) for each in asked] == made
    assert len({drawing.payload for drawing in made}) == len(asked)
    assert count(folder)["drawing"] == len(asked)
    with pytest.raises(AssertionError, match="made again"):
        stored_drawing(replace(SPEC, num_classes=8), *asked[0], never)


def test_walks_are_kept_by_language(folder: Path) -> None:
    made = get_walk_payload(SPEC, "en")
    forget()
    assert stored_walk(SPEC, "en", never) == made
    with pytest.raises(AssertionError, match="made again"):
        stored_walk(SPEC, "zh_CN", never)


def test_a_named_net_is_kept_with_its_librarys_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = NamedNet("timm", "resnet10t")
    made = get_trace(net)
    forget()
    assert stored_trace(net, never) == made
    monkeypatch.setattr(
        stored, "make_key", lambda kind, subject, libraries: make_key(kind, subject, [*libraries, "numpy"])
    )
    with pytest.raises(AssertionError, match="made again"):
        stored_trace(net, never)
    stored.wait_kept()
    (file,) = (folder / "trace").iterdir()
    assert f'"timm": "{version("timm")}"'.encode() in file.read_bytes()


BAD: dict[str, bytes] = {
    "empty": b"",
    "text": b"no record",
    "other JSON": gzip.compress(b'{"a": 1}'),
    "a list": gzip.compress(b"[]"),
    "cut": gzip.compress(b"{}" * 100)[:-3],
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_what_does_not_read_is_made_again_and_replaced(folder: Path, data: bytes) -> None:
    """Though the entry itself is whole, as one of a process that is not ours might be."""
    subjects: dict[Kind, dict[str, str]] = {
        "trace": {},
        "drawing": drawing_subject(Detail(), "strip", "en"),
        "walk": {"language": "en"},
    }
    store = Store(folder)
    for kind, subject in subjects.items():
        store.keep(kind, make_key(kind, {"net": SPEC.to_query(), **subject}) or "", data)
    assert set(count(folder).values()) == {1}
    trace, drawing = get_trace(SPEC), get_drawing(SPEC, Detail(), "strip", "en")
    walk = get_walk_payload(SPEC, "en")
    assert json.loads(gzip.decompress(walk))["net"] == SPEC.to_query()
    assert set(count(folder).values()) == {1}
    assert stored_trace(SPEC, never) == trace
    assert stored_drawing(SPEC, Detail(), "strip", "en", never) == drawing
    assert stored_walk(SPEC, "en", never) == walk


def test_what_fails_is_not_kept(folder: Path) -> None:
    def fail() -> NoReturn:
        raise TraceError("no")

    with pytest.raises(TraceError, match="no"):
        stored_trace(SPEC, fail)
    assert not folder.exists()


def test_warnings_and_what_no_file_holds_are_made_each_time(folder: Path) -> None:
    trace = trace_of(SPEC)
    for odd in (replace(trace, warnings=("In English.",)), replace(trace, name="\x00")):
        assert stored_trace(SPEC, lambda odd=odd: odd) is odd  # type: ignore[misc]
    assert not folder.exists()


def test_of_a_readers_own_file_nothing_is_kept(folder: Path) -> None:
    net = keep_trace(write_trace(trace_of(SPEC)))
    assert isinstance(net, FileNet)
    assert get_drawing(net, Detail(), "strip", "en").svg
    assert not folder.exists()


@pytest.mark.parametrize("setting", ["", "off", "OFF", " off "])
def test_it_can_be_switched_off(folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(CACHE, setting)
    monkeypatch.setattr(stored, "find_shipped", never)
    monkeypatch.setattr(Store, "find", never)
    monkeypatch.setattr(Store, "keep", never)
    made = get_trace(SPEC)
    assert stored_trace(SPEC, lambda: made) is made


def test_where_nothing_can_be_kept_everything_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE, str(tmp_path / "file"))
    drawing = get_drawing(SPEC, Detail(), "strip", "en")
    forget()
    assert get_drawing(SPEC, Detail(), "strip", "en").svg == drawing.svg


def _no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize("usual", [_no_home, lambda: Path("~/.cache/resnet_viz")], ids=["none", "unknown"])
def test_without_a_home_everything_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, usual: Callable[[], Path]
) -> None:
    monkeypatch.delenv(CACHE)
    monkeypatch.setattr(stored, "_usual_folder", usual)
    monkeypatch.chdir(tmp_path)
    stored._store_at.cache_clear()
    assert get_trace(SPEC).spec == SPEC
    stored._store_at.cache_clear()
    assert list(tmp_path.iterdir()) == []


def test_by_default_records_lie_in_the_users_cache_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(CACHE)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name, appauthor: tmp_path / "home" / name)
    stored._store_at.cache_clear()
    get_trace(SPEC)
    stored._store_at.cache_clear()
    assert count(tmp_path / "home" / "resnet_viz")["trace"] == 1


def test_no_record_is_kept_of_sources_that_change_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> Trace:
        monkeypatch.setattr(stored, "sources_digest", lambda: None)
        return trace_of(SPEC)

    stored_trace(SPEC, make)
    assert not folder.exists()
    monkeypatch.setattr(stored, "make_key", lambda *_asked: None)
    assert stored_trace(SPEC, lambda: trace_of(SPEC)) is trace_of(SPEC)
    assert not folder.exists()


def test_the_tests_themselves_use_no_folder() -> None:
    assert os.environ[CACHE] == "off"


def test_the_flag_names_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(CACHE, "off")  # to be put back
    assert take_flags(["--cache", "there", "--server.port", "1"]) == ["--server.port", "1"]
    assert os.environ[CACHE] == str(tmp_path / "there")
    for off in ("off", ""):
        take_flags([f"--cache={off}"])
        assert os.environ[CACHE] == off


_LATER = """
import json, sys
sys.modules.update(dict.fromkeys(("torch", "torchvision", "pygraphviz")))
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets, stored, walks
from resnet_viz.views.parts.detail import Detail
from resnet_viz.workers.failures import EngineFailed
stored.find_shipped = lambda *_asked: None
spec = PRESETS["resnet34"]
print(len(nets.get_trace(spec).nodes), len(nets.get_drawing(spec, Detail("block"), "tall", "zh_CN").svg))
print(len(walks.get_walk_payload(spec, "en")))
try:
    nets.get_trace(PRESETS["resnet50"])
except EngineFailed:
    print("torch is needed")
"""


def test_a_later_process_needs_neither_torch_nor_graphviz(folder: Path) -> None:
    spec = PRESETS["resnet34"]
    expected = [str(len(get_trace(spec).nodes)), str(len(get_drawing(spec, Detail("block"), "tall", "zh_CN").svg))]
    expected += [str(len(get_walk_payload(spec, "en"))), "torch", "is", "needed"]
    done = subprocess.run(
        [sys.executable, "-c", _LATER], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split() == expected, done.stderr


def test_a_payload_says_what_it_was_kept_as(folder: Path) -> None:
    get_drawing(SPEC, OPEN, "tall", "en")
    stored.wait_kept()
    (file,) = (folder / "drawing").iterdir()
    assert json.dumps(OPEN.parts).replace('"', '\\"').encode() in file.read_bytes()
