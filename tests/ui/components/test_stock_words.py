"""Streamlit's own words: those that are translated are those that it has."""

from __future__ import annotations

import re
from contextvars import copy_context
from pathlib import Path

import streamlit

from resnet_viz.i18n import use_language
from resnet_viz.ui.components.page_root.stock_words import english_words, stock_words

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
# What the names of these files' endings and of fields are put together from at run time.
MADE_UP = {"Press Enter to apply": ("Press Enter to ", "apply"), "Error:": ("Error:",)}


def speak(language: str) -> dict[str, str]:
    def say() -> dict[str, str]:
        use_language(language)
        return stock_words()

    return copy_context().run(say)


def test_streamlit_has_each_of_these_words() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    parts = {
        part
        for message in english_words()
        for piece in MADE_UP.get(message, (message,))
        for part in re.split(r"\{\w+\}| • ", piece)
        if part.strip()
    }
    assert {part for part in parts if part not in scripts} == set()


def test_nothing_is_replaced_in_english_and_each_word_in_chinese() -> None:
    assert speak("en") == {}
    said = speak("zh_CN")
    assert set(said) == set(english_words())
    assert all(re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", other) for text, other in said.items())
