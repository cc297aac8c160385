"""Builds the Trace's nodes and edges from ops and modules: sums, receptive fields, memory, roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from operator import attrgetter

from resnet_viz.model.graph.blocks import Modules, place_blocks, plain_blocks
from resnet_viz.model.graph.branches import Branches, Sums, find_sums
from resnet_viz.model.graph.calls import Call, Module, free_id
from resnet_viz.model.graph.fields import input_field, op_field
from resnet_viz.model.graph.flow import Flow
from resnet_viz.model.graph.stages import Stage as StagePlan
from resnet_viz.model.graph.stages import arrange_plain, find_stages, plain_stages
from resnet_viz.model.graph.tree import Group, SyntheticIds, count_params, grow_tree, running_order
from resnet_viz.records.macs import sum_macs
from resnet_viz.records.trace import Block, Edge, Node, Stage, TensorMeta

_MACS = attrgetter("n_macs", "macs_at_least")
_ACT_BYTES, _LIVE_BYTES, _IS_ESTIMATED = map(attrgetter, ("act_bytes", "live_bytes", "is_estimated"))


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes in running order, groups before their ops, and the edges between the ops."""

    network: Node
    nodes: dict[str, Node]
    edges: tuple[Edge, ...]
    sums: Sums


def build_graph(
    calls: Sequence[Call], modules: Sequence[Module], image: TensorMeta, others: Mapping[str, TensorMeta]
) -> Graph:
    """Builds nodes and edges from the ops in running order. `others` are the inputs after the first, by id."""
    paths = frozenset(module.path for module in modules)
    ids = SyntheticIds(*(free_id(name, paths) for name in SyntheticIds._fields))
    own = {module.path: module for module in modules if module.is_leaf and module.params}
    # A net that is a single leaf module has an empty path.
    owners = {call.id: own[call.module or ""] for call in calls if (call.module or "") in own}
    params = {call.id: owners[call.id].n_own if call.id in owners else 0 for call in calls}
    sums, stages, homes = _find_stages(Flow(calls, _weights(calls, params, modules)), modules)
    groups = grow_tree(calls, homes, stages, ids)
    count_params(groups, {call.id for call in calls}, modules, ids.network)
    inputs = [_input_node(ids, node_id, tensor) for node_id, tensor in {ids.input: image, **others}.items()]
    root = groups[ids.network]
    root.children = {node.id: None for node in inputs} | root.children
    ops = _make_ops(calls, groups, owners, inputs)
    blocks = {part.id: part.branches for stage in stages for part in stage.parts}
    for group in groups.values():
        if group.parent in blocks and tuple(group.calls) == blocks[group.parent].bypass:
            group.kind = "shortcut"
    classes = {module.path: module.class_name for module in modules}
    nodes: dict[str, Node] = {}
    for node_id in running_order(groups, ids.network):
        if node_id in ops:
            nodes[node_id] = ops[node_id]
        else:
            nodes[node_id] = _make_group(groups[node_id], ops, ops[ids.input], blocks, classes)
    return Graph(nodes[ids.network], nodes, tuple(_make_edges(calls, ops, blocks.values())), sums)


def _weights(calls: Sequence[Call], params: Mapping[str, int], modules: Sequence[Module]) -> Mapping[str, int]:
    """Returns the parameters of each op, also of a norm in a module that has an activation below it, as timm's."""
    inner = {module.path: module.n_own for module in modules if not module.is_leaf and module.n_own}
    norms = {call.id: inner[call.module or ""] for call in calls if "norm" in call.op and (call.module or "") in inner}
    return {**params, **norms}


def _find_stages(flow: Flow, modules: Sequence[Module]) -> tuple[Sums, list[StagePlan], Modules]:
    """Returns what the sums are, the stages with their blocks, and where the ops ran."""
    sums, homes = find_sums(flow), Modules(flow.calls, modules)
    if sums.blocks:
        return sums, find_stages(flow, place_blocks(flow, sums, homes), homes), homes
    paths = plain_stages(modules)
    return sums, arrange_plain(plain_blocks(flow, homes, paths), paths, homes), homes


def _make_ops(
    calls: Sequence[Call], groups: Mapping[str, Group], owners: Mapping[str, Module], inputs: Sequence[Node]
) -> dict[str, Node]:
    """Returns the inputs and every op by id, with receptive field, storage and live memory."""
    parents = {child: group.id for group in groups.values() for child in group.children}
    storages, live = _follow_memory(calls, inputs)
    fields = {node.id: node.field for node in inputs}
    nodes = {node.id: replace(node, storage=storages[node.id]) for node in inputs}
    counts: dict[str | None, int] = {}
    seeing_all: set[str] = set()
    for order, call in enumerate(calls):
        first, owner = nodes[call.inputs[0]], owners.get(call.id)
        macs = call.macs
        found, has_gate = op_field(call, fields, first.out_shape[2:])
        fields[call.id] = found
        is_global = call.has_statistics or has_gate or not seeing_all.isdisjoint(call.inputs)
        if is_global:
            seeing_all.add(call.id)
        counts[call.module] = counts.get(call.module, -1) + 1
        # By position: by name would take longer than all else about a node.
        nodes[call.id] = Node(
            call.id,
            "op",
            parents[call.id],
            (),
            call.op,
            call.attrs,
            call.module,
            counts[call.module],
            order,
            tuple(call.inputs),
            call.outputs,
            call.is_inplace,
            call.is_view,
            storages[call.id],
            owner.n_own if owner else 0,
            macs.n,
            macs.at_least,
            0 if call.memory_of else call.n_bytes,
            live[order],
            found,
            is_global,
            call.source,
            call.is_ruled,
            owner.params if owner else (),
        )
    return nodes


def _input_node(ids: SyntheticIds, node_id: str, image: TensorMeta) -> Node:
    """Only a map has positions, and so a receptive field."""
    field = input_field() if len(image.shape) == 4 else None
    return Node(
        node_id, "input", ids.network, (), None, {}, None, 0, -1, (), (image,), False, False, -1, 0, 0, False,
        image.n_bytes, image.n_bytes, field, False, (), True, (),
    )  # fmt: skip


def _follow_memory(calls: Sequence[Call], inputs: Sequence[Node]) -> tuple[dict[str, int], list[int]]:
    """Returns each op's storage number, and the bytes alive while each op runs, by last use."""
    storages = {node.id: -1 - i for i, node in enumerate(inputs)}
    sizes = {storages[node.id]: node.act_bytes for node in inputs}
    first, last = dict.fromkeys(sizes, 0), dict.fromkeys(sizes, 0)
    for order, call in enumerate(calls):
        if call.memory_of is None:
            storages[call.id] = order
            sizes[order], first[order] = call.n_bytes, order
        else:
            storages[call.id] = storages[call.memory_of]
        for node_id in (call.id, *call.inputs):
            last[storages[node_id]] = order
    changes = [0] * (len(calls) + 1)
    for storage, size in sizes.items():
        changes[first[storage]] += size
        changes[last[storage] + 1] -= size
    return storages, list(accumulate(changes[:-1]))


def _make_group(
    group: Group, ops: Mapping[str, Node], image: Node, blocks: Mapping[str, Branches], classes: Mapping[str, str]
) -> Node:
    inside = [ops[node_id] for node_id in group.calls]
    last = inside[-1] if inside else image
    sources = dict.fromkeys(source for op in inside for source in op.inputs if source not in group.calls)
    macs = sum_macs(map(_MACS, inside))
    return _kind_of(group, blocks, classes)(
        group.id,
        group.kind,
        group.parent,
        tuple(group.children),
        None,
        {},
        group.path or None,
        0,
        inside[0].order if inside else -1,
        tuple(sources),
        last.outputs,
        False,
        False,
        last.storage,
        group.n_params,
        macs.n,
        macs.at_least,
        sum(map(_ACT_BYTES, inside)),
        max(map(_LIVE_BYTES, inside), default=0),
        last.field,
        last.is_global,
        (),
        all(map(_IS_ESTIMATED, inside)),
        tuple(group.params),
    )


def _kind_of(group: Group, blocks: Mapping[str, Branches], classes: Mapping[str, str]) -> Callable[..., Node]:
    """Returns a group's record, with what it has besides that of every node."""
    if group.kind == "stage":
        n_blocks = sum(child in blocks for child in group.children)
        return partial(Stage, paper_name=group.paper_name, n_blocks=n_blocks)
    if group.kind == "block":
        found = blocks[group.id]
        return partial(
            Block,
            block_type=classes.get(group.path, ""),
            shortcut=found.shortcut,
            add=found.add,
            residual=found.residual,
            bypass=found.bypass,
            stride=found.stride,
        )
    return Node


def _make_edges(calls: Sequence[Call], ops: Mapping[str, Node], blocks: Iterable[Branches]) -> Iterable[Edge]:
    """Yields one edge per input of an op; edges on a block's shortcut have its kind as their role."""
    bypasses = {node_id: found.shortcut for found in blocks for node_id in found.bypass}
    joins = {found.add: found for found in blocks if found.add is not None}
    for call in calls:
        for slot, source in enumerate(call.inputs):
            tensor = ops[source].outputs[call.slots[slot]]
            role = bypasses.get(call.id) or _role_at_add(joins.get(call.id), source) or _gate_role(call, tensor)
            yield Edge(source, call.id, slot, tensor, role)


def _role_at_add(found: Branches | None, source: str) -> str | None:
    if found is None or source in found.residual:
        return None
    return found.shortcut


def _gate_role(call: Call, tensor: TensorMeta) -> str:
    is_gate = call.op == "mul" and len(call.inputs) == 2 and tensor.shape != call.outputs[0].shape
    return "gate" if is_gate else "main"
