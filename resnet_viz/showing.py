"""`show`: the app beside a notebook or a shell, open on the Trace of a module there."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.places import PACKAGE
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files.naming import net_of_file
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.server.flags import PARENT
from resnet_viz.ui.server.starting import check_installed

if TYPE_CHECKING:
    from torch import nn

_HOST = "127.0.0.1"
_START_S, _END_S, _LOOK_S = 60.0, 10.0, 0.1


class AppFailed(ResnetVizError):
    """The app's process did not come up."""


class Shown:
    """The app, open on a Trace. It ends with `close`, and with the interpreter.

    url: where it is, on this machine alone.
    """

    def __init__(self, data: bytes) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="resnet_viz_")
        path = Path(self._folder.name, "shown.trace.json")
        path.write_bytes(data)
        port = _free_port()
        self._at = f"http://{_HOST}:{port}"
        self.url = f"{self._at}/?{net_of_file(data).to_query()}"
        self._log = Path(self._folder.name, "server.log")
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                _command(path, port), env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        atexit.register(self.close)
        self._wait()

    def close(self) -> None:
        """Ends the app; a second time nothing happens."""
        atexit.unregister(self.close)
        self._server.terminate()
        try:
            self._server.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._folder.cleanup()

    def _wait(self) -> None:
        end = time.monotonic() + _START_S
        while not _is_healthy(self._at):
            if self._server.poll() is not None or time.monotonic() > end:
                told = self._log.read_text(errors="replace").strip()[-500:]
                self.close()
                raise AppFailed(_("The app did not start. It says: {told}").format(told=told or "–"))
            time.sleep(_LOOK_S)

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<resnet_viz at {self.url}>"

    def _repr_html_(self) -> str:
        return f'<a href="{self.url}" target="_blank" rel="noopener">{self.url}</a>'


def show(model: nn.Module | Trace, input_shape: Sequence[int] = (1, 3, 224, 224), open_browser: bool = True) -> Shown:
    """Opens the app on a module's Trace, in a process of its own that serves this machine alone.

    model: a module, which is traced here and neither changed nor sent anywhere, or a Trace. input_shape: (N, C, H, W).
    open_browser: whether the system's browser is sent there. Returns an object with `.url` and `.close()`. Raises
    TraceError where the module cannot be traced, AppMissing without the app's packages, AppFailed if it does not start.
    """
    check_installed()
    shown = Shown(write_trace(_trace(model, input_shape)))
    if open_browser:
        webbrowser.open(shown.url)
    return shown


def _trace(model: nn.Module | Trace, input_shape: Sequence[int]) -> Trace:
    if isinstance(model, Trace):
        return model
    from resnet_viz.model.trace.plan import trace_model

    return trace_model(model, tuple(input_shape))


def _command(path: Path, port: int) -> list[str]:
    own = [sys.executable, "-m", "resnet_viz", "--trace", str(path)]
    return [*own, "--server.address", _HOST, "--server.port", str(port), "--server.headless", "true"]


def _environment() -> dict[str, str]:
    """Without Streamlit's variables, which may open it to others; with the package, from wherever it is imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    places = [str(PACKAGE.parent), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(places), PARENT: str(os.getpid())}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _is_healthy(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.read() == b"ok")
    except OSError:
        return False
