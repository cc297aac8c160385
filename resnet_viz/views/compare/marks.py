"""Marks of differences in the drawing of several nets: which box or frame is marked, and as what kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage
from resnet_viz.views.compare.layers import Difference
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.parts.ids import find_part, join_id, split_id
from resnet_viz.views.parts.runs import Run
from resnet_viz.views.style import SIGNS, LineStyle

CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class LegendMark:
    """An entry of the legend: kind (also the class in the SVG), sign, line style and name."""

    kind: str
    sign: str
    style: LineStyle
    name: str


def list_marks() -> tuple[LegendMark, ...]:
    """Returns all entries of the legend, in the current language."""
    names = {"changed": _("changed"), "added": _("added"), "removed": _("removed")}
    return tuple(LegendMark(kind, look.sign, look.style, names[kind]) for kind, look in SIGNS.items())


def find_marks(differences: Sequence[Sequence[Difference]]) -> dict[str, str]:
    """Returns the kind of difference by node id, with the prefix of its net (`views/parts/ids.py`).

    `differences` are those of each net but the first, as `differences_of` returns them. A node of the first net with
    several kinds of difference counts as changed.
    """
    found: dict[str, set[str]] = {}
    for net, of_net in enumerate(differences, start=1):
        for difference in of_net:
            ids = chain.from_iterable(
                (join_id(place, node_id) for node_id in difference.nodes[side]) for side, place in enumerate((0, net))
            )
            for node_id in ids:
                found.setdefault(node_id, set()).add(difference.kind)
    return {node_id: _common(kinds) for node_id, kinds in found.items()}


def own_marks(marks: Mapping[str, str], net: int) -> dict[str, str]:
    """Returns the marks of one net, by ids without the prefix."""
    parts = ((split_id(node_id), kind) for node_id, kind in marks.items())
    return {own[1]: kind for own, kind in parts if own is not None and own[0] == net}


def drawn_marks(plan: DrawingPlan, marks: Mapping[str, str]) -> dict[str, str]:
    """Returns the kinds of the boxes and frames that show a net's marked nodes and runs.

    A box has a kind if all nodes it represents are marked with that kind; otherwise it is changed. Nodes without a box,
    and ids that the net does not have, are left out.
    """
    shown: dict[str, dict[str, str]] = {}
    for node_id, kind in marks.items():
        found = find_part(plan.trace, node_id)
        for node in found.nodes if found else ():
            name = _box_of(plan, node)
            if name is not None:
                shown.setdefault(name, {})[node.id] = kind
    return {name: _common(_kinds(plan, name, parts)) for name, parts in shown.items()}


def _common(kinds: set[str]) -> str:
    return next(iter(kinds)) if len(kinds) == 1 else CHANGED


def _kinds(plan: DrawingPlan, name: str, parts: Mapping[str, str]) -> set[str]:
    """Returns the kinds of the nodes that a box represents; a node that is only a part of one makes it changed."""
    run = _runs(plan).get(name)
    whole = set(_blocks(run)) if run else {name}
    if run and not whole <= parts.keys():
        return {CHANGED}
    # What the ops on a shortcut are, the one box that stands for them is.
    own = {node_id for node_id in parts if node_id in whole or node_id.startswith(f"{name}.")}
    return {kind if node_id in own else CHANGED for node_id, kind in parts.items()}


def _box_of(plan: DrawingPlan, node: Node) -> str | None:
    """The box or frame that shows a node, if there is one."""
    if isinstance(node, Stage):
        return node.id
    if node.kind == "network" or plan.level_of(node) == "op":
        return node.id if not node.children or node.kind in ("block", "shortcut", "group") else None
    block = next((group for group in (node, *plan.trace.ancestors(node)) if isinstance(group, Block)), None)
    if block is not None:
        return _in_closed(plan, block, node)
    return plan.outlets.get(node.id)


def _in_closed(plan: DrawingPlan, block: Block, node: Node) -> str:
    """A closed block's own box, the one on its shortcut, or its add."""
    run = next(run for run in plan.runs if block in run.blocks)
    if node.id == run.last.add:
        return node.id
    bypass = plan.bypass_node(run.first).id if run.first.bypass else None
    is_on_bypass = bypass is not None and (node.id == bypass or node.id in block.bypass)
    return bypass if bypass is not None and is_on_bypass else run.id


def _runs(plan: DrawingPlan) -> dict[str, Run]:
    return {run.id: run for run in plan.runs if plan.levels[run.first.id] != "op"}


def _blocks(run: Run) -> list[str]:
    return [block.id for block in run.blocks]
