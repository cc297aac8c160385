"""A cell of the structure table as a picture: its bracket with what each line does, and the shortcuts of its blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

import streamlit as st

from resnet_viz.i18n import _, n_
from resnet_viz.ui.components.joining import BASE, join_modules, join_styles
from resnet_viz.views.structure.picture import CellPicture, PictureLine
from resnet_viz.views.style import PALETTES, WIRES, LineStyle, Paint

_HERE = Path(__file__).parent
_MOST_BLOCKS = 48
"""More blocks than these are counted, not drawn."""

_view = st.components.v2.component(
    "cell_view",
    html='<div class="cell-view"></div>',
    css=join_styles(BASE, _HERE / "cell_view.css"),
    js=join_modules(_HERE / "js" / "cell_view.js"),
)


class LineData(TypedDict):
    """A line of the cell, what it does, and what goes in and out; `first` is what the first block has instead."""

    text: str
    deed: str
    change: str
    first: str


class BlockData(TypedDict):
    """A block: its node, its number from 1, its kind of shortcut, and its name for a screen reader."""

    id: str
    number: int
    kind: str
    name: str


class ReasonData(TypedDict):
    """Neighbouring blocks by number, their kind of shortcut, and why they have it."""

    numbers: str
    kind: str
    text: str


class CellViewData(TypedDict):
    """The picture; `paints` are fill and outline of a block, and colours of shortcuts by kind, by theme."""

    name: str
    above: list[LineData]
    layers: list[LineData]
    count: str
    blocks: list[BlockData]
    more: str
    reasons: list[ReasonData]
    chosen: str | None
    paints: dict[str, tuple[str, str]]
    wires: dict[str, dict[str, str]]
    styles: dict[str, LineStyle]


def cell_view(
    key: str, picture: CellPicture, name: str, place: int | None, chosen: str | None, on_block: Callable[[str], None]
) -> None:
    """Shows a cell's picture; `key` must be unique on the page, `place` is the index of its stage, for its colour.

    `name` is read out by a screen reader. `on_block` is called before the rerun, with the id of the clicked block.
    """

    def answer() -> None:
        block = read_block_id(picture, st.session_state[key]["chosen"])
        if block is not None:
            on_block(block)

    _view(key=key, data=pack_picture(picture, name, place, chosen), on_chosen_change=answer)


def read_block_id(picture: CellPicture, value: object) -> str | None:
    """Returns a value from the browser as the id of one of the picture's blocks; None if it is none."""
    found = value.get("id") if isinstance(value, Mapping) else None
    return next((block.id for block in picture.blocks if block.id == found), None)


def pack_picture(picture: CellPicture, name: str, place: int | None, chosen: str | None) -> CellViewData:
    """Returns the picture as data for JSON, with all texts."""
    n = len(picture.blocks)
    drawn = picture.blocks[:_MOST_BLOCKS]
    words = _("Block {number}, {id}: {reason}")
    return {
        "name": name,
        "above": [_line(line) for line in picture.above],
        "layers": [_line(line) for line in picture.layers],
        "count": n_("×{n}: one block", "×{n}: {n} blocks, one after the other", n).format(n=n) if n else "",
        "blocks": [
            {
                "id": block.id,
                "number": number,
                "kind": block.kind,
                "name": words.format(number=number, id=block.id, reason=block.reason),
            }
            for number, block in enumerate(drawn, 1)
        ],
        "more": _("… and {n} more").format(n=n - len(drawn)) if n > len(drawn) else "",
        "reasons": [
            {"numbers": reason.numbers, "kind": reason.kind, "text": reason.text} for reason in picture.reasons
        ],
        "chosen": chosen,
        "paints": {theme: _paint(palette_paints, place) for theme, palette_paints in _STAGES.items()},
        "wires": {
            theme: {kind: getattr(palette, wire.colour) for kind, wire in WIRES.items()}
            for theme, palette in PALETTES.items()
        },
        "styles": {kind: wire.style for kind, wire in WIRES.items()},
    }


def _line(line: PictureLine) -> LineData:
    return {"text": line.text, "deed": line.deed, "change": line.change, "first": _first(line.first)}


def _first(text: str) -> str:
    return _("first block: {change}").format(change=text) if text else ""


_STAGES = {theme: palette.stages for theme, palette in PALETTES.items()}


def _paint(stages: tuple[Paint, ...], place: int | None) -> tuple[str, str]:
    paint = stages[(place or 0) % len(stages)]
    return paint.fill, paint.line
