"""How much of a network is drawn: one level for all of it, and parts that are expanded or folded separately.

A part is a stage, a block, a range of adjacent blocks (`layer3.1..35`), the stem or the head. Each block has one
level: that of the smallest part that contains it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.refusal import check_choice
from resnet_viz.views.parts.ids import find_part
from resnet_viz.views.parts.runs import range_id

LEVELS = ("folded", "block", "op")


@dataclass(frozen=True, slots=True)
class Detail:
    """The default level, and the parts with a different one, as (id, level) pairs.

    Raises DrawError for unknown levels. Use `make_detail`, which normalises the parts.
    """

    level: str = LEVELS[0]
    parts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for level in (self.level, *(level for _part, level in self.parts)):
            check_level(level)


def make_detail(trace: Trace, level: str, parts: Iterable[tuple[str, str]] = ()) -> Detail:
    """Returns the normalised, shortest Detail. Raises DrawError for unknown parts and levels."""
    check_level(level)
    levels = dict.fromkeys(_units(trace), level)
    resolved = [(find_units(trace, part), part_level) for part, part_level in parts]
    for units, part_level in sorted(resolved, key=lambda entry: -len(entry[0])):
        check_level(part_level)
        levels.update(dict.fromkeys(units, part_level))
    return Detail(level, tuple(_shortest(trace, level, levels)))


def unit_levels(trace: Trace, detail: Detail) -> dict[str, str]:
    """Returns the level by id of each block, and of the other groups at top level (stem, head)."""
    levels = dict.fromkeys(_units(trace), detail.level)
    # A normalised Detail lists a stage before the blocks that differ from it.
    for part, level in detail.parts:
        levels.update(dict.fromkeys(find_units(trace, part), level))
    return levels


def change_part(trace: Trace, detail: Detail, part: str, level: str) -> Detail:
    """Returns `detail` with one part at another level; the network's id means all parts. Raises DrawError."""
    check_level(level)
    if part == trace.network.id:
        return Detail(level)
    levels = unit_levels(trace, detail) | dict.fromkeys(find_units(trace, part), level)
    return Detail(detail.level, tuple(_shortest(trace, detail.level, levels)))


def reveal(trace: Trace, detail: Detail, node_id: str) -> Detail:
    """Returns `detail`, expanded only as far as needed to draw a node."""
    node = trace.nodes.get(node_id)
    unit = None if node is None else _unit_of(trace, node)
    if node is None or unit is None:
        return detail
    level = "op" if node.id != unit else "block"
    levels = unit_levels(trace, detail)
    return detail if LEVELS.index(levels[unit]) >= LEVELS.index(level) else change_part(trace, detail, unit, level)


def find_units(trace: Trace, part: str) -> tuple[str, ...]:
    """Returns the ids of the blocks of a stage or range, or the block, stem or head itself; DrawError if unknown."""
    units = _find_units(trace, part)
    if not units:
        raise DrawError(
            _("{name} has no part “{got}” to open. A part is a stage (layer3), a block (layer3.5) or several.").format(
                name=trace.name, got=str(part)[:60]
            )
        )
    return units


def known_parts(trace: Trace, parts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Returns the (id, level) pairs whose part exists in the network."""
    return tuple((part, level) for part, level in parts if _find_units(trace, part))


def check_level(level: str) -> None:
    """Raises DrawError unless `level` is one of LEVELS."""
    check_choice("level", level, LEVELS)


def _find_units(trace: Trace, part: str) -> tuple[str, ...]:
    chosen = find_part(trace, part)
    if chosen is None:
        return ()
    if chosen.blocks or isinstance(chosen.node, Stage):
        return tuple(block.id for block in chosen.blocks or trace.blocks_of(chosen.node))
    return (part,) if _unit_of(trace, chosen.node) == part else ()


def _unit_of(trace: Trace, node: Node) -> str | None:
    """Id of the block that contains a node, or of the stem or head; None for stages and the network."""
    around = [node, *trace.ancestors(node)]
    block = next((group for group in around if isinstance(group, Block)), None)
    if block is not None:
        return block.id
    top = around[-2] if len(around) > 1 else None
    return top.id if top is not None and top.children and not isinstance(top, Stage) else None


def _units(trace: Trace) -> list[str]:
    """Ids of all blocks and of the groups outside stages, in execution order."""
    units: list[str] = []
    for child in trace.children_of(trace.network):
        if isinstance(child, Stage):
            units += [block.id for block in trace.blocks_of(child)]
        elif child.children:
            units.append(child.id)
    return units


def _shortest(trace: Trace, base: str, levels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields each stage's most common level, then the blocks that differ from it, adjacent ones as a range."""
    for stage in trace.stages:
        blocks = trace.blocks_of(stage)
        counts = Counter(levels[block.id] for block in blocks)
        usual = max(counts, key=lambda level: (counts[level], level == base)) if counts else base
        if usual != base:
            yield stage.id, usual
        for level, group in groupby(blocks, key=lambda block: levels[block.id]):
            if level != usual:
                yield range_id(tuple(group)), level
    stages = {block.id for block in trace.blocks}
    yield from ((unit, level) for unit, level in levels.items() if unit not in stages and level != base)
