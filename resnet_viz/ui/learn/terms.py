"""The glossary: a popover for each term in a text, and all terms to search."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.ui.page.callouts import plain
from resnet_viz.views.teach.glossary import find_terms, list_terms, source_text
from resnet_viz.views.teach.taught import Term

W_TERM = "w_learn_term"


def show_terms(text: str, place: str) -> None:
    """Shows a popover for each term in a text; `place` keeps the widget keys of a page's texts apart."""
    mentions = find_terms(text)
    if not mentions:
        return
    with st.container(horizontal=True, gap="xsmall", key=f"terms_{place}"):
        for mention in mentions:
            key = f"term_{place}_{mention.term.id}"
            with st.popover(mention.term.name(), icon=":material/menu_book:", key=key):
                _show_term(mention.term)


def show_terms_in_one(text: str, place: str) -> None:
    """Shows one popover with all terms in a text."""
    mentions = find_terms(text)
    if not mentions:
        return
    with st.popover(_("Terms in this text"), icon=":material/menu_book:", key=f"terms_{place}"):
        for mention in mentions:
            _show_term(mention.term)


def show_glossary() -> None:
    """Shows all terms by name, or those that match a search."""
    text = st.text_input(_("Search"), key=W_TERM, placeholder=_("stride, shortcut, MAC"), max_chars=100)
    wanted = text.casefold().split()
    terms = [term for term in list_terms() if all(word in _words_of(term) for word in wanted)]
    if not terms:
        st.info(_("No term has these words. Search for a part of a name or of its meaning."))
    columns = st.columns(2, gap="large")
    for n, term in enumerate(terms):
        # Down the first column, then down the second, as on paper.
        with columns[n >= (len(terms) + 1) // 2]:
            _show_term(term)


def _words_of(term: Term) -> str:
    return f"{term.name()} {term.definition()}".casefold()


def _show_term(term: Term) -> None:
    st.markdown(f"**{plain(term.name())}**  \n{plain(term.definition())}")
    if term.source:
        st.caption(plain(source_text(term)))
