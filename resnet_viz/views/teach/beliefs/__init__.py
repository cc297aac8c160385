"""Common false beliefs about ResNets, each with a one-click counter-experiment."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Belief, BeliefGroup, find_by_id

_GROUPS: tuple[BeliefGroup, ...] = collect(__name__, __path__, "BELIEFS")
BELIEFS: tuple[Belief, ...] = tuple(belief for group in _GROUPS for belief in group.beliefs)
"""Collected from the files of this folder."""


def find_belief(name: str) -> Belief:
    """Returns a belief by its id, as in `relu`. Raises TraceError for an unknown id."""
    refusal = _("There is no belief named {got}. There are {allowed}; choose one of them.")
    return find_by_id(BELIEFS, name, refusal)
