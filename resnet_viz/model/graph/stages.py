"""Stages: blocks in a row at one resolution and width, as the net's own modules have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.model.graph.blocks import Modules, Part, paths_to
from resnet_viz.model.graph.calls import Module
from resnet_viz.model.graph.flow import Flow

_PAPER_STAGES = ["layer1", "layer2", "layer3", "layer4"]


@dataclass(slots=True)
class Stage:
    """A stage: its id, the module it is (empty: none), its blocks, and its first and last op by place."""

    id: str
    path: str
    parts: list[Part]
    first: int
    last: int
    paper_name: str = ""


def find_stages(flow: Flow, parts: Sequence[Part], modules: Modules) -> list[Stage]:
    """Returns the stages of a net, in running order."""
    paths = _stage_paths(parts, modules)
    if len({*paths}) == 1 and len(parts) > 1:
        paths = _by_shape(flow, parts, paths[0])
    stages = []
    taken: set[str] = {*flow.places, *(part.id for part in parts)}
    for (path, _shape), members in groupby(zip(parts, paths, strict=True), key=lambda pair: pair[1]):
        inside = [part for part, _path in members]
        module = path if path in modules.by_path else ""
        stage_id = _free(path or "stage", module, taken, modules)
        taken.add(stage_id)
        stages.append(Stage(stage_id, module, inside, inside[0].places[0], inside[-1].places[-1]))
    name_as_in_paper(stages)
    return stages


def _free(name: str, module: str, taken: Container[str], modules: Modules) -> str:
    found, n = name, 0
    while found in taken or (found != module and found in modules.by_path):
        n += 1
        found = f"{name}_{n}"
    return found


def _stage_paths(parts: Sequence[Part], modules: Modules) -> list[tuple[str, object]]:
    """Returns for each block the widest module that holds it, its neighbours in a row, and no other blocks."""
    n_under = Counter(path for part in parts for path in modules.around(part.holder or None))
    found: list[tuple[str, object]] = []
    for part in parts:
        path, *above = [*reversed(modules.around(part.holder or None))] or [""]
        for wider in above:
            if n_under[wider] > n_under[path] or n_under[wider] == len(parts):
                break
            path = wider
        found.append((path, None))
    paths = {path for path, _shape in found}
    nested = {path for path in paths if any(other.startswith(f"{path}.") for other in paths)}
    return [("", part.holder) if key[0] in nested else key for part, key in zip(parts, found, strict=True)]


def _by_shape(flow: Flow, parts: Sequence[Part], path: tuple[str, object]) -> list[tuple[str, object]]:
    """Returns stages by the shape of what the blocks give, where one module, or none, holds all of them."""
    shapes = [flow.calls[part.places[-1]].outputs[0].shape for part in parts]
    keys: list[object] = [*shapes]
    if len({*shapes}) > max(6, len(parts) // 2):
        keys = [shape[2:] for shape in shapes]
    if len({*keys}) == 1 and path[0]:
        return [path] * len(parts)
    outer = f"{path[0]}." if path[0] else ""
    numbers = [number for number, (_key, members) in enumerate(groupby(keys), 1) for _member in members]
    return [(f"{outer}stage{number}", None) for number in numbers]


def name_as_in_paper(stages: Sequence[Stage]) -> None:
    """Table 1 of the paper names four stages; other nets keep their own names."""
    paths = [stage.id for stage in stages]
    is_paper = [path.rpartition(".")[2] for path in paths] == _PAPER_STAGES
    is_paper &= len({path.rpartition(".")[0] for path in paths}) == 1
    for number, stage in enumerate(stages):
        stage.paper_name = f"conv{number + 2}_x" if is_paper else stage.id


def plain_stages(modules: Sequence[Module]) -> frozenset[str]:
    """Returns the stages of a net without sums: its `layer1`, …, else its direct children that are sequences of modules
    with submodules.
    """
    top = [module for module in modules if module.path and "." not in module.path and not module.is_leaf]
    named = frozenset(module.path for module in top if module.path.startswith("layer") and module.path[5:].isdigit())
    if named:
        return named
    inner = [module for module in modules if module.path.count(".") == 1]
    return frozenset(
        module.path
        for module in top
        if module.is_sequence and not any(child.is_leaf for child in inner if paths_to(child.path)[0] == module.path)
    )


def arrange_plain(parts: Sequence[Part], paths: Container[str], modules: Modules) -> list[Stage]:
    """Returns the stages of a net without sums, in running order, each with the blocks that lie in it."""
    stages = []
    for path, places in modules.places.items():
        if path in paths:
            inside = [part for part in parts if part.holder == path]
            stages.append(Stage(path, path, inside, places[0], places[-1]))
    name_as_in_paper(stages)
    return stages
