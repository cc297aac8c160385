"""The code walk of a build: from torchvision's function through every block's constructor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import CodeType, ModuleType

import torchvision.models.resnet
from torch import nn

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.model.graph.calls import free_id
from resnet_viz.model.net import blocks as variants
from resnet_viz.model.net import variant as variant_net
from resnet_viz.model.net.build import call_constructor, planning
from resnet_viz.model.walk.recorder import StepRecorder
from resnet_viz.model.walk.rows import Naming
from resnet_viz.model.walk.source import Function, source_of
from resnet_viz.model.walk.tensors import NetValues
from resnet_viz.model.walk.watch import watch
from resnet_viz.records.steps import SourceFile, WalkStep
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import ResNetSpec

WATCHED: tuple[ModuleType, ...] = (torchvision.models.resnet, variants, variant_net)


def walk_build(spec: ResNetSpec, backend: str | None = None) -> CodeWalk:
    """Returns every line that runs while a spec's net is built, on the meta device and without initialisation.

    A torchvision preset is built by its function, as in `resnet50()`. `backend` is one of `watch.BACKENDS`, by default
    the fastest this Python has. Raises SpecError for a net that cannot be built.
    """
    return build_walking(spec, backend)[0]


def build_walking(spec: ResNetSpec, backend: str | None = None) -> tuple[CodeWalk, nn.Module]:
    """Like `walk_build`; also returns the built net, on the meta device and in eval mode."""
    check_spec(spec)
    functions = watched_functions()
    recorder = StepRecorder(functions, NetValues())
    with planning(spec), watch(functions, recorder, backend):
        model = call_constructor(spec)
    paths = {id(module): path for path, module in model.named_modules()}
    steps, folds = recorder.finish(Naming(paths, free_id("network", paths.values())))
    return CodeWalk(spec, "build", files_of(steps), steps, folds), model.eval()


def check_spec(spec: object) -> None:
    """Raises SpecError unless `spec` is a ResNetSpec."""
    if not isinstance(spec, ResNetSpec):
        raise SpecError(_("Got {got} for a spec. Pass a ResNetSpec.").format(got=type(spec).__name__))


@cache
def watched_functions() -> Mapping[CodeType, Function]:
    """Returns the functions whose lines become steps, by code object."""
    return {code: known for module in WATCHED for code, known in source_of(module).functions.items()}


def files_of(steps: Iterable[WalkStep]) -> tuple[SourceFile, ...]:
    """Returns the source files of the steps."""
    files = {step.file for step in steps}
    return tuple(source.record for source in map(source_of, WATCHED) if source.file in files)
