"""The records that come with the package are those that would be made, and count for the versions they are of alone."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resnet_viz.i18n import languages
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.store import shipped
from resnet_viz.store.shipped import MANIFEST, SHIPPED, find_shipped, name_record, unpack_records
from resnet_viz.store.versions import OWN, installed_versions, sources_digest
from resnet_viz.trace_files.read import read_trace
from resnet_viz.ui.cache.stored import drawing_subject
from resnet_viz.views.graph.checked import read_strip
from resnet_viz.views.parts.detail import Detail
from tools.make_records import make_records, measure_font, read_manifest

TOLD: Mapping[str, Any] = read_manifest()
ARE_HERE = {**installed_versions("drawing"), OWN: ""} == {**TOLD["versions"], OWN: ""}
HAS_FONT = measure_font() == TOLD["font"]
DRAWING = {"net": "net=resnet18", **drawing_subject(Detail(), "rows", "zh_CN")}
TRACE = {"net": "net=resnet18"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def records_of(preset: str) -> dict[str, bytes]:
    return unpack_records((SHIPPED / f"{preset}.xz").read_bytes())


def what_counts(name: str, record: bytes) -> object:
    """A record without what differs from machine to machine, though the versions are the same."""
    if name == "trace":
        return replace(read_trace(record), versions={})  # Python's and torch's, to the build
    payload = json.loads(record)
    return payload if HAS_FONT else {**payload, "svg": _NUMBER.sub("", payload["svg"])}


@pytest.mark.skipif(not ARE_HERE, reason="the records are of other versions than those installed here")
@pytest.mark.parametrize("preset", PRESETS)
def test_the_records_are_those_that_would_be_made(preset: str) -> None:
    made, found = make_records(PRESETS[preset]), records_of(preset)
    assert found.keys() == made.keys(), "Run make records."
    outdated = [name for name in made if what_counts(name, found[name]) != what_counts(name, made[name])]
    assert outdated == [], f"Run make records: those of {preset} are outdated."


def test_the_files_are_those_of_the_presets_and_small() -> None:
    assert {path.name for path in SHIPPED.iterdir()} == {MANIFEST, *(f"{preset}.xz" for preset in PRESETS)}
    assert TOLD["files"].keys() == PRESETS.keys()
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 500_000


@pytest.mark.parametrize("preset", PRESETS)
def test_no_record_holds_source_code_a_walk_or_a_path_of_a_machine(preset: str) -> None:
    records = records_of(preset)
    drawings = {name_record("drawing", drawing_subject(Detail(), "rows", language)) for language in languages()}
    assert records.keys() == {"trace", *drawings}
    text = b"\n".join(records.values()).decode().replace(r"\\N", "")  # DOT for a node's own name
    code = ("def ", "self.", "return ", "import ", "nn.Conv2d(")
    for sign in (*code, "site-packages", "/home/", "/root/", "/tmp/", "\\\\"):
        assert sign not in text, sign
    sources = {row[0] for row in json.loads(records["trace"])["sources"]}
    assert sources
    assert all(not Path(source).is_absolute() and ".." not in source for source in sources)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy, as if it were made with what is here."""
    copy = tmp_path / "records"
    shutil.copytree(SHIPPED, copy)
    tell(copy, versions={**TOLD["versions"], **installed_versions("drawing")}, sources=sources_digest())
    return copy


def tell(folder: Path, **changes: object) -> None:
    """Changes what is said of the records."""
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**told, **changes}), encoding="utf-8")
    shipped._read_manifest.cache_clear()


def test_they_are_found_as_a_store_has_them(folder: Path) -> None:
    assert read_trace(find_shipped("trace", TRACE, folder) or b"").spec == PRESETS["resnet18"]
    payload = read_strip(find_shipped("drawing", DRAWING, folder) or b"")
    assert payload is not None
    assert (payload["net"], payload["address"]) == ("net=resnet18", "net=resnet18")
    assert "残差" in payload["title"] or "输入" in payload["title"]


@pytest.mark.parametrize(
    "other",
    [
        {"net": "net=resnet18&num_classes=10"},
        {"net": "net=timm:resnet18"},
        {"net": "net=../resnet18"},
        {"net": "net=resnet26"},
        {"net": ""},
        {"level": "op"},
        {"parts": '[["layer1", "op"]]'},
        {"form": "tall"},
        {"language": "fr"},
    ],
)
def test_there_is_none_of_anything_else(folder: Path, other: Mapping[str, str]) -> None:
    assert find_shipped("drawing", DRAWING, folder) is not None
    assert find_shipped("drawing", {**DRAWING, **other}, folder) is None
    assert find_shipped("walk", {**DRAWING, **other}, folder) is None


@pytest.mark.parametrize("name", ["python", "torch", "torchvision", "graphviz", "pygraphviz"])
def test_they_count_for_their_versions_alone(folder: Path, name: str) -> None:
    tell(folder, versions={**TOLD["versions"], **installed_versions("drawing"), name: "0"})
    assert find_shipped("drawing", DRAWING, folder) is None
    # Graphviz has no part in a Trace.
    assert (find_shipped("trace", TRACE, folder) is not None) is ("graphviz" in name)


def test_in_a_checkout_they_count_for_its_sources_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(folder, sources="0")
    assert find_shipped("trace", TRACE, folder) is None
    tell(folder, sources=sources_digest())
    assert find_shipped("trace", TRACE, folder) is not None
    monkeypatch.setattr(shipped, "sources_digest", lambda: None)
    assert find_shipped("trace", TRACE, folder) is None


def test_in_a_package_they_count_for_its_version_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "TOP", folder)
    monkeypatch.setattr(shipped, "installed_version", lambda _name: "1.2.3")
    assert find_shipped("trace", TRACE, folder) is None
    versions = {**TOLD["versions"], **installed_versions("drawing"), OWN: "1.2.3"}
    tell(folder, versions=versions, sources="0")
    assert find_shipped("trace", TRACE, folder) is not None


def test_a_damaged_file_is_none(folder: Path) -> None:
    path = folder / "resnet18.xz"
    whole = path.read_bytes()
    other = (folder / "resnet34.xz").read_bytes()
    for damaged in (b"", whole[:-1], whole[:50] + b"x" + whole[51:], b"no archive", other):
        path.write_bytes(damaged)
        assert find_shipped("trace", TRACE, folder) is None
    path.unlink()
    assert find_shipped("trace", TRACE, folder) is None
    path.write_bytes(whole)
    assert find_shipped("trace", TRACE, folder) is not None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"files": {}}'])
def test_without_a_manifest_there_is_none(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text)
    shipped._read_manifest.cache_clear()
    assert find_shipped("trace", TRACE, folder) is None
