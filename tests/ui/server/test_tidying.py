"""Memory stays small, without a collection of all garbage after every run."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
import tomllib
import weakref
from pathlib import Path

import pytest

from resnet_viz.ui.server import tidying
from tests.places import ROOT


class Circle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_refers_to_itself_is_let_go_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_last", [-tidying.PAUSE_S])
    gc.disable()
    try:
        first = weakref.ref(Circle())
        tidying.tidy()
        assert first() is None
        second = weakref.ref(Circle())
        tidying.tidy()
        assert second() is not None
        monkeypatch.setattr(tidying, "PAUSE_S", 0.0)
        tidying.tidy()
        assert second() is None
    finally:
        gc.enable()


def test_streamlit_does_not_collect_after_every_run() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False


ARENAS = """
import ctypes, sys, threading
from resnet_viz.ui.server.tidying import share_arenas
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
if sys.argv[2] == "shared":
    share_arenas()
together = threading.Barrier(8)  # all are there at once, or one arena would do
def allocate():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=allocate) for n in range(8)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file), libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such arenas")
@pytest.mark.parametrize(("how", "is_few"), [("shared", True), ("as ever", False)])
def test_threads_share_what_they_allocate_from(tmp_path: Path, how: str, is_few: bool) -> None:
    told = tmp_path / "malloc.xml"
    subprocess.run([sys.executable, "-c", ARENAS, str(told), how], check=True, cwd=ROOT, timeout=60)
    assert (told.read_text().count("<heap nr=") <= 2) is is_few
