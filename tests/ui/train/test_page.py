"""The page Training through Streamlit's AppTest: predict, train, what came of it, and what a link brings back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.errors import WeightsError
from resnet_viz.model.train.loop import Training, train
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.training.cost import Speed
from resnet_viz.training.run import Run
from resnet_viz.ui.cache.runs.live import DONE, LOST, RUNNING, LiveRun
from resnet_viz.ui.train import begin, data, state
from resnet_viz.ui.train.begin import W_AGAIN, W_BEGIN, W_GO_ON, W_GUESS, W_GUESSED
from resnet_viz.ui.train.data import W_DATA, W_DOWNLOAD
from resnet_viz.ui.train.moments import W_KEPT
from resnet_viz.ui.train.nets import W_NET
from resnet_viz.ui.train.recipe import W_STEPS
from resnet_viz.ui.train.state import about
from resnet_viz.views.address.compare import write_nets
from resnet_viz.views.address.train import TrainView, read_train, small_net, write_train
from tests.pages import badges, errors, open_train, query, run, warnings

PLAIN, RESIDUAL = small_net(8, "none"), small_net(8, "A")
VIEW = TrainView((PLAIN, RESIDUAL), steps=12)
ADDRESS = urlencode(write_train(VIEW))


@pytest.fixture(autouse=True)
def _speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "get_speed", lambda device: Speed(1e-5, 1e-10))


def live_runs(page: AppTest) -> list[LiveRun]:
    return list(page.session_state["training_runs"]._runs.values())


def wait_for_end(page: AppTest) -> AppTest:
    end = time.monotonic() + 60
    while any(one.state == RUNNING for one in live_runs(page)):
        assert time.monotonic() < end
        time.sleep(0.02)
    return run(page)


def trained(page: AppTest, key: str = W_BEGIN) -> AppTest:
    return wait_for_end(run(page.button(key=key).click()))


def record(one: LiveRun) -> Run:
    found = one.record()
    assert found is not None
    return found


def charts(page: AppTest) -> list[Any]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def test_a_prediction_comes_first_and_is_judged_by_runs_that_train_gives() -> None:
    page = open_train(ADDRESS)
    assert page.button(key=W_BEGIN).disabled
    run(page.radio(key=W_GUESS).set_value("2"))
    assert query(page)["guess"] == "2"
    trained(page)
    for one, spec in zip(live_runs(page), VIEW.nets, strict=True):
        expected = train(spec, steps=12)
        assert one.state == DONE
        assert np.array_equal(record(one).losses, expected.losses)
        assert np.array_equal(record(one).gradient_norms, expected.gradient_norms)
    said = badges(page)
    assert "After 12 steps" in said
    assert f"Plain-8 {100 * record(live_runs(page)[0]).final_error:.1f} %" in said
    assert "You predicted Residual-8" in said
    assert page.radio(key=W_GUESSED).options == ["Residual-8"]
    loss, _error, held, *maps = charts(page)
    assert len(maps) == 2
    assert len(loss["data"]) == 4
    assert len(held["data"]) == 2
    assert not errors(page)


def test_a_link_says_that_it_is_trained_again_and_gives_the_same_bits() -> None:
    page = open_train(ADDRESS)
    run(page.radio(key=W_GUESS).set_value("?"))
    trained(page)
    run(page.button(key=W_AGAIN).click())
    page = wait_for_end(page)
    assert query(page)["seed"] == "0,1"
    other = open_train(urlencode(query(page)))
    assert "trained again" in other.info[0].value
    assert read_train(query(other)) == read_train(query(page))
    trained(other)
    before, again = ({one.plan: record(one).losses.tolist() for one in live_runs(each)} for each in (page, other))
    assert before == again
    assert len(before) == 4


def test_a_kept_step_opens_elsewhere_with_its_weights() -> None:
    page = open_train(f"{ADDRESS}&guess=?")
    trained(page)
    slider = next(each for each in page.select_slider if str(each.key).startswith(W_KEPT))
    run(slider.set_value(8))
    links = [parse_qs(link.proto.query_string) for link in page.get("page_link")]
    assert links[0]["weights"] == ["trained:digits,12@8"]
    assert links[1]["weights"] == ["trained:digits,12@8~trained:digits,12@8"]
    assert links[1]["nets"] == [write_nets(VIEW.nets)]


def test_a_run_that_was_lost_is_marked_and_goes_on() -> None:
    page = open_train(f"{ADDRESS}&guess=?")
    trained(page)
    lost = live_runs(page)[0]
    steps = record(lost).losses.tolist()
    lost.state, lost.message = LOST, "It has ended."
    training = Training(lost.plan)
    begun = list(islice(training.run(), 10))
    lost._steps = [*begun[:9], replace(begun[9], moment=training.moment(10))]
    run(page)
    assert "Plain-8, seed 0: It has ended. It can go on from step 10." in warnings(page)[0].replace("\\", "")
    trained(page, W_GO_ON)
    assert record(live_runs(page)[0]).losses.tolist() == steps


def test_what_takes_more_than_twenty_minutes_is_refused_with_what_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(begin, "get_speed", lambda device: Speed(1.0, 1e-10))
    page = open_train(f"{ADDRESS}&guess=?")
    assert not page.button(key=W_BEGIN).disabled
    run(page.number_input(key=W_STEPS).set_value(3_000))
    (told,) = warnings(page)
    assert "20 min" in told
    assert "shallower" in told
    assert page.button(key=W_BEGIN).disabled


def test_a_net_is_varied_and_what_cannot_be_is_refused() -> None:
    page = open_train(f"{ADDRESS}&guess=1&run=1")
    depth = next(
        each for each in page.selectbox if str(each.key).startswith(f"{W_NET}:0") and str(each.key).endswith("depth")
    )
    run(depth.set_value(20))
    assert (read_train(query(page))[0].nets[0].depth, "guess" in query(page), "run" in query(page)) == (
        20,
        False,
        False,
    )
    link = next(
        each for each in page.text_input if str(each.key).startswith(f"{W_NET}:1") and str(each.key).endswith("link")
    )
    run(link.set_value("resnet1000"))
    assert "resnet1000" in errors(page)[0]
    again = next(
        each for each in page.text_input if str(each.key).startswith(f"{W_NET}:1") and str(each.key).endswith("link")
    )
    assert (again.key != link.key, again.value) == (True, "")  # a box of its own, without what was refused
    assert read_train(query(page))[0].nets[1] == RESIDUAL
    run(page.button(key="train_add").click())
    assert len(read_train(query(page))[0].nets) == 3
    run(page.button(key="train_out:0").click())
    assert read_train(query(page))[0].nets[0] == RESIDUAL


def test_pictures_that_are_not_here_are_offered_and_nothing_begins_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(on_progress: Callable[[int, int], None]) -> None:
        on_progress(1, 2)
        raise WeightsError("No connection.")

    page = open_train(ADDRESS)
    run(page.radio(key=W_GUESS).set_value("?"))
    monkeypatch.setattr(data, "has_data", lambda: False)
    monkeypatch.setattr(data, "download_data", fetch)
    run(page.segmented_control(key=W_DATA).set_value("cifar10"))
    run(page.radio(key=W_GUESS).set_value("?"))
    assert "CIFAR-10 is not on this machine" in page.info[0].value
    assert page.button(key=W_BEGIN).disabled
    assert "No connection." in " ".join(errors(run(page.button(key=W_DOWNLOAD).click())))
    monkeypatch.setattr(data, "has_data", lambda: True)
    assert not run(page).button(key=W_BEGIN).disabled


def test_a_prediction_comes_back_with_the_recipe_that_it_was_made_for() -> None:
    page = open_train(ADDRESS)
    run(page.radio(key=W_GUESS).set_value("2"))
    trained(page)
    run(page.number_input(key=W_STEPS).set_value(13))
    assert page.radio(key=W_GUESS).value is None
    run(page.number_input(key=W_STEPS).set_value(12))
    assert page.radio(key=W_GUESSED).options == ["Residual-8"]
    assert "You predicted Residual-8" in badges(page)


def test_the_way_back_from_another_page_is_the_training_that_was_seen() -> None:
    page = open_train(f"{ADDRESS}&lr=0.02&guess=1")
    session = {"train_last": page.session_state["train_last"]}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(state, "st", SimpleNamespace(session_state=session))
        assert about((PRESETS["resnet18"],), 0) == query(page)
        assert about((PLAIN, RESIDUAL), 0) == query(page)
        other = about((PLAIN, PLAIN, RESIDUAL), 0)
    assert (other["lr"], "guess" in other) == ("0.02", False)
