"""Reads a run from its two files; nothing in them is trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan, Recipe
from resnet_viz.training.run import Floats, Moment, Run
from resnet_viz.training.write import FORMAT, VELOCITY, VERSION, WEIGHTS_ENDING

MOST_BYTES = 256 * 2**20
"""Of either file."""
_MOST_PLACES = 1_100


def read_run(path: Path | str) -> Run:
    """Returns the run that `Run.save` wrote: `run.json` with its weights beside it.

    Raises ResnetVizError for a missing or damaged file, and for one of another format or version.
    """
    place = Path(path)
    text, weights = _bytes_of(place), _bytes_of(place.with_suffix(WEIGHTS_ENDING))
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        _refuse(place, _("it is no JSON"))
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        _refuse(place, _("it is no run"))
    version = document.get("version")
    if version != VERSION:
        _refuse(place, _("its version is {got}, and this reads {n}").format(got=shown(version), n=VERSION))
    try:
        return _run_of(document, _moments_of(weights))
    except (AttributeError, KeyError, TypeError, ValueError, SafetensorError) as error:
        if isinstance(error, ResnetVizError):
            raise
        _refuse(place, _("it is damaged"))


def plan_of(document: Mapping[str, Any]) -> Plan:
    """Returns the plan of JSON values, as `plan_document` writes them. Raises SpecError, KeyError and TypeError."""
    recipe = Recipe(**{name: document["recipe"][name] for name in Recipe.__dataclass_fields__})
    return Plan(ResNetSpec.from_query(document["net"]), document["data"], document["steps"], document["seed"], recipe)


def _run_of(document: Mapping[str, Any], moments: tuple[Moment, ...]) -> Run:
    plan = plan_of(document["plan"])
    places = tuple(map(str, document["places"]))
    losses = _floats(document["losses"])
    run = Run(
        plan,
        str(document["device"]),
        places,
        losses,
        _floats(document["errors"]),
        np.array([_floats(row) for row in document["gradient_norms"]], np.float32).reshape(-1, len(places)),
        _floats(document["seconds"]),
        np.array(document["held_steps"], np.int64).reshape(-1),
        _floats(document["held_errors"]),
        moments,
        {str(name): str(version) for name, version in document["versions"].items()},
    )
    is_sound = (
        0 < len(places) <= _MOST_PLACES
        and len(losses) <= plan.steps
        and len({len(losses), len(run.errors), len(run.seconds), len(run.gradient_norms)}) == 1
        and len(run.held_steps) == len(run.held_errors)
        and [moment.step for moment in moments] == list(document["moments"])
    )
    if not is_sound:
        raise ValueError
    return run


def _moments_of(data: bytes) -> tuple[Moment, ...]:
    found: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    for name, value in load(data).items():
        step, _slash, rest = name.partition("/")
        weights, velocity = found.setdefault(int(step), ({}, {}))
        group, _slash, inner = rest.partition("/")
        if group == VELOCITY:
            velocity[inner] = value
        else:
            weights[rest] = value
    return tuple(Moment(step, weights, velocity or None) for step, (weights, velocity) in sorted(found.items()))


def _floats(values: Any) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], np.float32)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            _refuse(path, _("it is larger than {most} MiB").format(most=MOST_BYTES // 2**20))
        return path.read_bytes()
    except OSError as error:
        _refuse(path, error.strerror or str(error))


def _refuse(path: Path, reason: str) -> NoReturn:
    text = _("{name} cannot be read as a run: {reason}. A run is run.json with run.safetensors beside it.")
    raise ResnetVizError(text.format(name=path.name[:60], reason=reason)) from None
