"""Which ops and which module a block is: names for what `branches.py` finds in the graph.

A block is named by the module that holds its ops and no other block's. Where the sum is done outside it, as in a net of
torch.fx, that is the module of its weighted layers; a module that is called three times gives three blocks, `body`,
`body_1`, `body_2`; and where no module is a block's own, it is `block`, `block_1`, …
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from resnet_viz.model.graph.branches import Branches, Sums, stride_of
from resnet_viz.model.graph.calls import Call, Module
from resnet_viz.model.graph.flow import Flow

_ACTIVATIONS = frozenset(
    ("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "prelu", "hardswish", "hardtanh")
)


@dataclass(slots=True)
class Part:
    """A block: its id, the module it is (empty: none of its own), its branches and all its ops by place."""

    id: str
    path: str
    holder: str
    """The module that the block lies in; empty: the net."""
    branches: Branches
    places: list[int] = field(default_factory=list)


class Modules:
    """The modules that have submodules, and which ops ran in each."""

    def __init__(self, calls: Sequence[Call], modules: Sequence[Module]) -> None:
        self.by_path = {module.path: module for module in modules}
        self._around: dict[str | None, tuple[str, ...]] = {None: ()}
        self.homes = [self.around(call.module) for call in calls]
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, paths in enumerate(self.homes):
            for path in paths:
                self.places[path].append(place)

    def around(self, path: str | None) -> tuple[str, ...]:
        """Returns the paths of the modules with submodules that are, or hold, the one at a path; outermost first."""
        known = self._around.get(path)
        if known is None:
            known = self.around(path.rpartition(".")[0]) if path else ()
            if path and not self.by_path[path].is_leaf:
                known = (*known, path)
            self._around[path] = known
        return known

    def common(self, places: Iterable[int]) -> str:
        """Returns the innermost module that holds all these ops; empty: the net."""
        shared = ""
        for paths in zip(*(self.homes[place] for place in places), strict=False):
            if paths.count(paths[0]) < len(paths):
                break
            shared = paths[0]
        return shared


@lru_cache(maxsize=4096)
def paths_to(path: str) -> tuple[str, ...]:
    """Returns a path with all those before it: `a`, `a.b` and `a.b.c`."""
    return tuple(accumulate(path.split("."), lambda left, right: f"{left}.{right}"))


class _Naming:
    """Ids that nothing else has."""

    def __init__(self, taken: Container[str]) -> None:
        self._taken, self._given = taken, set[str]()

    def give(self, name: str, is_module: bool) -> str:
        found, n = name, 0
        while found in self._given or (found in self._taken and not (is_module and n == 0)):
            n += 1
            found = f"{name}_{n}"
        self._given.add(found)
        return found


def place_blocks(flow: Flow, sums: Sums, modules: Modules) -> list[Part]:
    """Returns the blocks of a net, in running order."""
    naming = _Naming({*modules.by_path, *flow.places})
    cores = [branches.places for branches in sums.blocks]
    owners: dict[str, set[int]] = defaultdict(set)
    for number, core in enumerate(cores):
        for place in core:
            for path in modules.homes[place]:
                owners[path].add(number)
    parts = []
    for number, (branches, core) in enumerate(zip(sums.blocks, cores, strict=True)):
        path, turn = _module_of(flow, modules, cores, owners, number)
        outer = modules.common(core) if not path else (modules.around(path)[:-1] or ("",))[-1]
        whole = _places_of(modules.places[path], cores, sorted(owners[path]), turn) if path else []
        tail = _tail(flow, modules, max(core))
        part_id = naming.give(path or _join(outer, "block"), is_module=bool(path))
        parts.append(Part(part_id, path, outer, branches, sorted({*core, *whole, *tail})))
    return _without_shared(parts)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _module_of(
    flow: Flow, modules: Modules, cores: Sequence[Sequence[int]], owners: Mapping[str, set[int]], number: int
) -> tuple[str, int]:
    """Returns the module that a block is, and its how many-th call that is; an empty path if it is none."""
    core = cores[number]
    for layers_only in (False, True):
        path = modules.common(filter(flow.has_weights, core) if layers_only else core)
        if not path or not _is_mostly(flow, core, modules.places[path], len(owners[path])):
            continue
        turns = sorted(owners[path])
        if len(turns) == 1:
            return path, 0
        layers = [{flow.calls[place].module for place in cores[turn] if flow.has_weights(place)} for turn in turns]
        if all(other == layers[0] for other in layers):
            return path, turns.index(number)
    return "", 0


def _is_mostly(flow: Flow, core: Sequence[int], places: Sequence[int], n_turns: int) -> bool:
    """Whether a module is a block, and does not only hold one: most of its multiply-adds are the block's."""

    def size(ops: Iterable[int]) -> int:
        return sum(flow.calls[op].n_macs or 0 for op in ops)

    return size(places) < 2 * n_turns * size(core) or size(places) == 0


def _places_of(places: Sequence[int], cores: Sequence[Sequence[int]], turns: Sequence[int], turn: int) -> list[int]:
    """Returns the ops of one call of a module; its calls are equally long unless its forward is not always the same."""
    n = len(turns)
    if n == 1:
        return [*places]
    length, rest = divmod(len(places), n)
    if rest:
        return []
    mine = [*places[turn * length : (turn + 1) * length]]
    return mine if {*cores[turns[turn]]} & {*places} <= {*mine} else []


def _tail(flow: Flow, modules: Modules, add: int) -> list[int]:
    """Returns the activations that follow a sum at once, in the same module."""
    found: list[int] = []
    last = add
    while len(flow.users[last]) == 1:
        (after,) = flow.users[last]
        is_same_size = flow.calls[after].outputs[0].shape == flow.calls[last].outputs[0].shape
        is_near = modules.homes[after] == modules.homes[add]
        if len(flow.sources[after]) > 1 or flow.has_weights(after) or not is_same_size or not is_near:
            break
        if flow.calls[after].op not in _ACTIVATIONS:
            break
        found.append(after)
        last = after
    return found


def _without_shared(parts: list[Part]) -> list[Part]:
    """Gives each op to one block only, the first that has it."""
    taken: set[int] = set()
    for part in parts:
        part.places = [place for place in part.places if place not in taken]
        taken.update(part.places)
    return parts


def plain_blocks(flow: Flow, modules: Modules, stages: Container[str]) -> list[Part]:
    """Returns the blocks of a plain net, which has no sums: the children of its stages."""
    found = []
    for path, places in modules.places.items():
        outer = path.rpartition(".")[0]
        if outer in stages:
            ids = tuple(flow.calls[place].id for place in places)
            branches = Branches("none", None, ids, (), stride_of(flow, places), tuple(places))
            found.append(Part(path, path, outer, branches, [*places]))
    return found
