"""What is often said of ResNets and is not so, each with a counter-experiment of one click."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach.beliefs.blocks import BELIEFS as BLOCKS
from resnet_viz.views.teach.beliefs.counts import BELIEFS as COUNTS
from resnet_viz.views.teach.beliefs.training import BELIEFS as TRAINING
from resnet_viz.views.teach.taught import Belief, find_by_id

BELIEFS: tuple[Belief, ...] = (*TRAINING, *BLOCKS, *COUNTS)


def find_belief(name: str) -> Belief:
    """A belief by its id, as in `relu`. Raises TraceError for another one."""
    refusal = _("There is no belief named {got}. There are {allowed}; choose one of them.")
    return find_by_id(BELIEFS, name, refusal)
