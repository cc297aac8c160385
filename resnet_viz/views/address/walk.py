"""URL query of the page Code walk: `net=resnet50&walk=forward&step=20&compare=resnet18&node=layer3.0`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from resnet_viz.organisms.index import trained_name
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.address.compare import only_specs, read_specs, write_net
from resnet_viz.views.address.params import read_choice, read_place
from resnet_viz.views.address.view import RANDOM, View, read_view, write_view

WALK, STEP, OTHER, TOUR = "walk", "step", "compare", "tour"
WALK_KINDS = ("build", "forward")
DEFAULT_NET = PRESETS["resnet50"]


@dataclass(frozen=True)
class WalkView:
    """What the page Code walk shows: a net with its drawing, one of its walks, and a step of it.

    `step` counts from 0 and is not checked against the walk.
    """

    drawn: View = field(default_factory=lambda: View(DEFAULT_NET))
    """Of a net of settings."""
    kind: str = WALK_KINDS[0]
    step: int = 0
    other: ResNetSpec | None = None
    """The net shown beside at the same line."""
    tour: int | None = None
    """The stop of the guided tour, from 0; None outside of it."""

    @property
    def spec(self) -> ResNetSpec:
        """The net that is walked through."""
        assert isinstance(self.drawn.spec, ResNetSpec)
        return self.drawn.spec

    def with_net(self, spec: ResNetSpec) -> WalkView:
        """Returns the view of another net at step 0; keeps the drawing options, drops opened parts and selection.

        Its weights are those that it comes with, else random.
        """
        drawn = View(spec, self.drawn.level, self.drawn.form, shade=self.drawn.shade)
        drawn = replace(drawn, weights=trained_name(spec, RANDOM))
        return replace(self, drawn=drawn, step=0, tour=None)


def read_walk_view(params: Mapping[str, str]) -> tuple[WalkView, list[str]]:
    """Returns the view of query parameters, and a sentence for each invalid value, which is replaced."""
    drawn, notes = read_view({"net": "resnet50", **params} if "block" not in params else params)
    if not isinstance(drawn.spec, ResNetSpec):
        notes.append(only_specs(drawn.spec))
        drawn = View(DEFAULT_NET)
    view = WalkView(
        drawn=replace(drawn, look=View(drawn.spec).look),
        kind=read_choice(params, WALK, WALK_KINDS, notes),
        step=read_place(params, STEP, notes) or 0,
        other=next(iter(read_specs(params.get(OTHER, ""), 1, notes)), None),
        tour=read_place(params, TOUR, notes),
    )
    return view, notes


def write_walk_view(view: WalkView) -> dict[str, str]:
    """Returns the view as query parameters: the net, and what differs from the defaults."""
    return {
        **write_view(view.drawn),
        **({WALK: view.kind} if view.kind != WALK_KINDS[0] else {}),
        **({STEP: str(view.step + 1)} if view.step else {}),
        **({OTHER: write_net(view.other)} if view.other else {}),
        **({TOUR: str(view.tour + 1)} if view.tour is not None else {}),
    }
