"""What nets may take of the server's memory: known from the plan, refused with what would fit."""

from __future__ import annotations

from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest

from resnet_viz import PRESETS, ResNetSpec, SpecError, build_model, memory, trace_spec
from resnet_viz.model.net import build
from resnet_viz.records.trace import WORKSPACE
from resnet_viz.ui.cache import budget
from resnet_viz.ui.cache.budget import check_budget
from resnet_viz.ui.cache.scene import Weights, load_model, net_key
from resnet_viz.ui.server.flags import SHARE, memory_share
from tests.nets import trace_of

GIB = 2**30
NET = PRESETS["resnet18"]
WEIGHTS = sum(tensor.nbytes for tensor in build_model(NET).state_dict().values())
PASS = WORKSPACE * trace_of(NET).peak_bytes


def give(monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> None:
    """Let nets have so many bytes."""
    monkeypatch.setattr(memory, "memory_limit", lambda: 2 * n_bytes)


def test_a_net_that_just_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, WEIGHTS + PASS)
    check_budget(NET, "cpu")
    give(monkeypatch, WEIGHTS + PASS - 1)
    with pytest.raises(SpecError):
        check_budget(NET, "cpu")
    check_budget(NET, "cuda:0")  # the pass is not made here


def test_a_million_classes_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 4 * GIB)
    many = replace(PRESETS["resnet152"], num_classes=1_000_000)
    with pytest.raises(SpecError) as refused:
        load_model(many, "cpu", Weights())
    said = str(refused.value)
    assert "4.00 GiB" in said
    n_classes = int(said.split("at most ")[1].split(" classes")[0].replace(",", ""))
    check_budget(replace(many, num_classes=n_classes), "cpu")
    with pytest.raises(SpecError):
        check_budget(replace(many, num_classes=n_classes + 2_000), "cpu")


def test_a_large_input_is_refused_with_the_largest_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GIB)
    large = replace(PRESETS["resnet50"], input_size=(4096, 2048))
    with pytest.raises(SpecError, match=r"An input of (\d+)×\1 would fit\.") as refused:
        check_budget(large, "cpu")
    side = int(str(refused.value).split("An input of ")[1].split("×")[0])
    check_budget(replace(large, input_size=(side, side)), "cpu")
    with pytest.raises(SpecError):
        check_budget(replace(large, input_size=(side + 64, side + 64)), "cpu")


@pytest.mark.parametrize(("n_cells", "remedy"), [(1.5, "An input of 128×128 would fit."), (0.5, "smaller input size")])
def test_where_sizes_within_a_step_of_the_last_stage_cost_the_same(
    n_cells: float, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A net of six stages has a cell of its last one for each 128 pixels begun, and this one's last is all it costs."""
    late = ResNetSpec("basic", (1,) * 6, widths=(8,) * 5 + (10**6,), input_size=(4096, 4096))
    cell = trace_spec(replace(late, input_size=(128, 128)))
    # Room for a cell and a half is one for 156×156 pixels by their area alone.
    give(monkeypatch, cell.weight_bytes + int(n_cells * WORKSPACE * cell.peak_bytes))
    with pytest.raises(SpecError, match=remedy):
        check_budget(late, "cpu")


def test_where_no_number_of_classes_helps_it_is_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 2**24)
    with pytest.raises(SpecError, match="fewer blocks or a smaller width"):
        check_budget(NET, "cpu")


def test_a_net_is_one_for_all_inputs() -> None:
    assert net_key(NET, "cpu", Weights()) == net_key(replace(NET, input_size=(64, 96)), "cpu", Weights())


def test_a_plan_does_not_wait_for_a_net_that_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    building, go_on = Event(), Event()

    def construct(spec: ResNetSpec) -> Any:
        model = original(spec)
        if not next(model.parameters()).is_meta:
            building.set()
            assert go_on.wait(60)
        return model

    original = build._construct
    monkeypatch.setattr(build, "_construct", construct)
    builder = Thread(target=build_model, args=(NET,))
    builder.start()
    assert building.wait(60)
    assert trace_spec(PRESETS["resnet34"]).n_params == 21_797_672  # torchvision's own figure
    go_on.set()
    builder.join()


def test_python_functions_refuse_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 1)
    assert build_model(ResNetSpec("basic", (1, 1, 1, 1))) is not None


@pytest.mark.parametrize(
    ("said", "share"),
    [(None, 0.5), ("0.25", 0.25), ("1", 1.0), ("0", 0.5), ("-1", 0.5), ("2", 0.5), ("half", 0.5), ("nan", 0.5)],
)
def test_the_share_is_a_setting(said: str | None, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARE, raising=False)
    if said is not None:
        monkeypatch.setenv(SHARE, said)
    assert memory_share() == share


def test_the_drawing_and_the_table_ask_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.ui.routes import find_drawing

    def refuse(*_args: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(budget, "check_budget", refuse)
    assert find_drawing({"net": "resnet152", "num_classes": "1000000"})
