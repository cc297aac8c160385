"""A function's source in a lesson: the meant lines marked, and long lines wrapped under their own indentation."""

from __future__ import annotations

from html import escape

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.structure.excerpt import CodeLine, cut_excerpt


def show_code(part: SourceLines, code: str) -> None:
    """Shows the lines around those with the text `code`, and all of the function on request."""
    st.caption(plain(f"{part.place} · {part.function} · {part.first}–{part.last}"))
    found = cut_excerpt(part, code)
    body = "".join(map(_write_line, found.lines))
    before, after = ("<p class='more'>⋮</p>" if has else "" for has in (found.has_before, found.has_after))
    box = f"<div class='lesson-code'>{before}{body}{after}</div>"
    st.html(box)
    if found.has_before or found.has_after:
        with st.expander(_("All of {function}").format(function=plain(part.function))):
            st.code(part.code, language="python")


def _write_line(line: CodeLine) -> str:
    pieces = "".join(
        f"<span class='{kind}'>{escape(text)}</span>" if kind else escape(text) for kind, text in line.pieces
    )
    kind = "meant" if line.is_meant else ""
    return f"<p class='{kind}'><i>{line.number}</i><code style='--indent: {line.indent}'>{pieces}</code></p>"
