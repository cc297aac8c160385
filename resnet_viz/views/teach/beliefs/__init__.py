"""What is often said of ResNets and is not so, each with a counter-experiment of one click."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.teach import collect
from resnet_viz.views.teach.taught import Belief, BeliefGroup, find_by_id

_GROUPS: tuple[BeliefGroup, ...] = collect(__name__, __path__, "BELIEFS")
BELIEFS: tuple[Belief, ...] = tuple(belief for group in _GROUPS for belief in group.beliefs)
"""Each file of this folder gives some."""


def find_belief(name: str) -> Belief:
    """A belief by its id, as in `relu`. Raises TraceError for another one."""
    refusal = _("There is no belief named {got}. There are {allowed}; choose one of them.")
    return find_by_id(BELIEFS, name, refusal)
