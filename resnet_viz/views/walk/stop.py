"""Stops of a guided tour: each a text with values of a live walk, and the step that the views go to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from resnet_viz.errors import TraceError
from resnet_viz.i18n import Words, _
from resnet_viz.records.steps import WalkStep
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.address.view import View
from resnet_viz.views.address.walk import WALK_KINDS, WalkView
from resnet_viz.views.walk.words import code_of

GetWalks = Callable[[ResNetSpec], Mapping[str, CodeWalk]]
WalkWriter = Callable[[Sequence[CodeWalk], WalkStep], str]
"""Returns a text, given the walks of a stop's nets in their order and the stop's step."""


@dataclass(frozen=True, slots=True)
class StopPlace:
    """Identifies a step by its source text; its index would change with the version of the source."""

    function: str
    """Qualified name, as in `ResNet._make_layer`."""
    code: str = ""
    """Start of the statement; empty for the call of the function."""
    inside: str = ""
    """The part of the net it runs for, as in `layer2` or `layer2.0`; empty for any."""
    kind: str = WALK_KINDS[0]


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a tour."""

    title: Words
    text: WalkWriter
    nets: tuple[str, ...]
    """Query strings of the nets in the text; the first is walked through."""
    place: StopPlace
    other: str | None = None
    """Query string of a net shown beside."""

    def walks(self, get_walks: GetWalks) -> tuple[CodeWalk, ...]:
        """Returns the walks that the text is written from."""
        return tuple(get_walks(ResNetSpec.from_query(net))[self.place.kind] for net in self.nets)

    def write(self, get_walks: GetWalks) -> str:
        """Returns the text as Markdown in the current language. Raises TraceError as `find_place`."""
        walks = self.walks(get_walks)
        return self.text(walks, find_place(walks[0], self.place))

    def view(self, number: int, get_walks: GetWalks) -> WalkView:
        """Returns the page at this stop, `number` of its tour. Raises TraceError as `find_place`."""
        step = find_place(self.walks(get_walks)[0], self.place)
        other = ResNetSpec.from_query(self.other) if self.other else None
        view = WalkView(View(ResNetSpec.from_query(self.nets[0])), self.place.kind, step.index)
        return replace(view, other=other, tour=number)


def find_place(walk: CodeWalk, place: StopPlace) -> WalkStep:
    """Returns the first step at a place. Raises TraceError if the walked source has none."""
    found = next((step for step in walk.steps if _is_at(walk, step, place)), None)
    if found is None:
        raise TraceError(
            _("The walk of {name} has no “{code}” in {function}.").format(
                name=walk.spec.name, code=place.code or "def", function=place.function
            )
        )
    return found


def _is_at(walk: CodeWalk, step: WalkStep, place: StopPlace) -> bool:
    if step.function != place.function or (step.kind == "call") is bool(place.code):
        return False
    return code_of(walk, step).startswith(place.code) and (not place.inside or _is_inside(walk, step, place.inside))


def _is_inside(walk: CodeWalk, step: WalkStep, part: str) -> bool:
    """Whether a step runs for a part: by its owner, or inside the `_make_layer` call that makes it."""
    if f"{step.owner}.".startswith(f"{part}."):
        return True
    around = {found.index for found in walk.stack(step)} | {walk.call_of(found).index for found in walk.stack(step)}
    return walk.kind == "build" and any(call.stage == part and call.step in around for call in walk.stages())
