"""Widgets whose value is not in the address."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def choose_one(label: str, titles: Mapping[str, str], key: str) -> str:
    """Returns the chosen key of `titles`, which maps keys to labels; the first is the default."""
    chosen: str = st.segmented_control(
        label, list(titles), format_func=lambda word: titles[word], default=next(iter(titles)), required=True, key=key
    )
    return chosen
