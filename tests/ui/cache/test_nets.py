"""What is cached of a net."""

from __future__ import annotations

from typing import Any

import pytest

from resnet_viz.jobs.nets import DrawNet, Job, TraceNet
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.cache import nets
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.cache.nets import get_drawing, get_inspection, get_trace
from resnet_viz.ui.cache.stored import Drawing
from resnet_viz.ui.server.asking import ask
from resnet_viz.views.parts.detail import Detail
from resnet_viz.workers.lanes import SCREEN, Lane


@pytest.mark.parametrize("node_id", ["layer9", "layer3.1..99", ""])
def test_what_a_net_has_not_cannot_be_inspected(node_id: str) -> None:
    with pytest.raises(KeyError):
        get_inspection(PRESETS["resnet18"], node_id, "en")


def test_a_new_net_is_drawn_by_a_worker_and_one_at_hand_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both drawings are the same; of a new one this process never has the Trace."""
    asked: list[type[Job]] = []

    def noting(job: Job, lane: Lane = SCREEN) -> Any:
        asked.append(type(job))
        return ask(job, lane)

    monkeypatch.setattr(nets, "ask", noting)

    def draw(spec: ResNetSpec, detail: Detail) -> Drawing:
        drawing = get_drawing(spec, detail, "strip", "en")
        RECORDS.clear()
        return drawing

    RECORDS.clear()
    spec = ResNetSpec("basic", (1, 3, 1, 1), num_classes=3)
    elsewhere = draw(spec, Detail())
    assert asked == [DrawNet]
    draw(spec, Detail("block"))  # it may take Graphviz long, which only a layout process can be ended at
    assert asked == [DrawNet, TraceNet]
    get_trace(spec)
    assert draw(spec, Detail()) == elsewhere
    assert asked == [DrawNet, TraceNet, TraceNet]
