"""A walk against a plain tracer of the test's own that looks at the live objects of another build or pass.

It is a few lines around `sys.settrace`: at every line it compares all local variables with those that the walk has for
the step by replay, and evaluates the walk's conditions with `eval`.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet, resnet18, resnet50

from resnet_viz.model.net import blocks as variants
from resnet_viz.model.net import variant as variant_net
from resnet_viz.model.net.build import build_model
from resnet_viz.model.net.variant import VariantResNet
from resnet_viz.model.walk.build import walk_build
from resnet_viz.model.walk.forward import walk_forward
from resnet_viz.records.steps import Condition, Value
from resnet_viz.records.walk import CodeWalk
from resnet_viz.spec.resnet import PRESETS, ResNetSpec

SMALL = ResNetSpec("bottleneck", (1, 2, 1, 1), num_classes=7, input_size=(64, 64))
DILATED = replace(SMALL, replace_stride_with_dilation=(False, True, True))
PRE_ACTIVATED = replace(SMALL, pre_activation=True, stem="deep", squeeze_excitation=True)
FILES = {str(module.__file__): f"{module.__name__.replace('.', '/')}.py" for module in (resnet, variants, variant_net)}


class Follower:
    """Goes along a walk while the same code runs again, and notes what is otherwise."""

    def __init__(self, walk: CodeWalk) -> None:
        self.walk, self.at = walk, -1
        self.running: list[int] = []
        self.wrong: list[str] = []
        self.objects: list[tuple[Value, Any]] = []
        self.n_values = self.n_conditions = 0

    def trace(self, frame: Any, event: str, value: Any) -> Any:
        file = FILES.get(frame.f_code.co_filename)
        if file is None or frame.f_code.co_name.startswith("<"):
            return None
        if event == "call":
            self.step(frame, file, "call")
        elif event == "line":
            now = self.walk.steps[self.running[-1]]
            if now.kind == "call" or not now.line <= frame.f_lineno <= now.end_line:
                self.step(frame, file, "line")
        elif event == "return":
            returned = self.walk.steps[self.running.pop()].returned
            if value is not None and returned is not None:
                self.objects.append((returned, value))
        return self.trace

    def step(self, frame: Any, file: str, kind: str) -> None:
        if self.at + 1 == len(self.walk):
            self.wrong.append("it goes on")
            return
        self.at += 1
        self.running = [*self.running[: None if kind == "call" else -1], self.at]
        step = self.walk.steps[self.at]
        function = frame.f_code.co_qualname
        if (step.kind, step.file, step.function) != (kind, file, function):
            self.wrong.append(f"step {self.at}: {step.function} line {step.line}, ran {function} {frame.f_lineno}")
            return
        if kind == "line" and step.line != frame.f_lineno:
            self.wrong.append(f"step {self.at}: line {step.line}, ran {frame.f_lineno}")
        live = {name: value for name, value in frame.f_locals.items() if name != "__class__"}
        self.compare(step.locals, live)
        if step.condition is not None:
            self.ask(step.condition, frame)

    def compare(self, known: Mapping[str, Value], live: Mapping[str, Any]) -> None:
        if {name for name in known if "." not in name} != set(live):
            self.wrong.append(f"step {self.at}: names {sorted(known)}, there are {sorted(live)}")
        for name, value in known.items():
            variable, _dot, attribute = name.partition(".")
            if variable not in live:
                continue
            now = getattr(live[variable], attribute) if attribute else live[variable]
            self.n_values += 1
            if not is_like(value, now):
                self.wrong.append(f"step {self.at}: {name} is {now!r:.60}, known as {value}")
            if isinstance(now, nn.Module):
                self.objects.append((value, now))

    def ask(self, condition: Condition, frame: Any) -> None:
        for part in condition.children or (condition,):
            if part.is_looked_at:
                self.n_conditions += 1
                if bool(eval(part.text, frame.f_globals, frame.f_locals)) is not part.value:
                    self.wrong.append(f"step {self.at}: {part}")
            elif part.value is not None:
                self.wrong.append(f"step {self.at}: {part} was not looked at")


def is_like(known: Value, now: Any) -> bool:
    """Whether a value could have been described so."""
    if known.kind in ("number", "bool", "none"):
        return known.text == repr(now)
    if known.kind == "text":
        return known.text in (repr(now), f"{repr(now)[:59]}…")
    if known.kind == "class":
        return isinstance(now, type) and known.text == now.__name__
    if known.kind == "tensor":
        return isinstance(now, Tensor) and known.shape == tuple(now.shape)
    if known.kind == "module":
        return isinstance(now, nn.Module) and known.text.startswith(type(now).__name__)
    if known.kind == "list":
        return isinstance(now, list | tuple | dict) and (bool(now) or known.text in ("[]", "()", "{}"))
    return known.text.startswith(type(now).__name__) or known.kind == "function"


@contextmanager
def following(walk: CodeWalk) -> Iterator[Follower]:
    follower, before = Follower(walk), sys.gettrace()
    sys.settrace(follower.trace)
    try:
        yield follower
    finally:
        sys.settrace(before)


def check(follower: Follower, model: nn.Module) -> None:
    paths = {id(module): path for path, module in model.named_modules()}
    assert follower.wrong == []
    assert follower.at == len(follower.walk) - 1
    modules = [(value, now) for value, now in follower.objects if isinstance(now, nn.Module)]
    assert all(value.node == paths.get(id(now)) for value, now in modules)
    assert len(modules) > 20
    assert follower.n_values > 1000
    assert follower.n_conditions > 10


@pytest.mark.parametrize(("name", "function"), [("resnet18", resnet18), ("resnet50", resnet50)])
def test_a_build_is_as_another_one(name: str, function: Any) -> None:
    walk = walk_build(PRESETS[name])
    with torch.device("meta"), following(walk) as follower:
        model = function()
    check(follower, model)


def test_a_dilated_build_is_as_another_one() -> None:
    walk = walk_build(DILATED)
    flags = [False, True, True]
    with torch.device("meta"), following(walk) as follower:
        model = resnet.ResNet(
            resnet.Bottleneck,
            [1, 2, 1, 1],
            num_classes=7,
            replace_stride_with_dilation=flags,
            norm_layer=nn.BatchNorm2d,
        )
    check(follower, model)


@pytest.mark.parametrize("spec", [PRE_ACTIVATED, replace(SMALL, shortcut="C"), PRESETS["cifar20"]])
def test_a_build_of_ours_is_as_another_one(spec: ResNetSpec) -> None:
    walk = walk_build(spec)
    with torch.device("meta"), following(walk) as follower:
        model = VariantResNet(spec, nn.BatchNorm2d)
    check(follower, model)


@pytest.mark.parametrize(
    "spec", [replace(PRESETS["resnet18"], input_size=(64, 64)), DILATED, PRE_ACTIVATED, replace(SMALL, shortcut="A")]
)
def test_a_planned_pass_is_as_a_real_one(spec: ResNetSpec) -> None:
    walk = walk_forward(spec)
    model = build_model(spec)
    with torch.no_grad(), following(walk) as follower:
        model(torch.randn(spec.input_shape))
    follower.wrong += [] if follower.n_conditions else ["nothing was asked"]
    paths = {id(module): path for path, module in model.named_modules()}
    assert follower.wrong == []
    assert follower.at == len(walk) - 1
    assert all(value.node == paths[id(now)] for value, now in follower.objects if isinstance(now, nn.Module))
    returned = [(value, now) for value, now in follower.objects if isinstance(now, Tensor)]
    assert len(returned) > 5
    assert all(is_like(value, now) for value, now in returned)
    assert follower.n_values > 300


def test_the_follower_finds_what_is_wrong() -> None:
    walk = walk_build(PRESETS["resnet18"])
    with torch.device("meta"), following(walk) as follower:
        resnet18(num_classes=10)
    assert follower.wrong
