"""Downloads of a code walk: the table of `_make_layer` calls and all its steps, as Markdown or HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import copy_context
from functools import partial

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.walk import CodeWalk
from resnet_viz.views.address.walk import WalkView
from resnet_viz.views.walk.export import WALK_FORMATS, export_stages, export_steps

_MIME = {"md": "text/markdown", "html": "text/html"}


def show_keep(view: WalkView, walks: Mapping[str, CodeWalk]) -> None:
    """Shows a popover with a button per file, which is made on click."""
    names = {"md": "Markdown", "html": "HTML"}
    net = view.spec.name.replace(" ", "-").replace("/", "-")
    with st.popover(_("Download"), icon=":material/download:", key="walk_keep"):
        for format in WALK_FORMATS:
            _button(
                _("Calls of _make_layer ({format})").format(format=names[format]),
                f"{net}-make_layer.{format}",
                partial(export_stages, walks["build"], format),
            )
        for format in WALK_FORMATS:
            _button(
                _("All steps of this walk ({format})").format(format=names[format]),
                f"{net}-{view.kind}-walk.{format}",
                partial(export_steps, walks[view.kind], format),
            )


def _button(label: str, name: str, make: Callable[[], str]) -> None:
    # Made in another thread: the context carries the reader's language.
    here = copy_context()
    st.download_button(
        label,
        lambda: here.copy().run(make).encode(),
        name,
        _MIME[name.rpartition(".")[2]],
        on_click="ignore",
        icon=":material/download:",
        key=f"walk_keep:{name}",
        width="stretch",
    )
