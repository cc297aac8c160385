"""Corresponding places in several nets: the end of each stage, or the same share of their blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from resnet_viz.errors import DrawError
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.units import format_short_shape
from resnet_viz.views.parts.words import stage_names


@dataclass(frozen=True, slots=True)
class NetPlace:
    """A node whose output is compared with those of other nets."""

    node: str
    title: str
    """As in `layer3 · block 36 of 36`, counted within the stage."""
    shape: str
    """Output shape, as in `1024×14²`."""
    at: int
    """Number among the net's blocks, from 1; 0 for the stem."""
    n_blocks: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place per net, in their order; None if a net has none."""

    title: str
    places: tuple[NetPlace | None, ...]


def stage_places(traces: Sequence[Trace]) -> tuple[PlaceRow, ...]:
    """Returns the end of the stem and of each stage, matched by index; None where a net has fewer stages."""
    rows = [PlaceRow(_("Stem"), tuple(_stem_place(trace) for trace in traces))]
    for index in range(max((len(trace.stages) for trace in traces), default=0)):
        places = tuple(_last_place(trace, index) for trace in traces)
        rows.append(PlaceRow(_("End of stage {n}").format(n=index + 1), places))
    return tuple(row for row in rows if any(row.places))


def depth_places(traces: Sequence[Trace], percent: float) -> PlaceRow:
    """Returns the block at a percentage of each net's blocks: 0 is the first block, 100 the last.

    Rounds to the nearest block, halves to the later one. Raises DrawError for a percentage outside of 0 to 100, and
    for a net without blocks.
    """
    if not 0 <= percent <= 100:
        raise DrawError(_("Depth: got {got} %. It goes from 0 to 100 %.").format(got=str(percent)[:40]))
    for trace in traces:
        if not trace.blocks:
            raise DrawError(
                _("{name} has no blocks to compare with. Choose a net of residual blocks.").format(name=trace.name)
            )
    places = tuple(_block_place(trace, floor(percent / 100 * (len(trace.blocks) - 1) + 0.5)) for trace in traces)
    return PlaceRow(_("{percent} of the blocks").format(percent=f"{percent:g} %"), places)


def _stem_place(trace: Trace) -> NetPlace | None:
    if trace.stem is None:
        return None
    shape = format_short_shape(trace.last_op(trace.stem).out_shape)
    return NetPlace(trace.stem.id, _("Stem"), shape, 0, len(trace.blocks))


def _last_place(trace: Trace, stage: int) -> NetPlace | None:
    if stage >= len(trace.stages):
        return None
    blocks = trace.blocks_of(trace.stages[stage])
    return _block_place(trace, trace.blocks.index(blocks[-1])) if blocks else None


def _block_place(trace: Trace, at: int) -> NetPlace:
    block = trace.blocks[at]
    stage = next(stage for stage in trace.stages if stage.id == block.parent)
    siblings = trace.blocks_of(stage)
    words = _("block {n} of {total}").format(n=siblings.index(block) + 1, total=len(siblings))
    shape = format_short_shape(trace.last_op(block).out_shape)
    return NetPlace(block.id, f"{stage_names(stage)} · {words}", shape, at + 1, len(trace.blocks))
