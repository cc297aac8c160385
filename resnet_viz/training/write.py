"""Writes a run as two files: JSON with plan and curves, and its weights beside as safetensors."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.training.plan import Plan
from resnet_viz.training.run import Floats, Moment, Run
from resnet_viz.writing import check_place, write_whole

FORMAT, VERSION = "resnet_viz run", 1
ENDING, WEIGHTS_ENDING = ".json", ".safetensors"
VELOCITY = "velocity"


def save_run(run: Run, path: Path | str) -> None:
    """Writes a run, each file whole or not at all: `run.json`, and its weights in `run.safetensors` beside it.

    Raises ResnetVizError for a name that does not end with `.json`, and where no file can stand there; OSError where
    one cannot be written.
    """
    place, weights = check_places(Path(path))
    # The weights first: whoever sees the JSON finds them.
    write_whole(weights, pack_moments(run.moments))
    write_whole(place, run_json(run).encode())


def check_places(place: Path) -> tuple[Path, Path]:
    """Returns the paths of a run's two files. Raises ResnetVizError as `save_run`; nothing is written."""
    if place.suffix.lower() != ENDING:
        raise ResnetVizError(
            _("A run is saved as JSON with its weights beside it: got {got}. Choose a name such as run.json.").format(
                got=place.name[:60]
            )
        )
    weights = place.with_suffix(WEIGHTS_ENDING)
    for each in (place, weights):
        check_place(each)
    return place, weights


def run_json(run: Run) -> str:
    """Returns plan and curves as JSON; numbers that are not finite are null."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "plan": plan_document(run.plan),
        "device": run.device,
        "versions": dict(run.versions),
        "places": list(run.places),
        "losses": _listed(run.losses),
        "errors": _listed(run.errors),
        "gradient_norms": [_listed(row) for row in run.gradient_norms],
        "seconds": _listed(run.seconds),
        "held_steps": run.held_steps.tolist(),
        "held_errors": _listed(run.held_errors),
        "moments": [moment.step for moment in run.moments],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)


def plan_document(plan: Plan) -> dict[str, Any]:
    """Returns a plan as JSON values; the net is its link."""
    recipe = asdict(plan.recipe)
    return {"net": plan.spec.to_query(), "data": plan.data, "steps": plan.steps, "seed": plan.seed, "recipe": recipe}


def pack_moments(moments: tuple[Moment, ...]) -> bytes:
    """Returns weights as safetensors, named as in `64/layer1.0.conv1.weight`; the last has `64/velocity/…` beside."""
    tensors = {f"{moment.step}/{name}": value for moment in moments for name, value in moment.weights.items()}
    for moment in moments:
        tensors |= {f"{moment.step}/{VELOCITY}/{name}": value for name, value in (moment.velocity or {}).items()}
    return save({name: np.asarray(value, order="C") for name, value in tensors.items()})


def pack_weights(moment: Moment) -> bytes:
    """Returns the weights of one moment as a safetensors file that `load_weights` reads."""
    return save({name: np.asarray(value, order="C") for name, value in moment.weights.items()})


def _listed(values: Floats) -> list[float | None]:
    """Float32 as the shortest decimals that give the same float32."""
    return [float(str(value)) if np.isfinite(value) else None for value in values]
