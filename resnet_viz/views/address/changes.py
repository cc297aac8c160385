"""Changes to a view: another net, level or direction, a part opened, a node revealed.

Shared by the page and the drawing route, so that a drawing shown before the rerun is the one the rerun yields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.organisms.index import PREFIX, trained_name
from resnet_viz.records.trace import Trace
from resnet_viz.refusal import check_choice
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.shown import ShownNet
from resnet_viz.views.address.view import RANDOM, View, view_detail
from resnet_viz.views.graph.draw import FORMS
from resnet_viz.views.parts.detail import LEVELS, change_part, known_parts, reveal
from resnet_viz.views.parts.ids import chosen, find_part

CHANGE_KINDS = ("net", "level", "form", "shown", "revealed")
Tracer = Callable[[ShownNet], Trace]


@dataclass(frozen=True, slots=True)
class Change:
    """One change to a view: `kind` is one of CHANGE_KINDS, `what` a preset, a level, a form or a part's id.

    A part is `shown` at `level`, or `revealed`: opened as far as needed to see it.
    """

    kind: str
    what: str
    level: str = LEVELS[0]


def change_view(view: View, change: Change, trace_of: Tracer) -> View:
    """Returns the changed view. Raises SpecError for an unknown preset, DrawError for any other unknown value."""
    check_choice("change", change.kind, CHANGE_KINDS)
    if change.kind == "net":
        return with_net(view, ResNetSpec.preset(change.what), trace_of)
    if change.kind == "level":
        check_choice("level", change.what, LEVELS)
        return replace(view, level=change.what, parts=())
    if change.kind == "form":
        check_choice("form", change.what, FORMS)
        return replace(view, form=change.what)
    trace = trace_of(view.spec)
    return _show(view, trace, change) if change.kind == "shown" else _reveal(view, trace, change.what)


def with_net(view: View, spec: ShownNet, trace_of: Tracer) -> View:
    """Returns the view with another net; the chosen node and the opened parts are kept where the net has them.

    Weights that come with the package are of one net, so another gets its own of them, or random ones.
    """
    if view.weights.startswith(PREFIX):
        view = replace(view, weights=trained_name(spec, RANDOM))
    if not view.node and not view.parts:
        return replace(view, spec=spec)
    trace = trace_of(spec)
    node = view.node if chosen(trace, view.node) else None
    return replace(view, spec=spec, node=node, parts=known_parts(trace, view.parts))


def _show(view: View, trace: Trace, change: Change) -> View:
    """Opens or closes a part; if that splits the chosen run, its first block is chosen instead."""
    detail = change_part(trace, view_detail(view, trace)[0], change.what, change.level)
    part = find_part(trace, change.what)
    is_split = view.node == change.what and change.level != LEVELS[0]
    node = part.blocks[0].id if part and part.blocks and is_split else view.node
    return replace(view, node=node, level=detail.level, parts=detail.parts)


def _reveal(view: View, trace: Trace, node: str) -> View:
    if chosen(trace, node) is None:
        raise DrawError(_("{name} has no node “{got}”.").format(name=trace.name, got=node[:60]))
    detail = reveal(trace, view_detail(view, trace)[0], node)
    return replace(view, node=node, level=detail.level, parts=detail.parts)
