"""Code walks, and their payload for the browser, cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_viz.i18n import use_language
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache.nets import get_trace, pack_json
from resnet_viz.ui.cache.stored import stored_walk

if TYPE_CHECKING:
    from resnet_viz.records.walk import CodeWalk


@st.cache_resource(max_entries=8, show_spinner=False)
def get_walks(spec: ResNetSpec) -> dict[str, CodeWalk]:
    """Returns the walks of a net by kind, `build` and `forward`."""
    from resnet_viz.model.walk.forward import walk_both

    return {walk.kind: walk for walk in walk_both(spec)}


@st.cache_resource(max_entries=16, show_spinner=False)
def get_walk_payload(spec: ResNetSpec, language: str) -> bytes:
    """Returns both walks of a net for the browser (`walk_payload`), as gzipped JSON."""
    use_language(language)
    return stored_walk(spec, language, lambda: _make_walk_payload(spec))


def _make_walk_payload(spec: ResNetSpec) -> bytes:
    from resnet_viz.views.walk.payload import walk_payload

    walks = get_walks(spec)
    return pack_json(walk_payload(walks["build"], walks["forward"], get_trace(spec)))
