"""Residual blocks that torchvision does not have, with the interface of torchvision's own blocks.

Modules have torchvision's names, so its state dicts load, and outputs are bit-identical wherever both build the same
net. `_make_layer` is torchvision's with one more decision: which shortcut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.ops import SqueezeExcitation

from resnet_viz.spec.resnet import ResNetSpec

Norm = Callable[[int], nn.Module]


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """Arguments of one block; counts of channels unless stated otherwise."""

    inplanes: int
    """Input channels."""
    planes: int
    """Channels of its convolutions before groups and widths; the block outputs `planes * expansion`."""
    width: int
    """Channels of a bottleneck's 3×3 convolution."""
    stride: int
    dilation: int
    """Dilation of a bottleneck's 3×3 convolution."""
    spec: ResNetSpec
    norm: Norm


def conv3x3(inplanes: int, planes: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> nn.Conv2d:
    """Returns a 3×3 convolution that preserves H and W at stride 1."""
    return nn.Conv2d(inplanes, planes, 3, stride, padding=dilation, dilation=dilation, groups=groups, bias=False)


def conv1x1(inplanes: int, planes: int, stride: int = 1) -> nn.Conv2d:
    """Returns a 1×1 convolution."""
    return nn.Conv2d(inplanes, planes, 1, stride, bias=False)


class BasicBlock(nn.Module):
    """Two 3×3 convolutions with a shortcut (He et al. 2015, section 3.3, Figure 5 left)."""

    expansion = 1

    def __init__(self, plan: BlockPlan, downsample: nn.Module | None) -> None:
        super().__init__()
        self.conv1 = conv3x3(plan.inplanes, plan.planes, plan.stride)
        self.bn1 = plan.norm(plan.planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(plan.planes, plan.planes)
        self.bn2 = plan.norm(plan.planes)
        self.se = squeeze(plan.planes) if plan.spec.squeeze_excitation else None
        self.downsample = downsample

    def residual(self, x: Tensor) -> Tensor:
        """Returns the residual branch F(x), before the addition."""
        out: Tensor = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)
        out = self.conv2(out)
        out = self.bn2(out)
        if self.se is not None:
            out = self.se(out)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H / stride, W / stride)."""
        identity = x
        out: Tensor = self.residual(x)
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        out = self.relu(out)
        return out


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 convolutions with a shortcut (He et al. 2015, section 4.1, Figure 5 right).

    The stride is on the first 1×1 in the paper (v1), on the 3×3 in torchvision (v1.5).
    """

    expansion = 4

    def __init__(self, plan: BlockPlan, downsample: nn.Module | None) -> None:
        super().__init__()
        first, middle = (plan.stride, 1) if plan.spec.stride_in == "1x1" else (1, plan.stride)
        planes = plan.planes * self.expansion
        self.conv1 = conv1x1(plan.inplanes, plan.width, first)
        self.bn1 = plan.norm(plan.width)
        self.conv2 = conv3x3(plan.width, plan.width, middle, plan.spec.groups, plan.dilation)
        self.bn2 = plan.norm(plan.width)
        self.conv3 = conv1x1(plan.width, planes)
        self.bn3 = plan.norm(planes)
        self.relu = nn.ReLU(inplace=True)
        self.se = squeeze(planes) if plan.spec.squeeze_excitation else None
        self.downsample = downsample

    def residual(self, x: Tensor) -> Tensor:
        """Returns the residual branch F(x), before the addition."""
        out: Tensor = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)
        out = self.conv2(out)
        out = self.bn2(out)
        out = self.relu(out)
        out = self.conv3(out)
        out = self.bn3(out)
        if self.se is not None:
            out = self.se(out)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, 4 · planes, H / stride, W / stride)."""
        identity = x
        out: Tensor = self.residual(x)
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        out = self.relu(out)
        return out


class PlainBasicBlock(BasicBlock):
    """A basic block without a shortcut, as in the plain nets (section 3.3, Figure 3 middle)."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H / stride, W / stride)."""
        out: Tensor = self.relu(self.residual(x))
        return out


class PlainBottleneck(Bottleneck):
    """A bottleneck without a shortcut."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, 4 · planes, H / stride, W / stride)."""
        out: Tensor = self.relu(self.residual(x))
        return out


class PreActBasicBlock(nn.Module):
    """Norm and ReLU before each convolution, none after the sum (He et al. 2016, section 4, Figure 4e).

    Without norms the first ReLU gets the block's input itself, which the shortcut needs as it is.
    """

    expansion = 1

    def __init__(self, plan: BlockPlan, downsample: nn.Module | None) -> None:
        super().__init__()
        self.bn1 = plan.norm(plan.inplanes)
        self.conv1 = conv3x3(plan.inplanes, plan.planes, plan.stride)
        self.bn2 = plan.norm(plan.planes)
        self.conv2 = conv3x3(plan.planes, plan.planes)
        self.relu = nn.ReLU(inplace=plan.spec.norm != "none")
        self.se = squeeze(plan.planes) if plan.spec.squeeze_excitation else None
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, planes, H / stride, W / stride)."""
        identity = x
        out: Tensor = self.bn1(x)
        out = self.relu(out)
        if self.downsample is not None:
            identity = self.downsample(out)
        out = self.conv1(out)
        out = self.bn2(out)
        out = self.relu(out)
        out = self.conv2(out)
        if self.se is not None:
            out = self.se(out)
        out += identity
        return out


class PreActBottleneck(nn.Module):
    """A bottleneck with norm and ReLU before each convolution (He et al. 2016, section 4); without norms as above."""

    expansion = 4

    def __init__(self, plan: BlockPlan, downsample: nn.Module | None) -> None:
        super().__init__()
        first, middle = (plan.stride, 1) if plan.spec.stride_in == "1x1" else (1, plan.stride)
        planes = plan.planes * self.expansion
        self.bn1 = plan.norm(plan.inplanes)
        self.conv1 = conv1x1(plan.inplanes, plan.width, first)
        self.bn2 = plan.norm(plan.width)
        self.conv2 = conv3x3(plan.width, plan.width, middle, plan.spec.groups, plan.dilation)
        self.bn3 = plan.norm(plan.width)
        self.conv3 = conv1x1(plan.width, planes)
        self.relu = nn.ReLU(inplace=plan.spec.norm != "none")
        self.se = squeeze(planes) if plan.spec.squeeze_excitation else None
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        """(N, inplanes, H, W) to (N, 4 · planes, H / stride, W / stride)."""
        identity = x
        out: Tensor = self.bn1(x)
        out = self.relu(out)
        if self.downsample is not None:
            identity = self.downsample(out)
        out = self.conv1(out)
        out = self.bn2(out)
        out = self.relu(out)
        out = self.conv2(out)
        out = self.bn3(out)
        out = self.relu(out)
        out = self.conv3(out)
        if self.se is not None:
            out = self.se(out)
        out += identity
        return out


class ZeroPad(nn.Module):
    """Shortcut A: subsamples by `stride` and pads new channels with zeros; no parameters (section 3.3)."""

    def __init__(self, stride: int, n_new: int) -> None:
        super().__init__()
        self.stride, self.n_new = stride, n_new

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, C + n_new, H / stride, W / stride)."""
        x = x[:, :, :: self.stride, :: self.stride]
        return F.pad(x, (0, 0, 0, 0, 0, self.n_new))


def squeeze(channels: int) -> nn.Module:
    """Returns squeeze-and-excitation (Hu et al. 2018) with reduction 16, rounded to a multiple of 8, at least 8."""
    weights: nn.Module = SqueezeExcitation(channels, max(8, (channels // 16 + 4) // 8 * 8))
    return weights
