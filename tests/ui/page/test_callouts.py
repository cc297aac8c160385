"""Notices of a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resnet_viz.ui.cache import nets
from resnet_viz.ui.page.callouts import plain
from tests.pages import SMALL, SPEC, open_page, warnings


def test_what_a_reader_must_know_of_a_trace_stands_above_its_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the nets that can be chosen has a warning so far, so this one is given some."""
    told = ("The net looks at values, so it was run once on *random* ones.", "2 sums add layers.")
    get_trace = nets.get_trace
    assert get_trace(SPEC).warnings == ()
    assert warnings(open_page(SMALL)) == []
    monkeypatch.setattr(nets, "get_trace", lambda spec: replace(get_trace(spec), warnings=told))
    shown = warnings(open_page(SMALL))
    assert shown == [plain(text) for text in told]
    assert "*random*" not in shown[0].replace(r"\*", "")
