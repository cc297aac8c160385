"""The tree of groups around the ops: stem, stages, blocks, shortcuts, head; and the parameters of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from resnet_viz.model.graph.blocks import Modules, Part
from resnet_viz.model.graph.calls import Call, Module
from resnet_viz.model.graph.stages import Stage
from resnet_viz.records.trace import ParamMeta


class SyntheticIds(NamedTuple):
    """Ids of the nodes that are no modules."""

    network: str
    input: str
    stem: str
    head: str


@dataclass(slots=True)
class Group:
    """A node with children, under construction."""

    id: str
    kind: str
    parent: str | None
    path: str = ""
    """Path of the module that it is; empty: of none."""
    calls: dict[str, Call] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)
    paper_name: str = ""
    """For a stage."""
    n_params: int = 0
    params: list[ParamMeta] = field(default_factory=list)
    """Those that belong to no op in the group."""


def grow_tree(calls: Sequence[Call], modules: Modules, stages: Sequence[Stage], ids: SyntheticIds) -> dict[str, Group]:
    """Returns groups by id, in running order. Ops before the first stage are the stem, after the last the head."""
    tree = _Tree(calls, modules, stages, ids)
    for place, call in enumerate(calls):
        tree.insert(place, call)
    return tree.groups


class _Tree:
    def __init__(self, calls: Sequence[Call], modules: Modules, stages: Sequence[Stage], ids: SyntheticIds) -> None:
        self.groups = {ids.network: Group(ids.network, "network", None, children={ids.input: None})}
        self._ids, self._modules, self._stages = ids, modules, stages
        self._taken = {*modules.by_path, *(call.id for call in calls)}
        self._taken |= {stage.id for stage in stages} | {part.id for stage in stages for part in stage.parts}
        self._parts = {place: (stage, part) for stage in stages for part in stage.parts for place in part.places}
        self._inner: dict[tuple[str, str], str] = {}
        # Modules around stages and blocks, such as a wrapper, are left out: their ops lie before, in and behind these.
        self._outer = {path for stage in stages for path in self._around(stage)}

    def _around(self, stage: Stage) -> Iterable[str]:
        for part in stage.parts:
            yield from self._modules.around(part.holder or None)
        yield from (stage.path,) if stage.path else ()

    def insert(self, place: int, call: Call) -> None:
        """Adds an op below its enclosing modules, creating missing groups."""
        parent, homes = self._parent(place)
        for path in homes:
            parent = self._child(parent, path)
        self.groups[parent].children[call.id] = None
        above: str | None = parent
        while above is not None:
            self.groups[above].calls[call.id] = call
            above = self.groups[above].parent

    def _parent(self, place: int) -> tuple[str, Sequence[str]]:
        """Returns the group that an op lies in, and the modules inside it that are groups, too."""
        homes = self._modules.homes[place]
        if place in self._parts:
            stage, part = self._parts[place]
            within = part.path or part.holder
            below = [path for path in homes if path.startswith(f"{within}.")] if within else homes
            return self._block(self._stage(stage), part), [path for path in below if path not in self._outer]
        loose = [path for path in homes if path not in self._outer]
        around = self._stage_around(place, homes)
        return self._top(place) if around is None else self._stage(around), loose

    def _stage_around(self, place: int, homes: Sequence[str]) -> Stage | None:
        """Returns the stage of an op outside blocks: the one whose module it is in, or between whose blocks it runs."""
        around = [stage for stage in self._stages if stage.path in homes]
        # A module that is called twice is two stages.
        begun = [stage for stage in around if stage.first <= place]
        if around:
            return begun[-1] if begun else around[0]
        between = (stage for stage in self._stages if not stage.path and stage.first < place < stage.last)
        return next(between, None)

    def _stage(self, stage: Stage) -> str:
        if stage.id not in self.groups:
            self._add(Group(stage.id, "stage", self._ids.network, stage.path, paper_name=stage.paper_name))
        return stage.id

    def _block(self, stage: str, part: Part) -> str:
        if part.id not in self.groups:
            self._add(Group(part.id, "block", stage, part.path))
        return part.id

    def _top(self, place: int) -> str:
        kind = "network"
        if self._stages and place < self._stages[0].first:
            kind = "stem"
        elif self._stages and place > self._stages[-1].last:
            kind = "head"
        part: str = getattr(self._ids, kind)
        if part not in self.groups:
            self._add(Group(part, kind, self._ids.network))
        return part

    def _child(self, parent: str, path: str) -> str:
        """Returns the group of a module inside another group; the same module elsewhere is another group."""
        found = self._inner.get((parent, path))
        if found is None:
            found, n = path, 0
            while found in self.groups or (n and found in self._taken):
                n += 1
                found = f"{path}_{n}"
            self._inner[parent, path] = found
            self._add(Group(found, "group", parent, path))
        return found

    def _add(self, group: Group) -> None:
        self.groups[group.id] = group
        self.groups[group.parent or self._ids.network].children[group.id] = None


def count_params(groups: dict[str, Group], ops: set[str], modules: Sequence[Module], network: str) -> None:
    """Adds each parameter once to every group around its first owner, and stores those that belong to no op."""
    parents = {child: group.id for group in groups.values() for child in group.children}
    for module in modules:
        path = module.path
        if not module.params:
            continue
        while path and path not in groups and path not in ops:
            path = path.rpartition(".")[0]
        above: str | None = path if path in groups else parents.get(path, network)
        if path not in ops:
            groups[above or network].params += module.params
        while above is not None:
            groups[above].n_params += module.n_new
            above = groups[above].parent


def running_order(groups: Mapping[str, Group], node_id: str) -> Iterable[str]:
    """Yields a group and its descendants, each group before its children."""
    waiting = [node_id]
    while waiting:
        node_id = waiting.pop()
        yield node_id
        if node_id in groups:
            waiting += reversed(groups[node_id].children)
