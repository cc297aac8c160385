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
from resnet_viz.views.listing.cutting import write_cuts
from resnet_viz.views.parts.subject import Thing


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
        for way in write_cuts(trace, view.spec, thing, cut, _own_weights(view)):
            st.markdown(f"**{way.title}** :small[:gray[{plain(way.note)}]]")
            if way.code:
                st.code(way.code, language="python")


def _own_weights(view: View) -> str:
    """The name of the weights that come with a net, where it is shown with these."""
    own = organism_of(view.spec) if isinstance(view.spec, ResNetSpec) else None
    return view.weights if own is not None and own.name == view.weights else ""
