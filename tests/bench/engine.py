"""Tracing and drawing, in CPU time at one thread against a forward pass of the same ResNet-152."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch
from torchinfo import summary

from resnet_viz import (
    PRESETS,
    ResNetSpec,
    build_model,
    draw_graph,
    read_trace,
    render_graph,
    trace_model,
    trace_spec,
    write_trace,
)
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import plan_whole
from tests.bench.report import print_amount, print_ratio

ROUNDS = 15


def bench_tracing() -> None:
    """Each round measures all of them in turn, so that a slow moment is slow for all."""
    spec = PRESETS["resnet152"]
    model = build_model(spec)
    image = torch.randn(spec.input_shape)
    jobs: dict[str, Callable[[], object]] = {
        "forward": lambda: forward(model, image),
        "trace_model": lambda: trace_model(model, spec.input_shape),
        "trace_spec": lambda: trace_spec(spec),
        "torchinfo": lambda: summary(model, input_data=image, verbose=0),
    }
    times = interleaved(jobs, ROUNDS)
    print(f"ResNet-152 at 224×224, one thread, CPU time, median of {ROUNDS} rounds in turn")
    print(f"  {'forward pass':70}{times['forward'] * 1e3:8.1f} ms")
    print_ratio("module to Trace ÷ forward", times["trace_model"] / times["forward"], 0.10)
    print_ratio("spec to Trace ÷ forward", times["trace_spec"] / times["forward"], 0.35)
    print_ratio("torchinfo ÷ forward (to compare)", times["torchinfo"] / times["forward"])


def bench_repeats() -> None:
    """What it saves to trace equal blocks once: against passes in which every module is built, and runs."""
    spec, deep = PRESETS["resnet152"], ResNetSpec("bottleneck", (3, 4, 200, 3))
    model = build_model(spec)
    jobs: dict[str, Callable[[], object]] = {
        "module": lambda: trace_model(model, spec.input_shape),
        "whole module": lambda: plan_whole(model, spec.input_shape),
        "spec": lambda: trace_spec(spec),
        "whole spec": lambda: plan_whole(build_plan(spec), spec.input_shape, spec),
        "deep": lambda: trace_spec(deep),
        "whole deep": lambda: plan_whole(build_plan(deep), deep.input_shape, deep),
    }
    times = interleaved(jobs, 7)
    print("\nEqual blocks traced once ÷ every module traced")
    print_ratio(f"{spec.name}, module to Trace", times["module"] / times["whole module"], 0.45)
    print_ratio(f"{spec.name}, spec to Trace", times["spec"] / times["whole spec"], 0.35)
    print_ratio(f"{deep.name} ([3,4,200,3]), spec to Trace", times["deep"] / times["whole deep"], 0.2)


def bench_depth() -> None:
    """Cost per op of a shallow and a very deep net: 1.0 is linear."""
    shallow, deep = PRESETS["resnet152"], ResNetSpec("bottleneck", (3, 4, 200, 3))
    plans = {spec: build_plan(spec) for spec in (shallow, deep)}
    n_ops = {spec: len(trace_spec(spec).ops) for spec in plans}
    times = interleaved({spec.name: _tracer(plan, spec) for spec, plan in plans.items()}, 7)
    per_op = {spec: times[spec.name] / n_ops[spec] for spec in plans}
    print(f"\n{deep.name} ([3,4,200,3], {n_ops[deep]:,} ops) against {shallow.name} ({n_ops[shallow]} ops)")
    print_ratio("time per op, deep ÷ shallow", per_op[deep] / per_op[shallow], 1.5)


def bench_drawing() -> None:
    """From a Trace to SVG at each level, against one forward pass."""
    spec = PRESETS["resnet152"]
    trace, model, image = trace_spec(spec), build_model(spec), torch.randn(spec.input_shape)
    jobs: dict[str, Callable[[], object]] = {"forward": lambda: forward(model, image)}
    for level in ("folded", "block", "op"):
        jobs[level] = lambda level=level: render_graph(draw_graph(trace, level))  # type: ignore[misc]
    times = interleaved(jobs, 7)
    print("\nDrawing ResNet-152 (Trace to SVG) ÷ forward")
    for level in ("folded", "block", "op"):
        print_ratio(level, times[level] / times["forward"])


def bench_trace_files() -> None:
    """Reading and writing a trace file against tracing the same ResNet-152 anew, and the file's size."""
    spec = PRESETS["resnet152"]
    trace = trace_spec(spec)
    data, packed = write_trace(trace), write_trace(trace, is_compressed=True)
    jobs: dict[str, Callable[[], object]] = {
        "trace_spec": lambda: trace_spec(spec),
        "read": lambda: read_trace(data),
        "read packed": lambda: read_trace(packed),
        "write": lambda: write_trace(trace),
    }
    times = interleaved(jobs, ROUNDS)
    print("\nA trace file of ResNet-152")
    print_ratio("file to Trace ÷ spec to Trace", times["read"] / times["trace_spec"], 0.3)
    print_ratio("the same, gzip-compressed", times["read packed"] / times["trace_spec"], 0.3)
    print_ratio("Trace to file ÷ spec to Trace", times["write"] / times["trace_spec"])
    print_amount("size, gzip-compressed", len(packed) / 1000, "KB", 60)


def forward(model: torch.nn.Module, image: torch.Tensor) -> None:
    """One forward pass without gradients."""
    with torch.inference_mode():
        model(image)


def _tracer(plan: torch.nn.Module, spec: ResNetSpec) -> Callable[[], object]:
    return lambda: trace_model(plan, spec.input_shape)


def interleaved(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median CPU seconds of this thread for each job, after one run that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for counted in range(rounds + 1):
        for name, job in jobs.items():
            start = time.thread_time()
            job()
            if counted:
                times[name].append(time.thread_time() - start)
    return {name: median(values) for name, values in times.items()}
