"""The comparison by stage and in total, what differs, and the files of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import streamlit as st

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Trace
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.compare.layers import Difference, difference_text
from resnet_viz.views.compare.rows import Comparison
from resnet_viz.views.compare.table import (
    column_titles,
    compare_columns,
    compare_csv,
    compare_latex,
    compare_markdown,
    make_compare_rows,
)

_MOST = 60


def show_compare_table(comparison: Comparison) -> None:
    """Shows a sortable row for each part of each net, and download buttons."""
    st.header(_("By stage and in total"), anchor=False)
    rows = make_compare_rows(comparison)
    columns = compare_columns(rows)
    del columns["macs_at_least"]  # The MACs of nets built here are all known.
    st.dataframe(
        columns,
        hide_index=True,
        width="stretch",
        column_config=_configure(columns),
        placeholder="–",
        alt=_("Table of the parts of {nets}").format(nets=", ".join(comparison.names)),
    )
    words = _("Differences and ratios are to {name}, which has none itself: –.")
    st.caption(plain(words.format(name=comparison.names[0])))
    files = (
        ("CSV", "text/csv", "csv", lambda: compare_csv(rows)),
        ("Markdown", "text/markdown", "md", lambda: compare_markdown(comparison)),
        ("LaTeX", "application/x-tex", "tex", lambda: compare_latex(comparison)),
    )
    with st.container(horizontal=True):
        for title, kind, ending, make in files:
            st.download_button(title, make, f"comparison.{ending}", kind, icon=":material/download:", on_click="ignore")


def _configure(columns: Mapping[str, Sequence[object]]) -> dict[str, Any]:
    """Returns column titles and number formats: grouped digits, ratios with three decimals."""
    titles = column_titles()
    config: dict[str, Any] = {}
    for key, values in columns.items():
        title = titles.get(key, key)
        if any(isinstance(value, float) for value in values):
            config[key] = st.column_config.NumberColumn(title, format="%.3f ×")
        elif any(isinstance(value, int) for value in values):
            config[key] = st.column_config.NumberColumn(title, format="localized")
        else:
            config[key] = st.column_config.TextColumn(title, pinned=key in ("part", "net"))
    return config


def show_differences(traces: Sequence[Trace], differences: Sequence[Sequence[Difference]]) -> None:
    """Lists the differences of each net but the first from the first."""
    st.header(_("What differs"), anchor=False)
    for trace, found in zip(traces[1:], differences, strict=True):
        title = n_("{name}: {n} difference", "{name}: {n} differences", len(found))
        with st.expander(title.format(name=plain(trace.name), n=len(found)), expanded=len(found) <= 12):
            lines = [f"- {plain(difference_text(difference))}" for difference in islice(found, _MOST)]
            if len(found) > _MOST:
                lines.append(f"- … {len(found) - _MOST}")
            st.markdown("\n".join(lines) or _("Nothing: they are built alike."))
