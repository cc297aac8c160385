"""Class predictions of a net."""

from __future__ import annotations

import numpy as np
from PIL.Image import Image
from torch import Tensor, nn

from resnet_viz.i18n import _
from resnet_viz.model.run.obstacles import check_scores
from resnet_viz.model.run.passes import check_whole, open_pass
from resnet_viz.model.run.scores import check_labels, probabilities, run_scores
from resnet_viz.pictures.preparing import SizeOrPreparation
from resnet_viz.records.findings import LABELS, Prediction


def predict(
    model: nn.Module,
    image: Image,
    k: int = 5,
    input_size: SizeOrPreparation = (224, 224),
    *,
    labels: str = LABELS[0],
) -> tuple[Prediction, ...]:
    """Returns the `k` most probable classes of one RGB picture, best first; all classes where there are fewer.

    `labels` is `one` where the classes exclude each other: the probabilities of logits are then their softmax. It is
    `many` where any number of them may be true: then each is the sigmoid of its own logit, as is that of a net with one
    output. A net that ends in a softmax or sigmoid gives probabilities itself, which are left as they are;
    `Prediction.kind` tells. Among several outputs the scores are found as `scores.class_scores` says.

    Preparation and run are those of `capture`. Equal scores are sorted by index. Raises what `capture` raises, and
    TraceError for a `k` below 1, a net whose output is not (N, classes), or scores that are NaN.
    """
    k, labels = check_whole("k", k, 1, 2**31), check_labels(labels)
    with open_pass(model, image, input_size, reads_maps=False) as run:
        run.check_memory(0)
        found = run_scores(run.model, run.input())
        check_scores(run, found.values)
    scores = found.values[0].float().tolist()
    shares = probabilities(found.values, found.kind, labels)[0].tolist()
    best = np.argsort([-score for score in scores], kind="stable")[:k]
    return tuple(Prediction(int(i), scores[i], shares[i], found.kind) for i in best)


def choose_class(scores: Tensor, class_index: int | None) -> int:
    """Returns the given class index, by default that of the largest score (1, K). Raises TraceError if unknown."""
    if class_index is None:
        return int(scores[0].argmax())
    return check_whole(_("Class"), class_index, 0, scores.shape[1] - 1)
