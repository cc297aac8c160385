"""Labels in Graphviz's markup: boxes, titles, frames."""

from __future__ import annotations

import html
from collections.abc import Sequence

import graphviz

from resnet_viz.views.style import TEXT_SIZE, TITLE_SIZE, Palette


def box_label(title: str, lines: Sequence[str], palette: Palette) -> str:
    """A Graphviz HTML-like label: a bold title and lines under it."""
    rows = [f'<FONT POINT-SIZE="{TITLE_SIZE}" COLOR="{palette.ink}"><B>{_html(title)}</B></FONT>']
    rows += [_font(line, palette.muted) for line in lines]
    return "<" + "<BR/>".join(rows) + ">"


def title_label(title: str, figures: str, palette: Palette) -> str:
    """A Graphviz HTML-like label of one line: a bold title, and figures after it."""
    bold = f'<FONT POINT-SIZE="{TITLE_SIZE}" COLOR="{palette.ink}"><B>{_html(title)}</B></FONT>'
    return f"<{bold}   {_font(figures, palette.muted)}>"


def text_label(lines: Sequence[str], palette: Palette) -> str:
    """A Graphviz HTML-like label without a title."""
    return "<" + "<BR/>".join(_font(line, palette.ink) for line in lines) + ">"


def attribute_text(text: str) -> str:
    """Words as the value of an attribute, where Graphviz would read a backslash or an entity as something else."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def _html(text: str) -> str:
    """Words inside an HTML-like label, where Graphviz reads a backslash as something else, too."""
    return html.escape(text.replace("\\", "\\\\"))


def _font(text: str, colour: str) -> str:
    return f'<FONT POINT-SIZE="{TEXT_SIZE}" COLOR="{colour}">{_html(text)}</FONT>'


def frame_label(lines: Sequence[str], headroom: int, palette: Palette) -> str:
    """The title of a frame, with empty points below it: arcs are drawn there, for which Graphviz leaves no room."""
    room = f'<TR><TD HEIGHT="{headroom}"></TD></TR>' if headroom else ""
    rows = "".join(f'<TR><TD ALIGN="LEFT">{_font(line, palette.ink)}</TD></TR>' for line in lines)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">{rows}{room}</TABLE>>'
