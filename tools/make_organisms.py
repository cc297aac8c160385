"""Trains the nets that the package brings trained: `assets/organisms`, weights and index.

    python -m tools.make_organisms

The same plans give the same bits on one machine with one version of torch; elsewhere sums differ in their last digits,
and after hundreds of steps so do the weights. A test trains a short piece, and asks the files for the index's accuracy
(`tests/organisms`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from resnet_viz.datasets.digits import CREDIT, N_HELD_OUT
from resnet_viz.model.train.loop import train
from resnet_viz.organisms.index import FOLDER, INDEX, PREFIX, Organism, index_entry
from resnet_viz.spec.resnet import DIGITS
from resnet_viz.training.plan import Plan, Recipe
from resnet_viz.training.write import pack_weights

MOST_BYTES = 3_000_000
"""Of all weights together."""
# The four at 8×8 differ in nothing but depth and shortcut, so that they can be compared.
_STEPS, _SEED = 300, 0
PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "resnet14": Plan(DIGITS["digits14"], steps=400, seed=0, recipe=Recipe(lr=0.02, weight_decay=0.001)),
        "resnet20": Plan(DIGITS["digits20"], steps=_STEPS, seed=_SEED),
        "resnet56": Plan(DIGITS["digits56"], steps=_STEPS, seed=_SEED),
        "plain20": Plan(DIGITS["digits_plain20"], steps=_STEPS, seed=_SEED),
        "plain56": Plan(DIGITS["digits_plain56"], steps=_STEPS, seed=_SEED),
    }
)


def make_organism(name: str, plan: Plan) -> tuple[Organism, bytes]:
    """Trains a net anew; returns what is known of it, and its weights as a safetensors file."""
    run = train(plan.spec, plan.data, plan.steps, plan.seed, recipe=plan.recipe)
    data = pack_weights(run.moments[-1])
    organism = Organism(
        name=f"{PREFIX}{name}",
        plan=plan,
        loss=run.final_loss,
        error=run.final_error,
        held_error=run.held_error,
        n_held=N_HELD_OUT,
        torch=run.versions["torch"],
        file=f"digits_{name}.safetensors",
        n_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return organism, data


def write_organisms(made: Sequence[tuple[Organism, bytes]], folder: Path = FOLDER) -> None:
    """Writes the files of weights and their index. Raises ValueError where they are too large together."""
    total = sum(organism.n_bytes for organism, _data in made)
    if total > MOST_BYTES:
        raise ValueError(f"all weights have {total:,} bytes, and {MOST_BYTES:,} are allowed")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    for organism, data in made:
        (folder / organism.file).write_bytes(data)
    index = {"data": CREDIT, "organisms": [index_entry(organism) for organism, _data in made]}
    (folder / INDEX).write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Trains all, prints their accuracy on the digits held out, and writes them."""
    made = []
    for name, plan in PLANS.items():
        organism, data = make_organism(name, plan)
        print(
            f"{organism.name}: {organism.accuracy:.1f} % of {organism.n_held} held-out digits in eval mode; last ten "
            f"steps in train mode: loss {organism.loss:.4f}, error {organism.error:.1%}; {organism.n_bytes:,} bytes",
            flush=True,
        )
        made.append((organism, data))
    write_organisms(made)


if __name__ == "__main__":
    main()
