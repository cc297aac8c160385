"""Compiled modules and wrappers are traced and run through their original: the same Trace, the same values."""

from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.parallel import DataParallel, DistributedDataParallel
from torch.optim.swa_utils import AveragedModel

from resnet_viz.model.foreign.originals import eager, named_originals
from resnet_viz.model.run.capture import capture, read_kernels
from resnet_viz.model.run.predict import predict
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.records.trace import Trace
from tests.model.lively_nets import PICTURE, RUNS, SIZE
from tests.model.snapshots import assert_unchanged, snapshot
from tests.nets import whole, with_part

SHAPE = (1, 3, *SIZE)


def compiled_in_place(model: Any) -> Any:
    model.compile()
    return model


def compiled_forward(model: Any) -> Any:
    model.forward = torch.compile(model.forward)
    return model


def on_two_devices(model: Any) -> Any:
    """As on a machine with two GPUs, where a pass sends a part of the batch to each; here there are none."""
    wrapper = DataParallel(model)
    wrapper.device_ids, wrapper.src_device_obj = [0, 1], torch.device("cuda:0")
    return wrapper


def over_processes(model: nn.Module) -> nn.Module:
    """The wrapper of a net that is trained by several processes, without the processes."""
    wrapper = DistributedDataParallel.__new__(DistributedDataParallel)
    nn.Module.__init__(wrapper)
    wrapper.module = model
    return wrapper.eval()


def rectified(x: Tensor) -> Tensor:
    return torch.relu(x)


class Activation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.function = torch.compile(rectified)

    def forward(self, x: Tensor) -> Any:
        return self.function(x)


def with_compiled_function() -> Any:
    model = whole()
    model.layer3[0].relu = Activation()
    return model


FORMS: dict[str, Callable[[], Any]] = {
    "compiled": lambda: torch.compile(whole()),
    "compiled, without graph breaks": lambda: torch.compile(whole(), fullgraph=True),
    "compiled part": lambda: with_part(torch.compile),
    "compiled in place": lambda: compiled_in_place(whole()),
    "compiled part in place": lambda: with_part(compiled_in_place),
    "compiled forward": lambda: compiled_forward(whole()),
    "compiled twice": lambda: torch.compile(with_part(torch.compile)),
    "DataParallel": lambda: DataParallel(whole()),
    "DataParallel of a part": lambda: with_part(DataParallel),
    "DataParallel with devices": lambda: on_two_devices(whole()),
    "DataParallel with devices of a part": lambda: with_part(on_two_devices),
    "DistributedDataParallel": lambda: over_processes(whole()),
    "compiled DistributedDataParallel": lambda: torch.compile(over_processes(whole())),
    "AveragedModel": lambda: AveragedModel(whole()).eval(),
}


def bare(trace: Trace) -> Trace:
    """Without source lines."""
    return replace(trace, nodes={node_id: replace(node, source=()) for node_id, node in trace.nodes.items()})


@pytest.mark.parametrize("form", FORMS)
def test_the_trace_is_that_of_the_original(form: str) -> None:
    model = FORMS[form]()
    before = snapshot(model)
    trace = trace_model(model, SHAPE)
    assert_unchanged(model, before)
    assert trace.name == "ResNet"
    assert bare(trace) == bare(trace_model(whole(), SHAPE))


@pytest.mark.parametrize("form", FORMS)
def test_every_run_gives_the_originals_values(form: str) -> None:
    model = FORMS[form]()
    model.train()
    before = snapshot(model)
    for call in RUNS.values():
        call(model)
    assert_unchanged(model, before)
    assert predict(model, PICTURE, 3, SIZE) == predict(whole(), PICTURE, 3, SIZE)
    np.testing.assert_array_equal(
        capture(model, PICTURE, "layer3.0.add", SIZE)["layer3.0.add"],
        capture(whole(), PICTURE, "layer3.0.add", SIZE)["layer3.0.add"],
    )
    np.testing.assert_array_equal(read_kernels(model, "layer3.0.conv1"), read_kernels(whole(), "layer3.0.conv1"))


def test_a_compiled_function_is_the_ops_that_it_was_written_as() -> None:
    model = with_compiled_function()
    trace = trace_model(model, SHAPE)
    assert trace.nodes["layer3.0.relu"].op == "relu"
    assert predict(model, PICTURE, 3, SIZE) == predict(whole(), PICTURE, 3, SIZE)


def test_a_wrappers_own_hook_is_called() -> None:
    model = AveragedModel(whole()).eval()
    model.register_forward_hook(lambda module, args, output: output.flip(1))
    assert predict(model, PICTURE, 3, SIZE)[0].index == 2 - predict(whole(), PICTURE, 3, SIZE)[0].index


def test_names_leave_out_wrappers_wherever_they_stand() -> None:
    layers: Any = [torch.compile(nn.ReLU()), AveragedModel(nn.Sequential(nn.ReLU()))]
    model: Any = torch.compile(DataParallel(nn.Sequential(*layers)))
    assert [*named_originals(model)] == ["", "0", "1", "1.0"]


def test_a_class_of_ones_own_with_a_module_keeps_its_names() -> None:
    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = nn.ReLU()

        def forward(self, x: Tensor) -> Any:
            return self.module(x) + 1

    assert [op.id for op in trace_model(Head(), SHAPE).ops] == ["module", "add"]


def stance() -> str:
    return torch._dynamo.eval_frame._stance.stance


def test_compiling_goes_on_after_the_last_of_several_threads() -> None:
    inside, over = Barrier(2), Barrier(2)

    def first() -> None:
        with eager():
            inside.wait()
        over.wait()

    thread = Thread(target=first)
    thread.start()
    with eager():
        inside.wait()
        over.wait()
        thread.join()
        assert stance() == "force_eager"
    assert stance() == "default"
    with torch.compiler.set_stance("fail_on_recompile"):
        with eager():
            assert stance() == "force_eager"
        assert stance() == "fail_on_recompile"
