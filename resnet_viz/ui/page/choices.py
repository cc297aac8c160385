"""Choices that a page keeps for itself: they stand in no address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def choose_one(label: str, titles: Mapping[str, str], key: str) -> str:
    """One of a few words, the first until another one is chosen; `titles` are what they are called."""
    chosen: str = st.segmented_control(
        label, list(titles), format_func=lambda word: titles[word], default=next(iter(titles)), required=True, key=key
    )
    return chosen
