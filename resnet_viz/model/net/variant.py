"""A net assembled from the blocks of `blocks.py`: stem, stages and head as in the spec."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from resnet_viz.model.net.blocks import (
    BasicBlock,
    BlockPlan,
    Bottleneck,
    Norm,
    PlainBasicBlock,
    PlainBottleneck,
    PreActBasicBlock,
    PreActBottleneck,
    ZeroPad,
    conv1x1,
    conv3x3,
)
from resnet_viz.spec.resnet import ResNetSpec

BlockClass = type[BasicBlock | Bottleneck | PreActBasicBlock | PreActBottleneck]
_RESIDUAL: dict[str, BlockClass] = {"basic": BasicBlock, "bottleneck": Bottleneck}
_PLAIN: dict[str, BlockClass] = {"basic": PlainBasicBlock, "bottleneck": PlainBottleneck}
_PRE_ACTIVATED: dict[str, BlockClass] = {"basic": PreActBasicBlock, "bottleneck": PreActBottleneck}


class VariantResNet(nn.Module):
    """Any ResNet that a spec describes, with torchvision's module names: conv1, bn1, layer1, …, avgpool, fc.

    Maps images (N, C, H, W) to logits (N, classes).
    """

    def __init__(self, spec: ResNetSpec, norm: Norm) -> None:
        super().__init__()
        self.spec, self.norm = spec, norm
        self.inplanes, self.dilation = spec.stem_width, 1
        self.conv1 = self._make_stem()
        self.bn1 = None if spec.pre_activation else norm(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = None if spec.stem == "3x3" else nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        block = _choose_block(spec)
        dilate = (False, *(spec.replace_stride_with_dilation or [False] * (len(spec.layers) - 1)))
        for stage, blocks in enumerate(spec.layers):
            layer = self._make_layer(block, stage, blocks, stride=1 if stage == 0 else 2, dilate=dilate[stage])
            self.add_module(f"layer{stage + 1}", layer)
        self.norm_last = norm(self.inplanes) if spec.pre_activation else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(self.inplanes, spec.num_classes)
        initialise(self, spec.zero_init_residual)

    def _make_stem(self) -> nn.Module:
        spec, width = self.spec, self.spec.stem_width
        if spec.stem == "3x3":
            return conv3x3(spec.in_channels, width)
        if spec.stem == "7x7":
            return nn.Conv2d(spec.in_channels, width, kernel_size=7, stride=2, padding=3, bias=False)
        half = max(1, width // 2)
        return nn.Sequential(
            conv3x3(spec.in_channels, half, stride=2),
            self.norm(half),
            nn.ReLU(inplace=True),
            conv3x3(half, half),
            self.norm(half),
            nn.ReLU(inplace=True),
            conv3x3(half, width),
        )

    def _make_layer(self, block: BlockClass, stage: int, blocks: int, stride: int, dilate: bool) -> nn.Sequential:
        previous_dilation = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        layers = []
        for index in range(blocks):
            dilation = previous_dilation if index == 0 else self.dilation
            plan = self._plan_block(stage, stride if index == 0 else 1, dilation)
            layers.append(block(plan, self._make_shortcut(plan, plan.planes * block.expansion)))
            self.inplanes = plan.planes * block.expansion
        return nn.Sequential(*layers)

    def _plan_block(self, stage: int, stride: int, dilation: int) -> BlockPlan:
        planes, width = self.spec.widths[stage], self.spec.inner_width(stage)
        return BlockPlan(self.inplanes, planes, width, stride, dilation, self.spec, self.norm)

    def _make_shortcut(self, plan: BlockPlan, planes: int) -> nn.Module | None:
        kind = self.spec.shortcut
        if kind == "none":
            return None
        if kind == "C" or plan.stride != 1 or plan.inplanes != planes:
            return ZeroPad(plan.stride, planes - plan.inplanes) if kind == "A" else self._project(plan, planes)
        return None

    def _project(self, plan: BlockPlan, planes: int) -> nn.Sequential:
        """1×1 convolution, followed by a norm except with pre-activation; preceded by pooling in ResNet-D."""
        pool: Sequence[nn.Module] = ()
        stride = plan.stride
        if self.spec.average_shortcut and stride != 1:
            pool, stride = [nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)], 1
        norm = [] if self.spec.pre_activation else [self.norm(planes)]
        return nn.Sequential(*pool, conv1x1(plan.inplanes, planes, stride), *norm)

    def forward(self, x: Tensor) -> Tensor:
        """Maps images (N, C, H, W) to logits (N, classes)."""
        x = self.conv1(x)
        if self.bn1 is not None:
            x = self.bn1(x)
            x = self.relu(x)
        if self.maxpool is not None:
            x = self.maxpool(x)
        for stage in range(len(self.spec.layers)):
            x = self.get_submodule(f"layer{stage + 1}")(x)
        if self.norm_last is not None:
            x = self.norm_last(x)
            x = self.relu(x)
        x = self.avgpool(x)
        x = torch.flatten(x, 1)
        x = self.fc(x)
        return x


def _choose_block(spec: ResNetSpec) -> BlockClass:
    if spec.shortcut == "none":
        return _PLAIN[spec.block]
    return (_PRE_ACTIVATED if spec.pre_activation else _RESIDUAL)[spec.block]


def replace_stem(model: nn.Module, in_channels: int) -> None:
    """Replaces `conv1` of torchvision's ResNet for another number of input channels, initialised like the original."""
    conv1 = nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3, bias=False)
    nn.init.kaiming_normal_(conv1.weight, mode="fan_out", nonlinearity="relu")
    model.conv1 = conv1


def initialise(model: nn.Module, zero_init_residual: bool) -> None:
    """Initialises like torchvision: He et al.'s normal distribution for convolutions, weight 1 and bias 0 for norms."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.constant_(module.weight, 1)
            nn.init.constant_(module.bias, 0)
    if not zero_init_residual:
        return
    for module in model.modules():
        last = module.bn3 if isinstance(module, Bottleneck) else module.bn2 if isinstance(module, BasicBlock) else None
        if isinstance(last, nn.Module) and isinstance(last.weight, Tensor):
            nn.init.constant_(last.weight, 0)
