"""How large gradients and signals are from block to block, in train or in eval mode.

In train mode batch norm takes mean and deviation of what it gets. Here that is one picture, so they are those of its
positions: figures of a batch of pictures are smaller, and alike in how they fall or rise along the depth. In eval mode
it takes the statistics that it has kept; in a fresh net these are 0 and 1, and it changes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
import torch.nn.functional as F
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.foreign.originals import named_originals
from resnet_viz.model.foreign.states import kept_values, train_state
from resnet_viz.model.run.obstacles import Obstacles, check_scores, gradients_allowed
from resnet_viz.model.run.passes import Pass, open_pass
from resnet_viz.model.run.predict import choose_class
from resnet_viz.model.run.score_kinds import KindListener
from resnet_viz.model.run.scores import class_scores
from resnet_viz.model.trace.recorder import CallSite, Output, Recorder
from resnet_viz.pictures.preparing import SizeOrPreparation
from resnet_viz.records.findings import HALF_MOST, LOGIT, MODES, PROBABILITY, NetNorms, PlaceNorm
from resnet_viz.records.trace import Node, Trace
from resnet_viz.refusal import shown

_ONE_VALUE = "more than 1 value per channel"
"""torch's words where batch norm in train mode gets one position of one picture."""


def gradient_norms(
    model: nn.Module, image: Image, target: int, mode: str = MODES[0], input_size: SizeOrPreparation = (224, 224)
) -> dict[str, float]:
    """Returns the norm of the gradient of each residual block, by the block's id, in running order.

    It is the Euclidean norm over all trained parameters of the block, of the gradient of the cross entropy of class
    `target`, as in a step of training with this one picture; 0 for a block without any. A net that ends in a softmax or
    sigmoid gives probabilities: then of minus their logarithm.

    mode: `train` or `eval`, whatever mode the net is in: see this file's first lines. Layers that draw at random, such
    as dropout, do so in train mode. The net keeps its mode, its running statistics, its gradients (`.grad`) and its
    weights. Preparation is that of `capture`, and the whole net runs, in both directions; no other thread may run the
    same net meanwhile. Raises what `capture` raises, except for the node, and TraceError for another mode or class, a
    net without blocks or of one output, batch norm in train mode over a single value, a gradient that does not come
    through, and values that are NaN.
    """
    trace, found = _measure(model, image, target, mode, input_size)
    blocks = _block_ids(trace)
    return {place.node: place.gradient or 0.0 for place in found.places if place.node in blocks}


def signal_norms(
    model: nn.Module, image: Image, mode: str = MODES[0], input_size: SizeOrPreparation = (224, 224)
) -> dict[str, float]:
    """Returns the root mean square of the values that leave each residual block, by the block's id, in running order.

    mode, and what is kept: as in `gradient_norms`. Raises what it raises, but nothing about classes or gradients.
    """
    with open_pass(model, image, input_size) as run, _mode_of(run.model, mode):
        run.check_memory(run.trace.weight_bytes)
        gauge, _output = _run(run, with_gradients=False)
    return {block: float(gauge.signals[block]) for block in _block_ids(run.trace) if block in gauge.signals}


def measure_norms(
    model: nn.Module, image: Image, target: int, mode: str = MODES[0], input_size: SizeOrPreparation = (224, 224)
) -> NetNorms:
    """Returns both of every place, stem and head as well, and the first op whose values half precision cannot hold.

    Arguments and errors are those of `gradient_norms`, except that a net needs no blocks.
    """
    return _measure(model, image, target, mode, input_size)[1]


def _measure(
    model: nn.Module, image: Image, target: int, mode: str, input_size: SizeOrPreparation
) -> tuple[Trace, NetNorms]:
    with open_pass(model, image, input_size) as run, _mode_of(run.model, mode):
        run.check_memory(run.trace.act_bytes + 2 * run.trace.weight_bytes)
        with gradients_allowed(run.trace.name):
            with KindListener() as heard:
                gauge, output = _run(run, with_gradients=True)
                scores = class_scores(output)
            loss = _loss(run, scores, heard.kind_of(scores), target)
            gradients = _gradients(run, loss, gauge.obstacles)
    return run.trace, _norms(run.trace, mode, float(loss.detach()), gauge, gradients)


def _mode_of(model: nn.Module, mode: object) -> AbstractContextManager[None]:
    """Inside a pass, which is in eval mode."""
    if mode not in MODES:
        text = _("Mode: got {got}. Choose one of {allowed}.")
        raise TraceError(text.format(got=shown(mode), allowed=", ".join(MODES)))
    return _train_mode(model) if mode == "train" else nullcontext()


@contextmanager
def _train_mode(model: nn.Module) -> Iterator[None]:
    """All weights are kept: which ones a forward writes into, the plan knows of eval mode alone."""
    with train_state(model), kept_values(model.parameters()):
        yield


def _run(run: Pass, with_gradients: bool) -> tuple[_Gauge, Any]:
    """Runs the net and identifies each op: in train mode a pass has calls that its plan, made in eval mode, has not."""
    gauge = _Gauge(run.model, {run.trace.last_op(place).id: place.id for place in find_places(run.trace)})
    gauge.needs_gradients = with_gradients
    try:
        return gauge, gauge.record_pass(run.model, run.input())
    except ValueError as error:
        if _ONE_VALUE not in str(error):
            raise
        text = _(
            "In train mode batch norm takes the deviation of what it gets, and at the end of {name} that is a single "
            "value for each channel. Choose a larger input, or eval mode."
        )
        raise TraceError(text.format(name=run.trace.name)) from error


class _Gauge(Recorder):
    """Measures the values that leave each place, and notes the first op that gives more than half precision holds."""

    keeps_source = False

    def __init__(self, model: nn.Module, ends: Mapping[str, str]) -> None:
        super().__init__(model)
        self.signals: dict[str, Tensor] = {}
        self.largest = 0.0
        self.overflow: str | None = None
        self.obstacles = Obstacles()
        self._ends = ends

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self.obstacles.note(func, args, sys._getframe(1))
        return super().__torch_function__(func, types, args, kwargs)

    def keep(
        self, node_id: str, function: Any, where: CallSite, sources: Sequence[Output], outputs: Sequence[Tensor]
    ) -> None:
        """Before the value can be overwritten."""
        value = outputs[0].detach()
        if not value.is_floating_point() or not value.numel():
            return
        if node_id in self._ends:
            self.signals[self._ends[node_id]] = value.float().square().mean().sqrt()
        most = float(torch.linalg.vector_norm(value, torch.inf))
        if not most <= self.largest:  # also where it is NaN
            self.largest = most
            if self.overflow is None and not most <= HALF_MOST:
                self.overflow = node_id


def _loss(run: Pass, scores: Tensor, kind: str, target: object) -> Tensor:
    """Returns the cross entropy of a class."""
    check_scores(run, scores)
    if scores.shape[1] < 2:
        text = _("{name} has one output, and the cross entropy of one class is always 0. Take a net with more classes.")
        raise TraceError(text.format(name=run.trace.name))
    chosen = torch.tensor([choose_class(scores.detach(), target)], device=scores.device)  # type: ignore[arg-type]
    values = scores.float()
    if kind == LOGIT:
        return F.cross_entropy(values, chosen)
    return F.nll_loss(values.log() if kind == PROBABILITY else values, chosen)


def _gradients(run: Pass, loss: Tensor, obstacles: Obstacles) -> Mapping[str, Tensor]:
    """Returns the norm of each trained parameter's gradient, by name; those that the loss depends on."""
    trained = {name: value for name, value in _parameters(run.model) if value.requires_grad}
    if not trained:
        text = _(
            "No parameter of {name} is trained: all of them have requires_grad=False. Set it where they are to be."
        )
        raise TraceError(text.format(name=run.trace.name))
    if not loss.requires_grad:
        raise obstacles.refusal(run.trace.name)
    found = torch.autograd.grad(loss, list(trained.values()), allow_unused=True)
    known = {name: value for name, value in zip(trained, found, strict=True) if value is not None}
    return {name: torch.linalg.vector_norm(value.float()) for name, value in known.items()}


def _parameters(model: nn.Module) -> Iterator[tuple[str, nn.Parameter]]:
    """Yields the parameters by their names in the Trace, a shared one once."""
    seen = set()
    for path, module in named_originals(model).items():
        for name, value in module._parameters.items():
            if value is not None and id(value) not in seen:
                seen.add(id(value))
                yield f"{path}.{name}" if path else name, value


def find_places(trace: Trace) -> tuple[Node, ...]:
    """Returns the blocks in running order, with the parts of the net that have none, such as stem and head."""
    top = [node for node in trace.nodes.values() if node.parent == trace.network.id and node.kind != "input"]
    parts = sorted(top, key=lambda node: node.order)
    return tuple(place for part in parts for place in trace.blocks_of(part) or (part,))


def _norms(trace: Trace, mode: str, loss: float, gauge: _Gauge, gradients: Mapping[str, Tensor]) -> NetNorms:
    places = find_places(trace)
    signals = {place: float(value) for place, value in gauge.signals.items()}
    figures = {name: float(value) for name, value in gradients.items()}
    around = {node.id: place.id for place in places for node in _inside(trace, place)}
    first, last = _first_and_last(trace)
    return NetNorms(
        mode,
        loss,
        tuple(PlaceNorm(place.id, _together(trace, place, figures), signals.get(place.id)) for place in places),
        _of_kernels(first, figures),
        _of_kernels(last, figures),
        gauge.overflow,
        around.get(gauge.overflow or ""),
        gauge.largest,
        tuple(
            (node.id, norm) for node in trace.nodes.values() if (norm := _norm_of(_names(node), figures)) is not None
        ),
    )


def _together(trace: Trace, place: Node, figures: Mapping[str, float]) -> float | None:
    """Returns the norm over all gradients of a place, each counted once."""
    return _norm_of({name for node in _inside(trace, place) for name in _names(node)}, figures)


def _names(node: Node) -> set[str]:
    return {param.same_as or param.name for param in node.params}


def _norm_of(names: set[str], figures: Mapping[str, float]) -> float | None:
    known = [figures[name] for name in sorted(names & figures.keys())]
    return sum(value**2 for value in known) ** 0.5 if known else None


def _first_and_last(trace: Trace) -> tuple[Node | None, Node | None]:
    """Returns the first convolution and the last one that is on no shortcut."""
    beside = {op for block in trace.blocks for op in block.bypass}
    convs = [op for op in trace.ops if op.op == "conv2d" and op.id not in beside]
    return (convs[0], convs[-1]) if convs else (None, None)


def _of_kernels(conv: Node | None, figures: Mapping[str, float]) -> float | None:
    kernels = [param.name for param in conv.params if len(param.shape) == 4] if conv else []
    return next((figures[name] for name in kernels if name in figures), None)


def _inside(trace: Trace, node: Node) -> Iterator[Node]:
    yield node
    for child in trace.children_of(node):
        yield from _inside(trace, child)


def _block_ids(trace: Trace) -> tuple[str, ...]:
    if trace.blocks:
        return tuple(block.id for block in trace.blocks)
    text = _("{name} has no residual blocks, so there is no figure for each block.")
    raise TraceError(text.format(name=trace.name))
