"""Class predictions of a net."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.errors import TraceError
from resnet_viz.i18n import _
from resnet_viz.model.run.images import SizeOrPreparation
from resnet_viz.model.run.passes import check_whole, open_pass
from resnet_viz.records.findings import Prediction


def predict(
    model: nn.Module, image: Image, k: int = 5, input_size: SizeOrPreparation = (224, 224)
) -> tuple[Prediction, ...]:
    """Returns the `k` most probable classes of one RGB picture, best first; all classes where there are fewer.

    Preparation and run are those of `capture`. Equal logits are sorted by index. Raises what `capture` raises, and
    TraceError for a `k` below 1 or a net whose output is not (N, classes).
    """
    k = check_whole("k", k, 1, 2**31)
    with open_pass(model, image, input_size, reads_maps=False) as run:
        run.check_memory(0)
        with torch.inference_mode():
            logits = check_logits(run.model(run.input()))[0]
    values, shares = logits.float().tolist(), probabilities(logits).tolist()
    best = np.argsort([-value for value in values], kind="stable")[:k]
    return tuple(Prediction(int(i), values[i], shares[i]) for i in best)


def probabilities(logits: Tensor) -> Tensor:
    """Returns the softmax over the last axis, on the CPU in float64, so that small probabilities do not become 0."""
    return logits.detach().cpu().double().softmax(dim=-1)


def check_logits(output: Any) -> Tensor:
    """Returns a net's output if it is (N, K). Raises TraceError for anything else."""
    if isinstance(output, Tensor) and output.ndim == 2 and output.shape[1] > 0:
        return output
    got = "×".join(map(str, output.shape)) if isinstance(output, Tensor) else type(output).__name__
    raise TraceError(
        _(
            "The net gives {got}. To tell classes, it must give one value for each class, as after a linear layer."
        ).format(got=got)
    )


def choose_class(logits: Tensor, class_index: int | None) -> int:
    """Returns the given class index, by default that of the largest logit (1, K). Raises TraceError if unknown."""
    if class_index is None:
        return int(logits[0].argmax())
    return check_whole(_("Class"), class_index, 0, logits.shape[1] - 1)
