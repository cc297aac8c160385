"""What nets may take of the server's memory: known from the plan, refused with what would fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest

from resnet_viz import PRESETS, ResNetSpec, SpecError, build_model, memory, trace_spec
from resnet_viz.model.net import build
from resnet_viz.records.trace import WORKSPACE
from resnet_viz.ui.cache import budget, scene
from resnet_viz.ui.cache.budget import check_budget, memory_share
from resnet_viz.ui.cache.scene import Weights, load_model
from resnet_viz.ui.server.flags import SHARE
from tests.nets import trace_of

GIB = 2**30
NET = PRESETS["resnet18"]
WEIGHTS = sum(tensor.nbytes for tensor in build_model(NET).state_dict().values())
PASS = WORKSPACE * trace_of(NET).peak_bytes


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No net is there before, and none is left; nor is one counted that something still holds."""
    monkeypatch.setattr(scene, "_held", budget.Held())
    scene._get_model.clear()
    scene._make_room.clear()
    yield
    scene._get_model.clear()


def give(monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> None:
    """Let nets have so many bytes."""
    monkeypatch.setattr(memory, "memory_limit", lambda: 2 * n_bytes)


def test_a_net_that_just_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, WEIGHTS + PASS)
    check_budget(NET, "cpu", 0)
    give(monkeypatch, WEIGHTS + PASS - 1)
    with pytest.raises(SpecError):
        check_budget(NET, "cpu", 0)
    check_budget(NET, "cuda:0", 0)  # the pass is not made here


def test_a_million_classes_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 4 * GIB)
    many = replace(PRESETS["resnet152"], num_classes=1_000_000)
    with pytest.raises(SpecError) as refused:
        load_model(many, "cpu", Weights())
    said = str(refused.value)
    assert "4.00 GiB" in said
    n_classes = int(said.split("at most ")[1].split(" classes")[0].replace(",", ""))
    check_budget(replace(many, num_classes=n_classes), "cpu", 0)
    with pytest.raises(SpecError):
        check_budget(replace(many, num_classes=n_classes + 2_000), "cpu", 0)


def test_a_large_input_is_refused_with_the_largest_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, GIB)
    large = replace(PRESETS["resnet50"], input_size=(4096, 2048))
    with pytest.raises(SpecError, match=r"An input of (\d+)×\1 would fit\.") as refused:
        check_budget(large, "cpu", 0)
    side = int(str(refused.value).split("An input of ")[1].split("×")[0])
    check_budget(replace(large, input_size=(side, side)), "cpu", 0)
    with pytest.raises(SpecError):
        check_budget(replace(large, input_size=(side + 64, side + 64)), "cpu", 0)


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
        check_budget(late, "cpu", 0)


def test_where_no_number_of_classes_helps_it_is_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 2**24)
    with pytest.raises(SpecError, match="fewer blocks or a smaller width"):
        check_budget(NET, "cpu", 0)


def test_nets_make_room_for_one_another_and_never_exceed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 2 * WEIGHTS + PASS + 2**20)
    nets = [replace(NET, num_classes=n) for n in (1000, 999, 998, 997)]
    for net in nets[:2]:
        load_model(net, "cpu", Weights())
    assert len(scene._held._nets) == 2
    load_model(nets[2], "cpu", Weights())
    assert len(scene._held._nets) == 1
    held = load_model(nets[3], "cpu", Weights())
    assert len(scene._held._nets) == 2
    assert load_model(nets[3], "cpu", Weights())[0] is held[0]  # what is there already needs no room


def test_an_input_too_large_empties_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 2 * (WEIGHTS + PASS))
    load_model(NET, "cpu", Weights())
    with pytest.raises(SpecError):
        load_model(replace(NET, input_size=(4096, 4096)), "cpu", Weights())
    assert len(scene._held._nets) == 1


def test_another_input_is_run_by_the_same_net() -> None:
    net, _report = load_model(NET, "cpu", Weights())
    assert load_model(replace(NET, input_size=(64, 96)), "cpu", Weights())[0] is net
    assert [n_bytes for _name, n_bytes in scene._held._nets.values()] == [WEIGHTS]


def test_others_are_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, WEIGHTS + PASS + 2**20)
    with pytest.raises(SpecError, match=r"of which others hold 44\.6 MiB"):
        check_budget(NET, "cpu", WEIGHTS)


def test_nets_on_their_way_count(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, 2 * WEIGHTS + PASS - 1)
    held = budget.Held()
    with held.making("first", WEIGHTS) as none, held.making("second", WEIGHTS) as one, held.making("first", 1) as again:
        assert (none, one, again) == (0, WEIGHTS, WEIGHTS)
        with pytest.raises(SpecError):
            check_budget(NET, "cpu", one)
    with held.making("third", 1) as none:
        assert none == 0
    assert set(held._coming) == set()


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
