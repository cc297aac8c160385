"""`show`: a real server beside this process, which ends with it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from resnet_viz.showing import show
from resnet_viz.ui.server import starting
from resnet_viz.ui.server.starting import AppMissing
from tests.nets import trace_of
from tests.places import ROOT

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str) -> bytes:
    with _direct.open(url, timeout=60) as answer:
        return bytes(answer.read())


def test_the_app_is_open_on_the_trace_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with show(trace_of("resnet18")) as shown:
        assert opened == [shown.url]
        assert shown.url.startswith("http://127.0.0.1:")
        at, _mark, query = shown.url.partition("?")
        assert b"ResNet-18" in get(f"{at}drawing?{query}")
        assert shown.url in shown._repr_html_()
        process = psutil.Process(shown._server.pid)
    assert not process.is_running()
    with pytest.raises(urllib.error.URLError):
        get(at)
    shown.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there a process does not know that its parent has gone")
def test_it_ends_with_an_interpreter_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom resnet_viz import read_trace, show\n"
        "shown = show(read_trace(sys.argv[1]), open_browser=False)\n"
        "print(shown._server.pid, flush=True)\ntime.sleep(600)"
    )
    path = tmp_path / "r18.trace.json"
    trace_of("resnet18").save(path)
    with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True) as user:
        assert user.stdout
        server = psutil.Process(int(user.stdout.readline()))
        os.kill(user.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_without_the_apps_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "find_spec", lambda name: None if name == "streamlit" else object())
    with pytest.raises(AppMissing, match=r"needs streamlit, which is not installed: pip install 'resnet-viz\[app\]'"):
        show(trace_of("resnet18"))
