"""A server of the app's own, and a Chromium to look at it; for the browser tests and the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.places import ROOT
from tools import find_chromium

START_LIMIT = 120.0
STOP_LIMIT = 20.0

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera that shows a test picture in motion, to whoever has the permission.
    "--use-fake-device-for-media-stream",
    # Nothing but the app can be reached, so a test never depends on the network; an attempt is still noted.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@contextmanager
def serve_app(log: Path, script: str = "app.py") -> Iterator[str]:
    """Serve the app, or another script, on a free port and give its address; what it prints goes to `log`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with run_server(app_command(port, script), log, lambda: is_healthy(url), app_environment(ROOT)):
        yield url


def app_command(port: int, script: str = "app.py") -> list[str]:
    """The command that serves the app of the folder it is given in, or another script."""
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address=127.0.0.1"]
    return [*command, f"--server.port={port}", "--server.headless=true"]


def app_environment(checkout: Path) -> dict[str, str]:
    """The environment of a server of a checkout's package."""
    # The developer's own STREAMLIT_… settings would change what is tested.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    environment["PYTHONPATH"] = str(checkout)
    return environment


@contextmanager
def run_server(
    command: list[str],
    log: Path,
    is_up: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it begins when `is_up` says so. What it prints goes to `log`."""
    with log.open("wb") as file:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_up(is_up, server, log)
        yield server
    finally:
        _stop(server)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """A headless Chromium: one found on the machine, or Playwright's own."""
    executable = find_chromium.find()
    if executable is None:
        raise RuntimeError(f"No Chromium starts here. {find_chromium.ADVICE}")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to run as root, which a container's user mostly is; the page is our own.
        started = playwright.chromium.launch(executable_path=executable, args=FLAGS, chromium_sandbox=False)
        yield started
        started.close()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_up(is_up: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while server.poll() is None and time.monotonic() < deadline:
        if is_up():
            return
        time.sleep(0.05)
    how = f"did not answer within {START_LIMIT:.0f} s" if server.poll() is None else f"ended with {server.returncode}"
    raise RuntimeError(f"The server {how}. Its log:\n{log.read_text(errors='replace')}")


def is_healthy(url: str) -> bool:
    """Whether the app answers. The body, not the status, tells: Streamlit answers any unknown path with its page."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.read() == b"ok")
    except (urllib.error.URLError, OSError):
        return False
