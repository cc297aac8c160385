"""What a training costs: sums and the slowest net, and what is said where it is too much."""

from __future__ import annotations

from resnet_viz.training.cost import Speed
from resnet_viz.views.training.costs import NetCost, cost_words, duration_words, find_cost, refusal_words

SPEED = Speed(0.001, 1e-9)
NETS = [NetCost(10, 1_000_000), NetCost(100, 2_000_000)]


def test_time_is_that_of_all_or_of_the_slowest() -> None:
    # A step of 10 ops and 3·1e6·100 multiply-adds takes 0.01 + 0.3 s; one of the other net 0.1 + 0.6 s.
    cost = find_cost(NETS, batch=100, steps=10, speed=SPEED, n_side_by_side=1)
    assert abs(cost.seconds - 10 * (0.31 + 0.7)) < 1e-9
    assert abs(find_cost(NETS, 100, 10, SPEED, 2).seconds - 10 * 0.7) < 1e-9
    assert (cost.step_macs, cost.macs) == (900_000_000, 9_000_000_000)
    assert "2 runs of 10 steps: 900 MMACs a step of all nets, 9.00 GMACs in all, about 10 s" in cost_words(cost, 2, 10)


def test_more_than_twenty_minutes_is_refused_with_what_would_do() -> None:
    cost = find_cost(NETS, 100, 100_000, SPEED, 2)
    assert not cost.is_allowed
    assert cost.most_steps == 1714  # 20 · 60 ÷ 0.7
    assert "at most 1,714 steps" in refusal_words(cost)
    assert find_cost(NETS, 100, 1_714, SPEED, 2).is_allowed
    assert "Even one step" in refusal_words(find_cost([NetCost(1, 10**12)], 1_000, 1, SPEED, 1))
    assert [duration_words(seconds) for seconds in (0.2, 89, 150, 9_000)] == ["1 s", "89 s", "2 min", "2.5 h"]
