"""What the browser's tab says: history, bookmarks, and two tabs are told apart by it."""

from __future__ import annotations

import pytest
import streamlit as st

from resnet_viz.i18n import use_language
from resnet_viz.ui.page import reader
from resnet_viz.ui.pages import tab_title
from resnet_viz.views.teach.lessons import LESSONS
from tests.pages import open_still

THIRD = LESSONS[2]


@pytest.mark.parametrize(
    ("path", "address", "title"),
    [
        ("", {"net": "resnet50"}, "ResNet-50 · Explore · resnet_viz"),
        ("", {"net": "timm:resnet26d"}, "timm:resnet26d · Explore · resnet_viz"),
        ("compare", {"nets": "resnet18~resnet152"}, "ResNet-18 | ResNet-152 · Compare · resnet_viz"),
        ("learn", {}, "Learn · resnet_viz"),
        ("learn", {"show": "lessons"}, "Lessons · Learn · resnet_viz"),
        ("learn", {"show": "exercises"}, "Exercises · Learn · resnet_viz"),
        ("learn", {"show": "lessons", "lesson": THIRD.id}, f"Lesson 3: {THIRD.title()} · Learn · resnet_viz"),
        ("learn", {"show": "lessons", "lesson": "nothing"}, "Lessons · Learn · resnet_viz"),
        ("train", {"nets": "cifar20~cifar56"}, "ResNet-20 (CIFAR) | ResNet-56 (CIFAR) · Training · resnet_viz"),
        ("walk", {"net": "resnet34"}, "ResNet-34 · Code walk · resnet_viz"),
    ],
)
def test_the_tab_says_what_is_shown(
    monkeypatch: pytest.MonkeyPatch, path: str, address: dict[str, str], title: str
) -> None:
    monkeypatch.setattr(reader, "page_params", lambda: address)
    use_language("en")
    assert tab_title(path) == title


def test_the_page_tells_it_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(st, "set_page_config", lambda page_title, **_rest: told.append(page_title))
    open_still("net=resnet34&lang=zh_CN")
    assert told == ["ResNet-34 · 探索 · resnet_viz"]
