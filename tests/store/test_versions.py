"""A record's key changes with whatever has a part in its content, and is made without importing any of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from resnet_viz.store import versions
from resnet_viz.store.folder import KINDS, Kind
from resnet_viz.store.versions import make_key
from tests.places import ROOT

SUBJECT = {"net": "net=resnet18"}
MAKERS = {"trace": ["torch", "torchvision"], "walk": ["torch", "torchvision"]}
MAKERS["drawing"] = [*MAKERS["trace"], "graphviz", "pygraphviz"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_has_the_versions_of_what_makes_the_record(kind: Kind) -> None:
    key = json.loads(make_key(kind, SUBJECT) or "")
    assert key["versions"].keys() == {"python", "resnet-viz", *MAKERS[kind]}
    assert {name: key["versions"][name] for name in MAKERS[kind]} == {name: version(name) for name in MAKERS[kind]}
    assert (key["kind"], key["subject"], key["format"]) == (kind, SUBJECT, 1)
    named = json.loads(make_key(kind, SUBJECT, ["timm", "no-such-package"]) or "")
    assert named["versions"]["timm"] == version("timm")
    assert named["versions"]["no-such-package"] == ""


@pytest.mark.parametrize("kind", KINDS)
def test_another_version_of_anything_is_another_key(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_LOOKED_S", 1e-9)
    keys = {make_key(kind, SUBJECT), make_key(kind, {"net": "net=resnet34"})}
    for changed in (*MAKERS[kind], "resnet-viz"):
        with monkeypatch.context() as patch:
            patch.setattr(versions, "version", lambda name, changed=changed: "0" if name == changed else _real(name))
            keys.add(make_key(kind, SUBJECT))
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, 99, 0))
        keys.add(make_key(kind, SUBJECT))
    with monkeypatch.context() as patch:
        patch.setattr(versions, "FORMAT", 2)
        keys.add(make_key(kind, SUBJECT))
    assert len(keys) == 2 + len(MAKERS[kind]) + 3
    assert None not in keys


def _real(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


_KEYS = """
import os, sys
sys.modules.update(dict.fromkeys(("torch", "torchvision", "graphviz", "pygraphviz", "streamlit")))
from pathlib import Path
from resnet_viz.store import versions
from resnet_viz.store.versions import make_key
versions._LOOKED_S = 1e-9
print(make_key("drawing", {}))
name = Path(sys.argv[1])
before = name.read_bytes()
name.write_bytes(before + b"#")
print(make_key("drawing", {}))
name.write_bytes(before)
os.utime(name, ns=(int(sys.argv[2]), int(sys.argv[2])))
print(make_key("drawing", {}))
"""


@pytest.mark.parametrize("source", ["units.py", "views/graph/net.py", "locale/zh_CN/LC_MESSAGES/resnet_viz.po"])
def test_a_changed_source_is_another_key_from_the_next_start_on(tmp_path: Path, source: str) -> None:
    """Until then what runs is not what lies there, so there is no key."""
    copy = tmp_path / "resnet_viz"
    for path in [*(ROOT / "resnet_viz").rglob("*.py"), *(ROOT / "resnet_viz").rglob("*.po")]:
        place = copy / path.relative_to(ROOT / "resnet_viz")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())

    def keys() -> list[str]:
        given = [str(copy / source), str((copy / source).stat().st_mtime_ns)]
        line = [sys.executable, "-c", _KEYS, *given]
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    first, amid, back = keys()
    assert amid == "None"
    assert first == back != "None"
    (copy / source).write_bytes((copy / source).read_bytes() + b"\n#\n")
    assert keys()[0] not in (first, "None")


def test_sources_that_cannot_be_read_give_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_AT_START", frozenset())
    monkeypatch.setattr(versions, "_signature", frozenset)
    assert make_key("trace", SUBJECT) is None
