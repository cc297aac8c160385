"""Validates combinations of `ResNetSpec` settings; raises SpecError for settings that cannot be combined."""

from __future__ import annotations

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.checks import NORM_GROUPS, usual_widths
from resnet_viz.spec.settings import Settings


def check_together(spec: Settings) -> None:
    """Raises SpecError for settings that cannot be combined, before anything is built."""
    _check_stages(spec)
    _check_basic_block(spec)
    _check_inner_width(spec)
    _check_shortcut(spec)
    _check_zero_init(spec)
    _check_group_norm(spec)


def _check_stages(spec: Settings) -> None:
    if len(spec.widths) != len(spec.layers):
        raise SpecError(
            _(
                "widths: got {got} for {n} stages. Write one number of planes for each stage, for example {usual}."
            ).format(
                got=shown(spec.widths), n=len(spec.layers), usual=",".join(map(str, usual_widths(len(spec.layers))))
            )
        )
    if spec.replace_stride_with_dilation is not None and len(spec.layers) != 4:
        raise SpecError(
            _(
                "replace_stride_with_dilation is for layer2, layer3 and layer4 of nets of four stages; this one has "
                "{n}. Choose four stages, or leave the dilation off."
            ).format(n=len(spec.layers))
        )


def _check_basic_block(spec: Settings) -> None:
    if spec.block != "basic":
        return
    if spec.groups != 1 or spec.width_per_group != 64:
        raise SpecError(
            _(
                "A basic block has groups 1 and width 64 per group; got {groups} and {width}. "
                "Choose bottleneck blocks for grouped or wide nets, or set both back."
            ).format(groups=spec.groups, width=spec.width_per_group)
        )
    if spec.replace_stride_with_dilation is not None:
        raise SpecError(
            _(
                "A basic block cannot be dilated; got {got} for replace_stride_with_dilation. "
                "Choose bottleneck blocks, or leave the dilation off."
            ).format(got=spec.replace_stride_with_dilation)
        )
    if spec.stride_in != "3x3":
        raise SpecError(
            _(
                "A basic block has no 1×1 convolution that could have the stride; got {got} for stride_in. "
                "Choose bottleneck blocks, or 3x3."
            ).format(got=shown(spec.stride_in))
        )


def _check_inner_width(spec: Settings) -> None:
    """torchvision's formula rounds down, possibly to 0."""
    if spec.block != "bottleneck":
        return
    empty = next((stage for stage in range(len(spec.widths)) if spec.inner_width(stage) < 1), None)
    if empty is not None:
        raise SpecError(
            _(
                "In layer{stage} the inner convolutions would have no channel: {planes} planes × {width} ÷ 64, rounded "
                "down. Choose more planes, or a greater width per group."
            ).format(stage=empty + 1, planes=spec.widths[empty], width=spec.width_per_group)
        )


def _check_shortcut(spec: Settings) -> None:
    if spec.shortcut == "none" and spec.pre_activation:
        raise SpecError(
            _(
                "Pre-activation moves norm and ReLU off the shortcut's way, and a plain net has no shortcut. "
                "Choose a shortcut, or leave the pre-activation off."
            )
        )
    if spec.average_shortcut and spec.shortcut not in ("B", "C"):
        raise SpecError(
            _(
                "average_shortcut pools before a projection, and shortcut {got} has none. "
                "Choose shortcut B or C, or leave the pooling off."
            ).format(got=shown(spec.shortcut))
        )
    shrinking = [stage for stage, (a, b) in enumerate(zip(spec.widths, spec.widths[1:], strict=False), 2) if b < a]
    if spec.shortcut == "A" and shrinking:
        raise SpecError(
            _(
                "Shortcut A can only add channels, but layer{stage} has fewer than the stage before it. "
                "Choose widths that do not shrink, or shortcut B."
            ).format(stage=shrinking[0])
        )


def _check_zero_init(spec: Settings) -> None:
    if not spec.zero_init_residual:
        return
    if spec.shortcut == "none":
        raise SpecError(
            _(
                "zero_init_residual would make every block of a plain net give nothing but zeros. "
                "Choose a shortcut, or leave it off."
            )
        )
    if spec.norm == "none":
        raise SpecError(
            _(
                "zero_init_residual starts the last norm of each branch at zero, and this net has no norms. "
                "Choose a norm, or leave it off."
            )
        )
    if spec.pre_activation:
        raise SpecError(
            _(
                "A pre-activated branch ends in a convolution and not in a norm that could start at zero. "
                "Leave zero_init_residual off, or the pre-activation."
            )
        )


def _check_group_norm(spec: Settings) -> None:
    """Every normalised channel count must be a multiple of the number of groups."""
    if spec.norm != "group":
        return
    for place, width in spec.normalised_widths():
        if width % NORM_GROUPS:
            raise SpecError(
                _(
                    "Group norm splits channels into {groups} equal groups, but {place} has {width} "
                    "channels. Choose widths that make them a multiple of {groups}, or batch norm."
                ).format(groups=NORM_GROUPS, place=place, width=width)
            )
