"""The memory there is: the machine's, or the least that a group around the process or its `ulimit` leaves."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import psutil
import pytest

from resnet_viz import memory

GIB = 2**30


def group(root: Path, path: str, **files: str) -> None:
    folder = root / path
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(memory, "_GROUPS", tmp_path)
    monkeypatch.setattr(memory, "_PROCESS", tmp_path / "process")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: Memory())
    monkeypatch.setattr(memory, "_rlimits", list)
    return tmp_path


class Memory:
    total, available = 64 * GIB, 40 * GIB


def limits(root: Path, process: str) -> tuple[int, int]:
    (root / "process").write_text(process)
    return memory.memory_limit() // GIB, memory.free_memory() // GIB


def test_without_a_limit_it_is_the_machine(groups: Path) -> None:
    assert (memory.memory_limit(), memory.free_memory()) == (64 * GIB, 40 * GIB)
    group(groups, "", memory_max="max", memory_current=str(GIB))
    assert limits(groups, "0::/\n") == (64, 40)


def test_the_container_at_the_root(groups: Path) -> None:
    group(groups, "", memory_max=f"{8 * GIB}\n", memory_current=f"{3 * GIB}\n")
    assert limits(groups, "0::/\n") == (8, 5)
    assert limits(groups, "0::/docker/of/the/machine/around\n") == (8, 5)


def test_the_least_of_a_group_and_those_around_it_counts(groups: Path) -> None:
    group(groups, "a.slice/b.scope", memory_max="max", memory_current="0")
    group(groups, "a.slice", memory_max=str(4 * GIB), memory_current=str(5 * GIB))
    assert limits(groups, "0::/a.slice/b.scope\n") == (4, 0)


def test_the_old_form(groups: Path) -> None:
    old = {"memory.limit_in_bytes": str(6 * GIB), "memory.usage_in_bytes": str(GIB)}
    folder = groups / "memory" / "box"
    folder.mkdir(parents=True)
    for name, text in old.items():
        (folder / name).write_text(text)
    assert limits(groups, "9:name=systemd:/\n4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n") == (6, 5)


def test_a_limit_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (3 * GIB, -1) if kind == resource.RLIMIT_AS else (-1, -1))
    assert memory.memory_limit() <= 3 * GIB


def test_no_unix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)  # it cannot be imported
    assert memory._rlimits() == []
    assert 0 < memory.memory_limit() <= 64 * GIB


def test_no_linux(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_PROCESS", groups / "not there")
    assert memory.memory_limit() == 64 * GIB
