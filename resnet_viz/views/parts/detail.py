"""How much of a net is drawn: one level for all of it, and parts that are opened further or folded up.

A part is a stage, a block, a range of neighbouring blocks (`layer3.1..35`), the stem or the head. Each block has one
level in the end: what was said of the smallest part around it.
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
    """A level of the whole net, and the parts that differ from it, each an id and a level of its own.

    Raises DrawError for unknown levels; `make_detail` brings parts into the order they are to be in.
    """

    level: str = LEVELS[0]
    parts: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for level in (self.level, *(level for _part, level in self.parts)):
            check_level(level)


def make_detail(trace: Trace, level: str, parts: Iterable[tuple[str, str]] = ()) -> Detail:
    """What is drawn of a net, in the shortest way to say it. Raises DrawError for unknown parts and levels."""
    check_level(level)
    levels = dict.fromkeys(_units(trace), level)
    found = [(find_units(trace, part), part_level) for part, part_level in parts]
    for units, part_level in sorted(found, key=lambda entry: -len(entry[0])):
        check_level(part_level)
        levels.update(dict.fromkeys(units, part_level))
    return Detail(level, tuple(_shortest(trace, level, levels)))


def unit_levels(trace: Trace, detail: Detail) -> dict[str, str]:
    """The level of each block, and of each part of the net that is no stage (stem, head)."""
    levels = dict.fromkeys(_units(trace), detail.level)
    # In the shortest form, a stage comes before what differs in it.
    for part, level in detail.parts:
        levels.update(dict.fromkeys(find_units(trace, part), level))
    return levels


def change_part(trace: Trace, detail: Detail, part: str, level: str) -> Detail:
    """The same with one part at another level; the network as a part is all of it. Raises DrawError."""
    check_level(level)
    if part == trace.network.id:
        return Detail(level)
    levels = unit_levels(trace, detail) | dict.fromkeys(find_units(trace, part), level)
    return Detail(detail.level, tuple(_shortest(trace, detail.level, levels)))


def reveal(trace: Trace, detail: Detail, node_id: str) -> Detail:
    """The same, opened as far as it takes to draw a node, and no further."""
    node = trace.nodes.get(node_id)
    unit = None if node is None else _unit_of(trace, node)
    if node is None or unit is None:
        return detail
    level = "op" if node.id != unit else "block"
    levels = unit_levels(trace, detail)
    return detail if LEVELS.index(levels[unit]) >= LEVELS.index(level) else change_part(trace, detail, unit, level)


def find_units(trace: Trace, part: str) -> tuple[str, ...]:
    """The blocks of a stage or of a range, or the block, stem or head itself. Raises DrawError where there is none."""
    units = _find_units(trace, part)
    if not units:
        raise DrawError(
            _("{name} has no part “{got}” to open. A part is a stage (layer3), a block (layer3.5) or several.").format(
                name=trace.name, got=str(part)[:60]
            )
        )
    return units


def known_parts(trace: Trace, parts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of some parts, each with its level, that a net has."""
    return tuple((part, level) for part, level in parts if _find_units(trace, part))


def check_level(level: str) -> None:
    """Raises DrawError for what is no level."""
    check_choice("level", level, LEVELS)


def _find_units(trace: Trace, part: str) -> tuple[str, ...]:
    found = find_part(trace, part)
    if found is None:
        return ()
    if found.blocks or isinstance(found.node, Stage):
        return tuple(block.id for block in found.blocks or trace.blocks_of(found.node))
    return (part,) if _unit_of(trace, found.node) == part else ()


def _unit_of(trace: Trace, node: Node) -> str | None:
    """The block around a node, or the stem or head; of a stage and the network there is none."""
    around = [node, *trace.ancestors(node)]
    block = next((group for group in around if isinstance(group, Block)), None)
    if block is not None:
        return block.id
    top = around[-2] if len(around) > 1 else None
    return top.id if top is not None and top.children and not isinstance(top, Stage) else None


def _units(trace: Trace) -> list[str]:
    """Every block, and what stands beside the stages, in running order."""
    units: list[str] = []
    for child in trace.children_of(trace.network):
        if isinstance(child, Stage):
            units += [block.id for block in trace.blocks_of(child)]
        elif child.children:
            units.append(child.id)
    return units


def _shortest(trace: Trace, base: str, levels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each stage's most common level first, then what differs in it, neighbours together."""
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
