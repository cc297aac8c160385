"""What the structure table must say: Table 1 as printed, and what a spec and torch alone give."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from resnet_viz.model.net.build import build_plan
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.views.structure.read import structure_table
from resnet_viz.views.structure.table import StructureTable
from tests.nets import traces_of

FIVE = {depth: PRESETS[f"resnet{depth}"] for depth in (18, 34, 50, 101, 152)}
ROWS = ("conv1", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head", "FLOPs")
# Table 1 as printed: output sizes, blocks, and multiply-adds in 10⁹.
SIZES = ("112×112", "56×56", "28×28", "14×14", "7×7", "1×1")
PLAIN = ("3×3, {0} | 3×3, {0}", (64, 128, 256, 512))
DEEP = ("1×1, {0} | 3×3, {0} | 1×1, {1}", (64, 128, 256, 512))
BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
FLOPS = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}


@dataclass(frozen=True)
class Expected:
    """Of a stage: brackets and count, size, blocks with projection."""

    text: str
    size: tuple[int, int]
    projections: int


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


def table_of(*nets: ResNetSpec, extras: tuple[str, ...] = ()) -> StructureTable:
    """The structure table of nets."""
    return structure_table(traces_of(nets), extras)
