"""The weights of a kept moment of a run, as those of a file are."""

from __future__ import annotations

from resnet_viz.datasets.classes import CLASSES
from resnet_viz.organisms.preparing import prepare_for_digits
from resnet_viz.pictures.samples import CAT, DIGIT
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.words import Trained
from resnet_viz.training.write import pack_weights
from resnet_viz.ui.cache.kept import FINDS
from resnet_viz.ui.cache.runs.session import own_runs
from resnet_viz.ui.cache.scene import Weights


def find_trained(spec: ResNetSpec, trained: Trained, title: str) -> Weights | None:
    """Returns the weights that a run of this session has kept, None where there is no such run, or not yet.

    A picture is prepared as the digits are, and those of CIFAR-10: without a margin, with values from 0 to 1.
    """
    run = own_runs().find_any(trained.plan_for(spec))
    moment = run.moment_at(trained.step) if run is not None else None
    if run is None or moment is None:
        return None
    key = f"trained:{run.name}@{trained.step}"
    data = FINDS.get(("trained", key), lambda: pack_weights(moment))
    sample = DIGIT if trained.data == "digits" else CAT
    return Weights(key, title, prepare_for_digits(spec), CLASSES[trained.data], data, sample=sample)
