"""Ops and modules become the Trace: the tree of groups, the sums, the memory, the edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from resnet_viz.model.branches import Branches, find_branches
from resnet_viz.model.calls import Call, Module
from resnet_viz.model.fields import input_field, op_field
from resnet_viz.model.recorder import free_id
from resnet_viz.records import Block, Edge, Node, Stage, TensorMeta


class _Parts(NamedTuple):
    """Ids of what is no module of the net."""

    network: str
    input: str
    stem: str
    head: str


@dataclass(slots=True)
class _Group:
    """A node in the making that holds others."""

    id: str
    kind: str
    parent: str | None
    calls: dict[str, Call] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)
    n_params: int = 0


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes in running order, groups before their ops, and the edges between the ops."""

    network: Node
    nodes: dict[str, Node]
    edges: tuple[Edge, ...]


def build_graph(calls: Sequence[Call], modules: Sequence[Module], image: TensorMeta) -> Graph:
    """Assemble nodes and edges from the ops in running order."""
    paths = frozenset(module.path for module in modules)
    parts = _Parts(*(free_id(name, paths) for name in _Parts._fields))
    groups = _grow_tree(calls, modules, parts)
    own = {module.path: module.n_own for module in modules if module.is_leaf}
    params = {call.id: own.get(call.module or "", 0) for call in calls}
    _count_params(groups, {call.id for call in calls}, modules, parts.network)
    ops = _make_ops(calls, groups, params, _input_node(parts, image))
    weighted = frozenset(node_id for node_id, n in params.items() if n)
    blocks = {
        group.id: find_branches(group.id, group.calls, weighted) for group in groups.values() if group.kind == "block"
    }
    classes = {module.path: module.class_name for module in modules}
    nodes: dict[str, Node] = {}
    for node_id in _running_order(groups, parts.network):
        if node_id in ops:
            nodes[node_id] = ops[node_id]
        else:
            nodes[node_id] = _make_group(groups[node_id], ops, ops[parts.input], blocks, classes)
    return Graph(nodes[parts.network], nodes, tuple(_make_edges(calls, ops, blocks.values())))


def _grow_tree(calls: Sequence[Call], modules: Sequence[Module], parts: _Parts) -> dict[str, _Group]:
    """Groups by id, in running order. Ops of the root before the first stage are the stem, after the last the head."""
    by_path = {module.path: module for module in modules}
    stages = _find_stages(modules)
    last = max((i for i, call in enumerate(calls) if _top(call) in stages), default=-1)
    groups = {parts.network: _Group(parts.network, "network", None, children={parts.input: None})}
    has_begun = False
    for i, call in enumerate(calls):
        is_staged = _top(call) in stages
        has_begun |= is_staged
        is_between = has_begun and i < last
        kind = "network" if is_staged or last < 0 or is_between else "head" if has_begun else "stem"
        part = getattr(parts, kind)
        if part not in groups:
            groups[part] = _Group(part, kind, parts.network)
            groups[parts.network].children[part] = None
        _insert(call, part, groups, by_path, stages)
    for group in groups.values():
        if group.kind == "group" and group.parent in groups and groups[group.parent].kind == "block":
            _mark_shortcut(group, groups[group.parent])
    return groups


def _insert(
    call: Call, part: str, groups: dict[str, _Group], modules: Mapping[str, Module], stages: frozenset[str]
) -> None:
    """Hang an op under the modules around it, making groups where there are none yet."""
    parent = part
    for path in _containers(call, modules):
        if path not in groups:
            kind = "stage" if path in stages else "block" if parent in stages else "group"
            groups[path] = _Group(path, kind, parent)
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


def _head_of(path: str) -> str:
    return path.split(".", 1)[0]


def _top(call: Call) -> str | None:
    return _head_of(call.module) if call.module else None


def _mark_shortcut(group: _Group, block: _Group) -> None:
    """A group inside a block is its shortcut when all it makes goes straight into the block's add."""
    add = next((call for call in reversed(block.calls.values()) if call.op == "add" and call.module == block.id), None)
    starts_outside = not any(
        source in block.calls and source not in group.calls for call in group.calls.values() for source in call.inputs
    )
    if add is not None and starts_outside and group.calls and next(reversed(group.calls)) in add.inputs:
        group.kind = "shortcut"


def _count_params(groups: dict[str, _Group], ops: set[str], modules: Sequence[Module], network: str) -> None:
    """Add each parameter once to every group around the first module that owns it."""
    parents = {child: group.id for group in groups.values() for child in group.children}
    for module in modules:
        if not module.n_new:
            continue
        path = module.path
        while path and path not in groups and path not in ops:
            path = path.rpartition(".")[0]
        above: str | None = path if path in groups else parents.get(path, network)
        while above is not None:
            groups[above].n_params += module.n_new
            above = groups[above].parent


def _make_ops(
    calls: Sequence[Call], groups: Mapping[str, _Group], params: Mapping[str, int], image: Node
) -> dict[str, Node]:
    """The input and every op, with fields, storage and live memory."""
    parents = {child: group.id for group in groups.values() for child in group.children}
    storages, live = _follow_memory(calls, image)
    fields = {image.id: image.field}
    nodes = {image.id: image}
    counts: dict[str | None, int] = {}
    for order, call in enumerate(calls):
        first = nodes[call.inputs[0]]
        found, has_gate = op_field(call, fields, first.out_shape[2:])
        fields[call.id] = found
        counts[call.module] = counts.get(call.module, -1) + 1
        nodes[call.id] = Node(
            id=call.id,
            kind="op",
            parent=parents[call.id],
            children=(),
            op=call.op,
            attrs=call.attrs,
            module=call.module,
            call=counts[call.module],
            order=order,
            inputs=tuple(call.inputs),
            outputs=call.outputs,
            is_inplace=call.is_inplace,
            is_view=call.is_view,
            storage=storages[call.id],
            n_params=params[call.id],
            n_macs=call.n_macs,
            act_bytes=0 if call.memory_of else sum(output.n_bytes for output in call.outputs),
            live_bytes=live[order],
            field=found,
            is_global=call.has_statistics or has_gate or any(nodes[source].is_global for source in call.inputs),
            source=call.source,
            is_estimated=call.is_ruled,
        )
    return nodes


def _input_node(parts: _Parts, image: TensorMeta) -> Node:
    return Node(
        parts.input, "input", parts.network, (), None, {}, None, 0, -1, (), (image,), False, False, -1, 0, 0,
        image.n_bytes, image.n_bytes, input_field(), False, (), True,
    )  # fmt: skip


def _follow_memory(calls: Sequence[Call], image: Node) -> tuple[dict[str, int], list[int]]:
    """Which memory each op writes into, and how many bytes are alive while it runs, by last use."""
    storages = {image.id: -1}
    sizes, first, last = {-1: image.act_bytes}, {-1: 0}, {-1: 0}
    for order, call in enumerate(calls):
        if call.memory_of is None:
            storages[call.id] = order
            sizes[order], first[order] = sum(output.n_bytes for output in call.outputs), order
        else:
            storages[call.id] = storages[call.memory_of]
        for node_id in (call.id, *call.inputs):
            last[storages[node_id]] = order
    changes = [0] * (len(calls) + 1)
    for storage, size in sizes.items():
        changes[first[storage]] += size
        changes[last[storage] + 1] -= size
    return storages, list(accumulate(changes[:-1]))


def _running_order(groups: Mapping[str, _Group], node_id: str) -> Iterable[str]:
    yield node_id
    if node_id in groups:
        for child in groups[node_id].children:
            yield from _running_order(groups, child)


def _make_group(
    group: _Group, ops: Mapping[str, Node], image: Node, blocks: Mapping[str, Branches], classes: Mapping[str, str]
) -> Node:
    inside = [ops[node_id] for node_id in group.calls]
    last = inside[-1] if inside else image
    sources = dict.fromkeys(source for op in inside for source in op.inputs if source not in group.calls)
    base = Node(
        id=group.id,
        kind=group.kind,
        parent=group.parent,
        children=tuple(group.children),
        op=None,
        attrs={},
        module=group.id if group.id in classes else None,
        call=0,
        order=inside[0].order if inside else -1,
        inputs=tuple(sources),
        outputs=last.outputs,
        is_inplace=False,
        is_view=False,
        storage=last.storage,
        n_params=group.n_params,
        n_macs=sum(op.n_macs for op in inside),
        act_bytes=sum(op.act_bytes for op in inside),
        live_bytes=max((op.live_bytes for op in inside), default=0),
        field=last.field,
        is_global=last.is_global,
        source=(),
        is_estimated=all(op.is_estimated for op in inside),
    )
    return _specialise(base, group, blocks, classes)


def _specialise(base: Node, group: _Group, blocks: Mapping[str, Branches], classes: Mapping[str, str]) -> Node:
    common = {name: getattr(base, name) for name in Node.__dataclass_fields__}
    if group.kind == "stage":
        n_blocks = sum(child in blocks for child in group.children)
        number = group.id.removeprefix("layer")
        paper_name = f"conv{int(number) + 1}_x" if number.isdigit() else group.id
        return Stage(**common, paper_name=paper_name, n_blocks=n_blocks)
    if group.kind == "block":
        found = blocks[group.id]
        return Block(
            **common,
            block_type=classes[group.id],
            shortcut=found.shortcut,
            add=found.add,
            residual=found.residual,
            bypass=found.bypass,
            stride=found.stride,
        )
    return base


def _make_edges(calls: Sequence[Call], ops: Mapping[str, Node], blocks: Iterable[Branches]) -> Iterable[Edge]:
    """One edge per value an op takes; those on a block's shortcut carry its kind as their role."""
    bypasses = {node_id: found.shortcut for found in blocks for node_id in found.bypass}
    joins = {found.add: found for found in blocks if found.add is not None}
    for call in calls:
        for slot, source in enumerate(call.inputs):
            tensor = ops[source].outputs[0]
            role = bypasses.get(call.id) or _role_at_add(joins.get(call.id), source) or _gate_role(call, tensor)
            yield Edge(source, call.id, slot, tensor, role)


def _role_at_add(found: Branches | None, source: str) -> str | None:
    if found is None or source in found.residual:
        return None
    return found.shortcut


def _gate_role(call: Call, tensor: TensorMeta) -> str:
    is_gate = call.op == "mul" and len(call.inputs) == 2 and tensor.shape != call.outputs[0].shape
    return "gate" if is_gate else "main"
