"""A machine's speed from two nets: the equations, and that real steps give numbers to use."""

import pytest

from resnet_viz.model.train import speed
from resnet_viz.model.train.speed import measure_speed
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.cost import Speed, step_seconds


def test_two_nets_give_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Speed(2e-4, 5e-11)

    def measured(spec: ResNetSpec, batch: int, device: str) -> tuple[int, int, float]:
        ops, macs = sum(spec.layers) * spec.widths[0], 3 * batch * spec.widths[0] ** 4
        return ops, macs, ops * real.seconds_per_op + macs * real.seconds_per_mac

    monkeypatch.setattr(speed, "_measured", measured)
    found = measure_speed()
    assert found.seconds_per_op == pytest.approx(2e-4)
    assert found.seconds_per_mac == pytest.approx(5e-11)


def test_no_number_is_below_zero_whatever_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "_measured", lambda spec, batch, device: (10, 100 * spec.widths[0], 1.0))
    found = measure_speed()
    assert found.seconds_per_op > 0
    assert found.seconds_per_mac > 0


def test_real_steps_are_measured() -> None:
    ops, macs, seconds = speed._measured(speed._SMALL, 8, "cpu")
    assert (ops, macs) == (29, 3 * 8 * 189_248)
    assert 0 < step_seconds(ops, macs // 24, 8, Speed(seconds / ops, 0)) < 60
