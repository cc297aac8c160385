"""How fast it is, as ratios inside one process: the machine may be shared and noisy. `make bench` prints them.

Tracing is measured in CPU time at one thread against a forward pass of the same ResNet-152; the page in seconds from
the command to the first words, and from a click to the end of the run, with everything cached.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from playwright.sync_api import Page
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from torchinfo import summary

from resnet_viz import PRESETS, ResNetSpec, build_model, draw_graph, render_graph, trace_model, trace_spec
from resnet_viz.model.build import build_plan
from tests.browser.serving import launch_chromium, serve_app

ROUNDS = 15
RERUNS = 12


def main() -> None:
    """Print every figure with its bound."""
    torch.set_num_threads(1)
    bench_tracing()
    bench_depth()
    bench_drawing()
    if "--no-page" not in sys.argv:
        bench_page()


def bench_tracing() -> None:
    """Each round measures all of them in turn, so that a slow moment is slow for all."""
    spec = PRESETS["resnet152"]
    model = build_model(spec)
    image = torch.randn(spec.input_shape)
    jobs: dict[str, Callable[[], object]] = {
        "forward": lambda: _forward(model, image),
        "trace_model": lambda: trace_model(model, spec.input_shape),
        "trace_spec": lambda: trace_spec(spec),
        "torchinfo": lambda: summary(model, input_data=image, verbose=0),
    }
    times = _interleaved(jobs, ROUNDS)
    print(f"ResNet-152 at 224×224, one thread, CPU time, median of {ROUNDS} rounds in turn")
    print(f"  forward pass                    {times['forward'] * 1e3:8.1f} ms")
    _ratio("module to Trace ÷ forward", times["trace_model"] / times["forward"], 0.10)
    _ratio("spec to Trace ÷ forward", times["trace_spec"] / times["forward"], 0.35)
    _ratio("torchinfo ÷ forward (to compare)", times["torchinfo"] / times["forward"])


def bench_depth() -> None:
    """Cost per op of a shallow and a very deep net: 1.0 is linear."""
    shallow, deep = PRESETS["resnet152"], ResNetSpec("bottleneck", (3, 4, 200, 3))
    plans = {spec: build_plan(spec) for spec in (shallow, deep)}
    n_ops = {spec: len(trace_spec(spec).ops) for spec in plans}
    times = _interleaved({spec.name: _tracer(plan, spec) for spec, plan in plans.items()}, 7)
    per_op = {spec: times[spec.name] / n_ops[spec] for spec in plans}
    print(f"\n{deep.name} ([3,4,200,3], {n_ops[deep]:,} ops) against {shallow.name} ({n_ops[shallow]} ops)")
    _ratio("time per op, deep ÷ shallow", per_op[deep] / per_op[shallow], 1.5)


def bench_drawing() -> None:
    """From a Trace to SVG at each level, against one forward pass."""
    spec = PRESETS["resnet152"]
    trace, model, image = trace_spec(spec), build_model(spec), torch.randn(spec.input_shape)
    jobs: dict[str, Callable[[], object]] = {"forward": lambda: _forward(model, image)}
    for level in ("folded", "block", "op"):
        jobs[level] = lambda level=level: render_graph(draw_graph(trace, level))  # type: ignore[misc]
    times = _interleaved(jobs, 7)
    print("\nDrawing ResNet-152 (Trace to SVG) ÷ forward")
    for level in ("folded", "block", "op"):
        _ratio(level, times[level] / times["forward"])


def bench_page() -> None:
    """From the command to the first words and the drawing; from a click to the end of a cached run."""
    with tempfile.TemporaryDirectory() as folder, launch_chromium() as browser:
        start = time.perf_counter()
        with serve_app(Path(folder) / "log") as url:
            page = browser.new_page()
            reruns = _Reruns(page)
            page.goto(url)
            page.get_by_role("heading", name="ResNet-18").wait_for()
            first_words = time.perf_counter() - start
            page.locator(".pane svg").wait_for()
            drawing = time.perf_counter() - start
            print("\nThe page, in seconds of wall time on this machine")
            _figure("command to first words", first_words, 4.0)
            _figure("command to the drawing (torch imported)", drawing)
            _bench_reruns(page, reruns)


def _bench_reruns(page: Page, reruns: _Reruns) -> None:
    """Back and forth between two levels of a net whose drawings and maps are cached."""
    page.get_by_role("img", name="Feature maps of conv1").wait_for(timeout=60_000)
    for name in ("Blocks", "Folded") * 2:  # fill the caches
        _click_and_wait(page, reruns, name)
    times = [_click_and_wait(page, reruns, name) for name in ("Blocks", "Folded") * (RERUNS // 2)]
    _figure(f"cached rerun, message to finished (median of {len(times)})", median(times), 0.100)


def _click_and_wait(page: Page, reruns: _Reruns, name: str) -> float:
    done, deadline = len(reruns.times), time.monotonic() + 30
    page.get_by_text(name, exact=True).first.click()
    while len(reruns.times) == done:
        if time.monotonic() > deadline:
            raise TimeoutError(f"The page did not answer a click on {name}.")
        page.wait_for_timeout(20)
    page.wait_for_timeout(300)
    return reruns.times[done]


class _Reruns:
    """How long the server takes from a request to run the script until it has finished.

    The times are the browser's own, of the frames of its WebSocket.
    """

    def __init__(self, page: Page) -> None:
        self.times: list[float] = []
        self._asked: float | None = None
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameSent", self._sent)
        session.on("Network.webSocketFrameReceived", self._received)

    def _sent(self, event: dict[str, Any]) -> None:
        if BackMsg.FromString(_payload(event)).WhichOneof("type") == "rerun_script":
            self._asked = event["timestamp"]

    def _received(self, event: dict[str, Any]) -> None:
        is_over = ForwardMsg.FromString(_payload(event)).WhichOneof("type") == "script_finished"
        if is_over and self._asked is not None:
            self.times.append(event["timestamp"] - self._asked)
            self._asked = None


def _payload(event: dict[str, Any]) -> bytes:
    return base64.b64decode(event["response"]["payloadData"])


def _forward(model: torch.nn.Module, image: torch.Tensor) -> None:
    with torch.inference_mode():
        model(image)


def _tracer(plan: torch.nn.Module, spec: ResNetSpec) -> Callable[[], object]:
    return lambda: trace_model(plan, spec.input_shape)


def _interleaved(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of this thread for each job, after one run that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for counted in range(rounds + 1):
        for name, job in jobs.items():
            start = time.thread_time()
            job()
            if counted:
                times[name].append(time.thread_time() - start)
    return {name: median(values) for name, values in times.items()}


def _ratio(label: str, value: float, bound: float | None = None) -> None:
    _print(label, f"{value:8.3f} ×", value, bound)


def _figure(label: str, seconds: float, bound: float | None = None) -> None:
    _print(label, f"{seconds:8.3f} s", seconds, bound)


def _print(label: str, shown: str, value: float, bound: float | None) -> None:
    verdict = "" if bound is None else f"   aim ≤ {bound:g}   {'met' if value <= bound else 'MISSED'}"
    print(f"  {label:46}{shown}{verdict}")


if __name__ == "__main__":
    main()
