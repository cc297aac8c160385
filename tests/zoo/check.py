"""What must hold for every net of the zoo, and what is written down of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from time import process_time

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz.errors import TraceError
from resnet_viz.model.foreign.originals import original_of
from resnet_viz.model.net.alike import find_alike
from resnet_viz.model.trace.plan import plan_whole, trace_model
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.write import write_trace
from tests.fingerprint import fingerprint
from tests.zoo.entries import Entry
from tests.zoo.runs import Runs, run_calls

_IMAGE = 4
"""Axes of a batch of pictures; those of a video are five."""
_MOST = 150_000_000
"""Parameters of the largest net that is run, too: larger ones have no other parts."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was seen of a net."""

    entry: Entry
    trace: Trace | None
    ms: float
    faults: tuple[str, ...]
    macs: str
    """How the multiply-adds were checked."""
    runs: Runs = field(default_factory=Runs)


def check(entry: Entry, is_run: bool = False) -> Row:
    """Traces a net, and says what is not as it must be; with `is_run` also what else is done with it, and the time."""
    net = entry.make()
    before = fingerprint(net)
    try:
        trace = trace_model(net, entry.shape)
    except TraceError as error:
        return Row(entry, None, 0, (f"refused: {error}",), "")
    after = fingerprint(net)
    faults = [f"changed: {way}" for way in {**before, **after} if after.get(way) != before.get(way)][:3]
    n_params = sum(parameter.numel() for parameter in net.parameters())
    if trace.n_params != n_params:
        faults.append(f"{trace.n_params:,} parameters, torch has {n_params:,}")
    if len(trace.blocks) != entry.n_blocks:
        faults.append(f"{len(trace.blocks)} blocks, the family has {entry.n_blocks}")
    part = [op for op in trace.ops if op.id.startswith(f"{entry.counted}.")] if entry.counted else trace.ops
    found, n_macs = sum(op.n_macs or 0 for op in part), count_macs(net, entry)
    if found != n_macs:
        faults.append(f"{found:,} MACs, FlopCounterMode has {n_macs:,}")
    if find_alike(net) and plan_whole(net, entry.shape).trace != trace:
        faults.append("is another where every module runs")
    if read_trace(write_trace(trace)) != trace:
        faults.append("is another after it was a file")
    takes_picture = len(entry.shape) == _IMAGE and n_params <= _MOST
    runs = run_calls(net, entry, trace) if is_run and takes_picture else Runs()
    faults += runs.faults
    del before, after
    ms = min(_time(net, entry) for _ in range(3)) if is_run else 0
    return Row(entry, trace, ms, tuple(faults), f"{entry.counted} equal" if entry.counted else "equal", runs)


def _time(net: nn.Module, entry: Entry) -> float:
    """Returns the processor's time for one trace, in milliseconds."""
    begun = process_time()
    trace_model(net, entry.shape)
    return (process_time() - begun) * 1e3


def count_macs(net: nn.Module, entry: Entry) -> int:
    """Returns the multiply-adds that torch counts on the meta device, in the part of the net that runs there."""
    part = original_of(net).get_submodule(entry.counted)
    # The copy has no values, so none are copied.
    empty = {id(tensor): nn.Parameter(tensor.to("meta"), tensor.requires_grad) for tensor in part.parameters()}
    copy = deepcopy(part, empty).to("meta")
    dtype = next((tensor.dtype for tensor in copy.parameters() if tensor.is_floating_point()), torch.float32)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        copy(torch.empty(entry.shape, dtype=dtype, device="meta"))
    return int(counter.get_total_flops()) // 2
