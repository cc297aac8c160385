"""Degradation over ten seeds: the training loss of a deep plain net beside a shallow one and a residual one."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from resnet_viz import train
from tests.bench.report import print_amount
from tests.bench.training.steps import digits_net

SEEDS = range(10)
NETS = {"plain 20": (20, "none"), "plain 56": (56, "none"), "residual 56": (56, "A")}
_LEAST = 9


def bench_seeds() -> None:
    """300 steps each, the mean loss of the last ten; on two processors about three minutes."""
    print("\nTraining loss after 300 steps on digits (mean of the last ten), ten seeds")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = {
            net: [future.result() for future in [pool.submit(_final_loss, net, seed) for seed in SEEDS]] for net in NETS
        }
    for net, losses in found.items():
        print(f"  {net:14}" + "  ".join(f"{loss:8.4f}" for loss in losses))
    for other in ("plain 20", "residual 56"):
        n = sum(deep > shallow for deep, shallow in zip(found["plain 56"], found[other], strict=True))
        print_amount(f"seeds in which plain 56 is not above {other}", len(SEEDS) - n, "of 10", len(SEEDS) - _LEAST)


def _final_loss(net: str, seed: int) -> float:
    return train(digits_net(*NETS[net]), seed=seed).final_loss
