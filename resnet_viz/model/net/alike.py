"""Neighbouring blocks of a net that are equal but for their weights: of each run, one stands for all.

As in torchvision's ResNets, whose stages repeat one block: `layer3.1` to `layer3.35` of ResNet-152.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from resnet_viz.model.net.known import BLOCKS, Look, Signature, UnknownModuleError, check_net


@dataclass(frozen=True, slots=True)
class Alike:
    """Equal blocks in a row: the name of the stage that holds them, of the first one, and of those after it."""

    stage: str
    first: str
    others: tuple[str, ...]

    @property
    def path(self) -> str:
        """The first one's path."""
        return f"{self.stage}.{self.first}"


def find_alike(model: nn.Module) -> list[Alike]:
    """Returns the runs of equal blocks, in order; none where anything about the net is not known for certain."""
    return _look(model) or []


def is_known(model: nn.Module) -> bool:
    """Whether all about a net is known for certain."""
    return _look(model) is not None


def _look(model: nn.Module) -> list[Alike] | None:
    look, found = Look(), list[Alike]()
    try:
        check_net(model)
        for name, child in look.at_itself(model).items():
            if type(child) is nn.Sequential:
                found += _in_stage(name, look, look.at_itself(child))
            elif child is not None:
                look.at(child)
    except UnknownModuleError:
        return None
    return None if look.has_shared else found


def _in_stage(stage: str, look: Look, children: Mapping[str, nn.Module | None]) -> Iterator[Alike]:
    """Yields the runs of equal blocks of a sequence of modules."""
    run: list[str] = []
    before: Signature = []
    for name, child in children.items():
        found = [] if child is None else look.at(child)
        if found != before or type(child) not in BLOCKS:
            yield from _alike(stage, run)
            run = []
        run.append(name)
        before = found
    yield from _alike(stage, run)


def _alike(stage: str, run: Sequence[str]) -> Iterator[Alike]:
    if len(run) > 1:
        yield Alike(stage, run[0], tuple(run[1:]))


def shortened(model: nn.Module, runs: Sequence[Alike]) -> nn.Module:
    """Returns a net of the same modules without the blocks that are like the one before; the model stays as it is."""
    short = _shallow(model)
    for stage in {run.stage for run in runs}:
        short._modules[stage] = inner = _shallow(model._modules[stage])
        for run in runs:
            for name in run.others if run.stage == stage else ():
                del inner._modules[name]
    return short


def own_stages(model: nn.Module) -> Any:
    """Returns a net of the same modules, whose list of modules, and those of its stages, are its own."""
    copy = _shallow(model)
    for name, child in copy._modules.items():
        if type(child) is nn.Sequential:
            copy._modules[name] = _shallow(child)
    return copy


def _shallow(module: Any) -> nn.Module:
    copy: nn.Module = object.__new__(type(module))
    copy.__dict__.update(module.__dict__, _modules={**module._modules})
    return copy
