"""What holds for the whole page in the browser: the language that screen readers speak, and large type.

In the projector mode the root element has the attribute `data-projector`, by which `assets/style.css` sets the custom
property `--type-scale` (a number, 1 where it is not set). Components multiply their type by it; what is measured by
hand hears of a change by the event `resnet-viz:scaled` of the document.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_root = st.components.v2.component(
    "page_root",
    html="<span hidden></span>",
    js=(_HERE / "js" / "page_root.js").read_text(encoding="utf-8"),
)


def page_root(language: str, is_projector: bool) -> None:
    """Let the page say its language, as in `zh_CN`, and be in the projector mode or not. Once on a page."""
    _root(key="page_root", data={"language": language.replace("_", "-"), "projector": is_projector})
