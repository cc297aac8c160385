"""The net cut in two behind the selected node: the figures of both sides, and the Python that cuts there."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.organisms.index import organism_of
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.address.view import View
from resnet_viz.views.inspect.cut_words import cut_rows, cut_rule
from resnet_viz.views.listing.cutting import CutCode, write_cuts
from resnet_viz.views.parts.subject import Thing

_CODE_WIDTH = 640


def show_cut(view: View, trace: Trace, thing: Thing) -> None:
    """Shows an expander; nothing where there is no cut, as for the whole net."""
    cut = cache.get_cut(view.spec, thing.id)
    if cut is None:
        return
    with st.expander(_("Cut here"), key="inspector_cut"):
        titles, before, behind = zip(*cut_rows(cut), strict=True)
        columns = {_("Figure"): titles, _("Up to here"): before, _("From here"): behind}
        st.table(columns, border="horizontal", hide_index=True)
        st.caption(plain(cut_rule(trace, cut)))
        for n, way in enumerate(write_cuts(trace, view.spec, thing, cut, _own_weights(view))):
            _show_way(way, f"cut_code_{n}")


def _show_way(way: CutCode, key: str) -> None:
    """Its code is wider than the inspector, so it opens beside it; where there is none, only the note says why."""
    if not way.code:
        st.markdown(f"**{way.title}**")
    else:
        with st.popover(way.title, icon=":material/code:", width="stretch", key=key):
            st.code(way.code, language="python", width=_CODE_WIDTH)
    st.caption(plain(way.note))


def _own_weights(view: View) -> str:
    """The name of the weights that come with a net, where it is shown with these."""
    own = organism_of(view.spec) if isinstance(view.spec, ResNetSpec) else None
    return view.weights if own is not None and own.name == view.weights else ""
