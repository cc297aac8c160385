"""Memory comes back without a collection of all garbage after every run."""

from __future__ import annotations

import gc
import tomllib
import weakref

import pytest

from resnet_viz.ui.server import tidying
from tests.places import ROOT


class Circle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.own = self


def test_what_refers_to_itself_is_let_go_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "_last", [-tidying.PAUSE_S])
    gc.disable()
    try:
        first = weakref.ref(Circle())
        tidying.tidy()
        assert first() is None
        second = weakref.ref(Circle())
        tidying.tidy()
        assert second() is not None
        monkeypatch.setattr(tidying, "PAUSE_S", 0.0)
        tidying.tidy()
        assert second() is None
    finally:
        gc.enable()


def test_streamlit_does_not_collect_after_every_run() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False
