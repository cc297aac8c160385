"""The tree of groups around the ops: stem, stages, blocks, shortcuts, head; and which parameters belong to which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from resnet_viz.model.trace.calls import Call, Module
from resnet_viz.records.trace import ParamMeta

_PAPER_STAGES = frozenset({"layer1", "layer2", "layer3", "layer4"})


class OwnIds(NamedTuple):
    """Ids of what is no module of the net."""

    network: str
    input: str
    stem: str
    head: str


@dataclass(slots=True)
class Group:
    """A node in the making that holds others."""

    id: str
    kind: str
    parent: str | None
    calls: dict[str, Call] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)
    paper_name: str = ""
    """Of a stage."""
    n_params: int = 0
    params: list[ParamMeta] = field(default_factory=list)
    """Those that belong to no op in it."""


def grow_tree(calls: Sequence[Call], modules: Sequence[Module], parts: OwnIds) -> dict[str, Group]:
    """Groups by id, in running order. Ops of the root before the first stage are the stem, after the last the head."""
    by_path = {module.path: module for module in modules}
    stages = _find_stages(modules)
    last = max((i for i, call in enumerate(calls) if _top(call) in stages), default=-1)
    groups = {parts.network: Group(parts.network, "network", None, children={parts.input: None})}
    has_begun = False
    for i, call in enumerate(calls):
        is_staged = _top(call) in stages
        has_begun |= is_staged
        is_between = has_begun and i < last
        kind = "network" if is_staged or last < 0 or is_between else "head" if has_begun else "stem"
        part = getattr(parts, kind)
        if part not in groups:
            groups[part] = Group(part, kind, parts.network)
            groups[parts.network].children[part] = None
        _insert(call, part, groups, by_path, stages)
    for stage in stages & set(groups):
        groups[stage].paper_name = _paper_name(stage, stages)
    return groups


def _insert(
    call: Call, part: str, groups: dict[str, Group], modules: Mapping[str, Module], stages: frozenset[str]
) -> None:
    """Hang an op under the modules around it, making groups where there are none yet."""
    parent = part
    for path in _containers(call, modules):
        if path not in groups:
            kind = "stage" if path in stages else "block" if parent in stages else "group"
            groups[path] = Group(path, kind, parent)
            groups[parent].children[path] = None
        parent = path
    groups[parent].children[call.id] = None
    above: str | None = parent
    while above is not None:
        groups[above].calls[call.id] = call
        above = groups[above].parent


def _containers(call: Call, modules: Mapping[str, Module]) -> Iterable[str]:
    """The paths of the modules with modules inside that an op lies in, outermost first."""
    if call.module is None:
        return []
    parts = call.module.split(".")
    paths = accumulate(parts, lambda left, right: f"{left}.{right}")
    return [path for path in paths if path in modules and not modules[path].is_leaf]


def _find_stages(modules: Sequence[Module]) -> frozenset[str]:
    """Direct children of the net that hold blocks: those named as torchvision names them, else by their form."""
    top = [module for module in modules if module.path and "." not in module.path and not module.is_leaf]
    named = frozenset(module.path for module in top if module.path.startswith("layer") and module.path[5:].isdigit())
    if named:
        return named
    inner = [module for module in modules if module.path.count(".") == 1]
    return frozenset(
        module.path
        for module in top
        if module.is_sequence and not any(child.is_leaf for child in inner if _head_of(child.path) == module.path)
    )


def _paper_name(stage: str, stages: frozenset[str]) -> str:
    """Table 1 of the paper names four stages; the nets of others have none of these names."""
    return f"conv{int(stage[5:]) + 1}_x" if stages == _PAPER_STAGES else stage


def _head_of(path: str) -> str:
    return path.split(".", 1)[0]


def _top(call: Call) -> str | None:
    return _head_of(call.module) if call.module else None


def count_params(groups: dict[str, Group], ops: set[str], modules: Sequence[Module], network: str) -> None:
    """Add each parameter once to every group around the first module that owns it; keep those that no op has."""
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
    """A group and all in it, groups before what they hold."""
    yield node_id
    if node_id in groups:
        for child in groups[node_id].children:
            yield from running_order(groups, child)
