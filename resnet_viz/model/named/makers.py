"""Calls a library's own function or class for a name: without weights, without its hub, without the network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from inspect import signature, unwrap
from typing import Any

from torch import nn

from resnet_viz.model.named.configurations import CONFIGURATIONS
from resnet_viz.model.net.planning import not_planning

Maker = Callable[[], nn.Module]
_CLASSES = 1_000
# torchvision's that warn unless they are told to initialise their weights, which is what they do anyway.
_TOLD_TO_INITIALISE = ("googlenet", "inception")


def maker_of(library: str, name: str) -> Maker:
    """Returns the call that builds a net, in train mode; `name` is one that the library has.

    The library is imported first, while no plan is made.
    """
    return {"timm": _from_timm, "torchvision": _from_torchvision, "hf": _from_transformers}[library](name)


def _from_timm(name: str) -> Maker:
    return partial(_timm().create_model, name, pretrained=False)


def _from_torchvision(name: str) -> Maker:
    from torchvision.models import get_model_builder

    builder: Any = get_model_builder(name)
    known = signature(unwrap(builder)).parameters
    options: dict[str, Any] = {key: None for key in ("weights", "weights_backbone") if key in known}
    if builder.__module__.rpartition(".")[2] in _TOLD_TO_INITIALISE:
        options["init_weights"] = True
    return partial(builder, **options)


def _from_transformers(name: str) -> Maker:
    found = CONFIGURATIONS[name]
    config, model = _of_transformers(found.family)
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in found.values.items()}
    return lambda: model(config(num_labels=_CLASSES, **values))


@cache
def _timm() -> Any:
    with not_planning():
        import timm

        return timm


@cache
def _of_transformers(family: str) -> tuple[Any, Any]:
    """The classes of a family, whose modules transformers imports when they are asked for."""
    with not_planning():
        import transformers

        return getattr(transformers, f"{family}Config"), getattr(transformers, f"{family}ForImageClassification")
