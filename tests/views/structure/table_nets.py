"""Any net for the structure table, and what the table must say of it: worked out from the spec and from torch alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor, nn

from resnet_viz.errors import SpecError
from resnet_viz.model.net.build import build_plan
from resnet_viz.model.trace.plan import trace_spec
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec

# One of each kind, small enough to be traced in no time.
NETS = {
    "basic": ResNetSpec("basic", (2, 1, 3, 1), input_size=(64, 64)),
    "bottleneck": ResNetSpec("bottleneck", (2, 3, 1, 2), input_size=(65, 200)),
    "v1": ResNetSpec("bottleneck", (1, 2), stride_in="1x1"),
    "next": ResNetSpec("bottleneck", (1, 2, 1, 1), groups=32, width_per_group=4),
    "wide": ResNetSpec("bottleneck", (2, 1), width_per_group=128),
    "v2": ResNetSpec("bottleneck", (2, 2, 1), pre_activation=True),
    "se": ResNetSpec("basic", (2, 2), squeeze_excitation=True, stem="deep", average_shortcut=True),
    "A": ResNetSpec("basic", (1, 2), shortcut="A"),
    "C": ResNetSpec("basic", (2, 2), shortcut="C"),
    "plain": ResNetSpec("basic", (2, 2), shortcut="none"),
    "cifar": ResNetSpec.cifar(20),
    "dilated": ResNetSpec("bottleneck", (1, 1, 2, 1), replace_stride_with_dilation=(False, True, True)),
    "one": ResNetSpec("basic", (1,), num_classes=3, in_channels=1),
    "six": ResNetSpec("bottleneck", (1, 1, 2, 1, 1, 1), widths=(8, 8, 16, 24, 8, 40), input_size=(97, 33)),
}


@cache
def trace_of(spec: ResNetSpec) -> Trace:
    return trace_spec(spec)


@dataclass(frozen=True)
class Expected:
    """Of a stage: brackets and count, size, blocks with projection."""

    text: str
    size: tuple[int, int]
    projections: int


@st.composite
def specs(draw: st.DrawFn) -> ResNetSpec:
    """Any net of one to six small stages; what cannot be built is not drawn."""
    is_bottleneck = draw(st.booleans())
    n = draw(st.integers(1, 6))
    group = draw(st.sampled_from([(1, 64), (1, 128), (2, 64), (8, 16)])) if is_bottleneck else (1, 64)
    try:
        return ResNetSpec(
            "bottleneck" if is_bottleneck else "basic",
            tuple(draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))),
            num_classes=draw(st.integers(1, 50)),
            groups=group[0],
            width_per_group=group[1],
            in_channels=draw(st.integers(1, 4)),
            input_size=draw(st.tuples(st.integers(1, 97), st.integers(1, 97))),
            stride_in=draw(st.sampled_from(["3x3", "1x1"])) if is_bottleneck else "3x3",
            shortcut=draw(st.sampled_from(["B", "A", "C", "none"])),
            stem=draw(st.sampled_from(["7x7", "3x3", "deep"])),
            widths=tuple(4 * width for width in draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))),
            pre_activation=draw(st.booleans()),
            average_shortcut=draw(st.booleans()),
            squeeze_excitation=draw(st.booleans()),
        )
    except SpecError:
        assume(False)
        raise


def after(side: int, kernel: int, stride: int, padding: int) -> int:
    """The side of a map after a window, by torch's documented formula."""
    return (side + 2 * padding - kernel) // stride + 1


def stem_size(spec: ResNetSpec) -> tuple[int, int]:
    """What leaves the stem's convolutions."""
    kernel, stride, padding = {"7x7": (7, 2, 3), "3x3": (3, 1, 1), "deep": (3, 2, 1)}[spec.stem]
    height, width = (after(side, kernel, stride, padding) for side in spec.input_size)
    return height, width


def expected_stages(spec: ResNetSpec) -> Iterator[Expected]:
    """Each stage, from the paper's rules: bracket, size, projections."""
    height, width = stem_size(spec)
    if spec.stem != "3x3":
        height, width = after(height, 3, 2, 1), after(width, 3, 2, 1)
    before = spec.widths[0]
    dilated = (False, *(spec.replace_stride_with_dilation or (False,) * 5))
    for stage, (planes, count) in enumerate(zip(spec.widths, spec.layers, strict=True)):
        stride = 2 if stage and not dilated[stage] else 1
        height, width = after(height, 3, stride, 1), after(width, 3, stride, 1)
        out = planes * (4 if spec.block == "bottleneck" else 1)
        lines = [f"3×3, {planes}", f"3×3, {planes}"]
        if spec.block == "bottleneck":
            inner = planes * spec.width_per_group // 64 * spec.groups
            grouped = f"3×3, {inner}" + (f", C={spec.groups}" if spec.groups > 1 else "")
            lines = [f"1×1, {inner}", grouped, f"1×1, {out}"]
        if spec.squeeze_excitation:
            lines.append(f"fc, [{max(8, (out // 16 + 4) // 8 * 8)}, {out}]")
        projections = {"C": count, "B": int(stride != 1 or before != out)}.get(spec.shortcut, 0)
        yield Expected(f"[{' | '.join(lines)}] × {count}", (height, width), projections)
        before = out


def module_params(spec: ResNetSpec) -> dict[str, int]:
    """Parameters of each direct child of the net, counted by torch."""
    return {name: sum(p.numel() for p in module.parameters()) for name, module in build_plan(spec).named_children()}


def module_macs(spec: ResNetSpec) -> dict[str, int]:
    """Multiply-adds of each direct child of the net: torch's own shapes in a pass on the meta device."""
    model, found = build_plan(spec).to("meta").eval(), dict[str, int]()

    def count(name: str, module: nn.Module, output: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        found[name] = found.get(name, 0) + output.numel() * weight[0].numel()

    for path, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            top = path.partition(".")[0]
            module.register_forward_hook(lambda own, _inputs, output, top=top: count(top, own, output))
    with torch.no_grad():
        model(torch.empty(spec.input_shape, device="meta"))
    return found
