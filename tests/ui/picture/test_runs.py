"""Weights of a training run in Explore: not here they are offered, and trained again they are the run's own."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import numpy as np
import pytest

from resnet_viz.model.train.loop import train
from resnet_viz.training.cost import Speed
from resnet_viz.ui.cache.finds import get_kernels
from resnet_viz.ui.cache.runs.live import RUNNING
from resnet_viz.ui.cache.sight import SIGHT
from resnet_viz.ui.picture import trained
from resnet_viz.ui.picture.weights import W_WEIGHTS
from resnet_viz.views.address.train import small_net
from resnet_viz.views.address.view import View, write_view
from tests.pages import badges, errors, open_page, query, run

NET = small_net(8, "A")


def test_weights_that_are_not_here_are_trained_again_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained, "get_speed", lambda device: Speed(1e-5, 1e-10))
    page = open_page(urlencode(write_view(View(NET, weights="trained:digits,6,seed=2@4"))))
    assert "not in this session" in page.info[0].value
    assert "Random weights" in badges(page)
    again = next(button for button in page.button if str(button.key).startswith(trained.W_TRAIN))
    run(again.click())
    (live,) = page.session_state["training_runs"]._runs.values()
    end = time.monotonic() + 60
    while live.state == RUNNING:
        assert time.monotonic() < end
        time.sleep(0.02)
    run(page)
    assert "Random weights" not in badges(page)
    assert query(page)["weights"] == page.selectbox(key=W_WEIGHTS).value == "trained:digits,6,seed=2@4"
    expected = train(NET, steps=6, seed=2).moment_at(4).weights["conv1.weight"]
    _name, scene, _thumbnail = page.session_state[SIGHT]._current()
    assert np.array_equal(get_kernels(scene, "conv1"), expected)
    assert errors(page) == []
