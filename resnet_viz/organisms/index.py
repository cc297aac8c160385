"""The index of the trained nets, `assets/organisms/index.json`, and their files; `make organisms` writes both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.places import ASSETS
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.training.plan import Plan
from resnet_viz.training.read import plan_of
from resnet_viz.training.write import plan_document

FOLDER: Final = ASSETS / "organisms"
INDEX: Final = "index.json"
PREFIX: Final = "digits:"
"""Names of weights that come with the package begin with it."""


@dataclass(frozen=True, slots=True)
class Organism:
    """A net that comes trained: its weights by name, how they were made, and what came of it.

    name: as in `digits:resnet20`. loss, error: means of the last ten steps' batches, in train mode. held_error: share
    of wrong answers on the `n_held` digits that it was not trained with, in eval mode. torch: the version that trained
    it. file, n_bytes, sha256: of its weights, in safetensors.
    """

    name: str
    plan: Plan
    loss: float
    error: float
    held_error: float
    n_held: int
    torch: str
    file: str
    n_bytes: int
    sha256: str

    @property
    def spec(self) -> ResNetSpec:
        """The net that was trained, at the size of its digits."""
        return self.plan.spec

    @property
    def accuracy(self) -> float:
        """Percent of right answers on the digits held out, in eval mode."""
        return 100 * (1 - self.held_error)

    def fits(self, spec: ResNetSpec) -> bool:
        """Whether these are weights of a net: at any input size, with batch norm, trained or frozen."""
        own, norm = self.spec, "batch" if spec.norm == "frozen" else spec.norm
        alike = replace(spec, norm=norm, input_size=own.input_size, zero_init_residual=own.zero_init_residual)
        return alike == own


@cache
def organisms() -> Mapping[str, Organism]:
    """Returns the trained nets by the names of their weights, in the order of their presets."""
    document = json.loads((FOLDER / INDEX).read_text(encoding="utf-8"))
    found = [_organism_of(entry) for entry in document["organisms"]]
    return {organism.name: organism for organism in found}


def organism_of(spec: object) -> Organism | None:
    """Returns the trained net whose weights fit a net; None for a net without such weights."""
    if not isinstance(spec, ResNetSpec) or not spec.is_for_digits:
        return None
    return next((organism for organism in organisms().values() if organism.fits(spec)), None)


def trained_name(spec: object, otherwise: str) -> str:
    """Returns the name of the weights that come with the package for a net, or `otherwise`."""
    organism = organism_of(spec)
    return otherwise if organism is None else organism.name


def find_organism(name: str, spec: ResNetSpec | None) -> Organism:
    """Returns the trained net whose weights have this name, for a net. Raises WeightsError.

    spec: of the net that the weights are for; None for one that was not built from a spec.
    """
    found = organisms().get(name)
    if found is None:
        text = _("There are no weights named “{got}”. Those that come with the package are {allowed}.")
        raise WeightsError(text.format(got=name[:60], allowed=", ".join(organisms())))
    if spec is None or not found.fits(spec):
        text = _("{name} are weights of {net}, and this is another net. Build theirs: {call}.")
        call = f'build_model(ResNetSpec.preset("{found.spec.preset_name}"))'
        raise WeightsError(text.format(name=name, net=found.spec.name, call=call))
    return found


def read_organism(organism: Organism) -> bytes:
    """Returns the weights as a safetensors file. Raises WeightsError where it is missing or not the index's."""
    try:
        data = (FOLDER / organism.file).read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != organism.sha256:
        text = _("The file of {name} is missing or damaged: install the package again.")
        raise WeightsError(text.format(name=organism.name))
    return data


def index_entry(organism: Organism) -> dict[str, Any]:
    """Returns a trained net as JSON values, each figure with the mode that it was measured in."""
    return {
        "name": organism.name,
        **plan_document(organism.plan),
        "training": {"loss": organism.loss, "error": organism.error, "steps": "the last ten", "mode": "train"},
        "held_out": {
            "error": organism.held_error,
            "accuracy_percent": round(organism.accuracy, 2),
            "pictures": organism.n_held,
            "mode": "eval",
        },
        "torch": organism.torch,
        "file": organism.file,
        "bytes": organism.n_bytes,
        "sha256": organism.sha256,
    }


def _organism_of(entry: Mapping[str, Any]) -> Organism:
    return Organism(
        name=entry["name"],
        plan=plan_of(entry),
        loss=entry["training"]["loss"],
        error=entry["training"]["error"],
        held_error=entry["held_out"]["error"],
        n_held=entry["held_out"]["pictures"],
        torch=entry["torch"],
        file=entry["file"],
        n_bytes=entry["bytes"],
        sha256=entry["sha256"],
    )
