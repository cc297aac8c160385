"""Graphviz HTML-like labels of nodes, titles and frames."""

from __future__ import annotations

import html
from collections.abc import Sequence

import graphviz

from resnet_viz.views.style import TEXT_SIZE, TITLE_SIZE, Palette


def box_label(title: str, lines: Sequence[str], palette: Palette) -> str:
    """Returns a Graphviz HTML-like label: a bold title and lines under it."""
    rows = [f'<FONT POINT-SIZE="{TITLE_SIZE}" COLOR="{palette.ink}"><B>{html_text(title)}</B></FONT>']
    rows += [_font(line, palette.muted) for line in lines]
    return "<" + "<BR/>".join(rows) + ">"


def title_label(title: str, figures: str, palette: Palette) -> str:
    """Returns a Graphviz HTML-like label of one line: a bold title, then figures."""
    bold = f'<FONT POINT-SIZE="{TITLE_SIZE}" COLOR="{palette.ink}"><B>{html_text(title)}</B></FONT>'
    return f"<{bold}   {_font(figures, palette.muted)}>"


def text_label(lines: Sequence[str], palette: Palette) -> str:
    """Returns a Graphviz HTML-like label without a title."""
    return "<" + "<BR/>".join(_font(line, palette.ink) for line in lines) + ">"


def lines_label(lines: Sequence[str], palette: Palette) -> str:
    """Returns a Graphviz HTML-like label of lines as in a box, without a title."""
    return "<" + "<BR/>".join(_font(line, palette.muted) for line in lines) + ">"


def attribute_text(text: str) -> str:
    """Returns text escaped for an attribute value, where Graphviz interprets backslashes and entities."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def html_text(text: str) -> str:
    """Returns text escaped for an HTML-like label, where Graphviz interprets backslashes, too."""
    return html.escape(text.replace("\\", "\\\\"))


def _font(text: str, colour: str) -> str:
    return f'<FONT POINT-SIZE="{TEXT_SIZE}" COLOR="{colour}">{html_text(text)}</FONT>'


def frame_label(lines: Sequence[str], headroom: int, palette: Palette) -> str:
    """Returns a frame's title, with `headroom` empty points below it for arcs, which Graphviz reserves no space for."""
    room = f'<TR><TD HEIGHT="{headroom}"></TD></TR>' if headroom else ""
    rows = "".join(f'<TR><TD ALIGN="LEFT">{_font(line, palette.ink)}</TD></TR>' for line in lines)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">{rows}{room}</TABLE>>'


def run_label(title: str, count: str, headroom: int, palette: Palette) -> str:
    """Returns the title of the frame around equal blocks: bold names and their number; `headroom` as in frames."""
    room = f'<TR><TD HEIGHT="{headroom}"></TD></TR>' if headroom else ""
    bold = f'<FONT POINT-SIZE="{TITLE_SIZE}" COLOR="{palette.ink}"><B>{html_text(title)}</B></FONT>'
    row = f"<TR><TD>{bold}  {_font(count, palette.ink)}</TD></TR>"
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">{row}{room}</TABLE>>'
