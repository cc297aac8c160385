"""The class scores among a net's outputs, and what they are: logits, probabilities, or logarithms of probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.score_kinds import KindListener
from resnet_viz.records.findings import LABELS, LOG_PROBABILITY, LOGIT, PROBABILITY

# Names under which libraries give the scores of the main head, the surest first.
_NAMES = ("logits", "out")

_BEFORE = ("Softmax", "LogSoftmax", "Sigmoid", "LogSigmoid", "Hardsigmoid")
_VIEWS = ("View", "Reshape", "UnsafeView", "Squeeze", "Unsqueeze", "Alias", "ToCopy", "Clone")


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of the classes, (N, K), and their kind: `LOGIT`, `PROBABILITY` or `LOG_PROBABILITY`."""

    values: Tensor
    kind: str


def run_scores(model: nn.Module, images: Tensor) -> Scores:
    """Runs a net on images (N, C, H, W) under inference mode and returns its class scores.

    They are probabilities, or logarithms of them, where the net ends in a softmax or a sigmoid, or where it calls one
    on its way and the scores of each image are shares of 1, as those of an average over several softmaxes. Raises
    TraceError as `class_scores`.
    """
    with torch.inference_mode():
        with KindListener() as heard:
            scores = class_scores(model(images), len(images))
        return Scores(scores, heard.kind_of(scores))


def class_scores(output: Any, n_images: int = 1) -> Tensor:
    """Returns the class scores (N, K) among a net's outputs.

    A tensor of (N, K) is them; of N values, one score for each image. Of an object, a named tuple or a dictionary it is
    `logits`, else `out`. Of several outputs without these names it is the only one of (N, K), or the first one if all
    of these have as many classes, as an auxiliary head has. Raises TraceError, saying what the net gives, for anything
    else.
    """
    found = _as_scores(output, n_images) if isinstance(output, Tensor) else _among(_parts(output), n_images)
    if found is None:
        raise TraceError(
            _(
                "The net gives {got}. To tell classes, it must give one value for each class, as after a linear layer: "
                "(N, classes), or that as logits or out beside others. For another net pass a module whose forward "
                "returns only that of its outputs."
            ).format(got=_describe(output))
        )
    return found


def probabilities(scores: Tensor, kind: str = LOGIT, labels: str = LABELS[0]) -> Tensor:
    """Returns the probabilities of scores (N, K), on the CPU in float64, so that small ones do not become 0.

    Of logits it is the softmax over the classes; the sigmoid of each where there is one class only, or where `labels`
    is `many`. A net's own probabilities are left as they are.
    """
    values = scores.detach().cpu().double()
    if kind == PROBABILITY:
        return values
    if kind == LOG_PROBABILITY:
        return values.exp()
    return values.sigmoid() if labels == "many" or values.shape[-1] == 1 else values.softmax(dim=-1)


def check_labels(labels: object) -> str:
    """Returns `one` or `many`. Raises TraceError for any other value."""
    if labels not in LABELS:
        raise TraceError(
            _("Labels: got {got}. Pass “one” where the classes exclude each other, “many” where they do not.").format(
                got=str(labels)[:40]
            )
        )
    return str(labels)


def logit_edge(scores: Tensor, class_index: int) -> tuple[GradientEdge, Tensor] | None:
    """Returns what to differentiate for the logit of a class where a net ends in a softmax or sigmoid; None elsewhere.

    `scores` (1, K) are of a pass with gradients. The edge is that of the values before the function, and the tensor
    beside it selects the class's: the gradient of a probability near 0 or 1 would be next to nothing.
    """
    step = scores.grad_fn
    while step is not None and _step_name(step) in _VIEWS:
        step = step.next_functions[0][0]
    if step is None or _step_name(step) not in _BEFORE:
        return None
    source, number = step.next_functions[0]
    if source is None:  # no gradient comes to it
        return None
    meta = source._input_metadata[number]
    selected = torch.zeros(scores.numel(), dtype=meta.dtype, device=meta.device)
    selected[class_index] = 1
    return GradientEdge(source, number), selected.reshape(tuple(meta.shape))


def _as_scores(value: Any, n_images: int) -> Tensor | None:
    """Returns a tensor as (N, K), None if it is not that."""
    if not isinstance(value, Tensor) or not value.is_floating_point() or not value.numel():
        return None
    if value.ndim == 2:
        return value
    # What is left of (N, 1) or (1, K) where the net has taken off sides of 1.
    if value.ndim == 1 and len(value) == n_images:
        return value.unsqueeze(1)
    return value.reshape(1, -1) if value.ndim < 2 and n_images == 1 else None


def _parts(output: Any) -> dict[str, Any]:
    """Returns the outputs by name; by number where they have none. Those that are None are left out."""
    if isinstance(output, Mapping):
        named = dict(output)
    elif hasattr(output, "_asdict"):
        named = output._asdict()
    elif isinstance(output, list | tuple):
        named = dict(enumerate(output))
    else:
        named = getattr(output, "__dict__", {}) or {}
        named = {name: getattr(output, name) for name in _NAMES if hasattr(output, name)} or named
    return {str(name): value for name, value in named.items() if value is not None}


def _among(parts: Mapping[str, Any], n_images: int) -> Tensor | None:
    """Returns the scores among several outputs; None where there are none, or where it cannot be told which."""
    for name in _NAMES:
        if name in parts:
            return _as_scores(parts[name], n_images)
    flat = [value for value in parts.values() if isinstance(value, Tensor) and value.ndim == 2]
    found = [scores for value in flat if (scores := _as_scores(value, n_images)) is not None]
    return found[0] if found and len({scores.shape[1] for scores in found}) == 1 else None


def _describe(output: Any) -> str:
    """Returns the shape of a tensor, or the outputs with their names and shapes."""
    if isinstance(output, Tensor):
        return "×".join(map(str, output.shape)) or "1"
    parts = _parts(output)
    if not parts:
        return type(output).__name__
    words = [f"{name}: {_describe(value) if isinstance(value, Tensor) else type(value).__name__}"[:60] for name, value
             in list(parts.items())[:8]]  # fmt: skip
    return f"{type(output).__name__} ({', '.join(words)})"


def _step_name(step: Any) -> str:
    """Returns `Softmax` for autograd's SoftmaxBackward0."""
    return type(step).__name__.rstrip("0123456789").removesuffix("Backward")
