"""A server that has just come up, asked by many at once; and one that cannot load torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from resnet_viz.ui.server.engine import EXIT_STATUS
from resnet_viz.workers.host import FORKS
from tests.browser.serving import app_command, app_environment, free_port, is_healthy, run_server
from tests.places import ROOT
from tests.workers.at_work import at_work

# Small, for it is the start that is waited for.
NETS = ("cifar20", "plain18", "resnet18", "cifar32", "plain34", "resnet34")
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, limit: float = 120.0) -> tuple[int, bytes]:
    try:
        with _direct.open(url, timeout=limit) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def loaded_libraries(pid: int) -> set[str]:
    """The files that a process has mapped; none where the system does not tell."""
    return {place.path for place in psutil.Process(pid).memory_maps()} if sys.platform == "linux" else set()


def test_thirty_at_once_are_all_answered_and_jobs_under_way_delay_no_end(tmp_path: Path) -> None:
    routes = ("/drawing?net={net}", "/walk_record?net={net}", "/sheet?nets={net}~resnet18")
    paths = [routes[n % 3].format(net=NETS[n % len(NETS)]) for n in range(30)]
    port, log = free_port(), tmp_path / "server.log"
    url = f"http://127.0.0.1:{port}"
    with run_server(app_command(port), log, lambda: is_healthy(url), app_environment(ROOT)) as server:
        with ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda path: get(url + path), paths))
        assert [status for status, _body in answers] == [200] * 30
        status, health = get(f"{url}/health")
        assert (status, json.loads(health)) == (200, {"status": "ok", "torch": "loaded"})
        libraries = loaded_libraries(server.pid)
        assert not any("torch" in library for library in libraries), "the process that serves pages has imported torch"
        if FORKS:
            with at_work(url, server.pid):
                server.terminate()
                assert server.wait(60) == 0
    assert "Traceback" not in log.read_text()


# The delay before its end lasts until there is a file.
SERVER = """
import pathlib, sys, time
from resnet_viz.ui.server import engine
def sleep(seconds):
    while seconds == engine.EXIT_DELAY_S and not pathlib.Path({until!r}).exists():
        time.sleep(0.02)
engine.sleep = sleep
from streamlit.web import cli
sys.argv = ["streamlit", "run", "app.py", "--server.port={port}", "--server.address=127.0.0.1"]
cli.main()
"""


def test_without_torch_it_says_so_for_a_while_and_ends(tmp_path: Path) -> None:
    broken = tmp_path / "torch"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError('/opt/somebody/lib/libtorch_cpu.so: cannot open')")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    environment["PYTHONPATH"] = os.pathsep.join((str(tmp_path), str(ROOT)))
    command = [sys.executable, "-c", SERVER.format(port=port, until=str(tmp_path / "enough"))]
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                health = get(f"{url}/health", 5)
                break
            except OSError:
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert health[0] == 200
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(get, [f"{url}/drawing?net=resnet18", f"{url}/sheet?nets=resnet18"] * 3))
        status, body = get(f"{url}/health")
        assert [answer[0] for answer in answers] == [503] * 6
        assert all("torch could not be loaded on this server (OSError)" in answer[1].decode() for answer in answers)
        assert "此服务器无法加载" in get(f"{url}/drawing?lang=zh_CN")[1].decode()
        assert status == 503
        told = json.loads(body)
        assert told == {"status": "failed", "torch": "OSError"}
        assert server.poll() is None
        (tmp_path / "enough").touch()
        assert server.wait(60) == EXIT_STATUS
    finally:
        server.kill()
        server.wait()
        log.close()
    said = (tmp_path / "log").read_text()
    assert "torch could not be loaded" in said
    assert "/opt/somebody/lib/libtorch_cpu.so: cannot open" in said
