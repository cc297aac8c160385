"""Edits of a spec from the structure table: another number of blocks, or another width, in one stage."""

from __future__ import annotations

from dataclasses import replace

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec


def edit_cell(spec: ResNetSpec, stage: int, *, count: int | None = None, width: int | None = None) -> ResNetSpec:
    """Returns the spec with `count` blocks or `width` planes in a stage (from 0); None leaves a value unchanged.

    The stem always has as many channels as the first stage has planes. Raises SpecError for an unknown stage and for
    invalid values.
    """
    is_place = isinstance(stage, int) and not isinstance(stage, bool) and 0 <= stage < len(spec.layers)
    if not is_place:
        raise SpecError(
            _("Stage to edit: got {got}. {name} has {n} stages, counted from 0; choose one of these.").format(
                got=shown(stage), name=spec.name, n=len(spec.layers)
            )
        )
    return replace(
        spec,
        layers=_with(spec.layers, stage, count),
        widths=_with(spec.widths, stage, width),
    )


def _with(numbers: tuple[int, ...], place: int, number: int | None) -> tuple[int, ...]:
    return numbers if number is None else (*numbers[:place], number, *numbers[place + 1 :])


def with_layers(spec: ResNetSpec, layers: tuple[int, ...]) -> ResNetSpec:
    """The net with other numbers of blocks; for another number of stages, the usual widths are used."""
    return replace(spec, layers=layers, widths=spec.widths if len(layers) == len(spec.layers) else ())


def with_blocks_of(spec: ResNetSpec, option: ResNetSpec) -> ResNetSpec:
    """Returns `spec` with the blocks of `option`; a change to or from a CIFAR net returns `option` itself."""
    if spec.is_cifar != option.is_cifar:
        return option
    widths = spec.widths if len(spec.layers) == len(option.layers) else ()
    changed: dict[str, object] = {"block": option.block, "layers": option.layers, "widths": widths}
    if option.block == "basic":
        changed |= {"groups": 1, "width_per_group": 64, "replace_stride_with_dilation": None, "stride_in": "3x3"}
    return replace(spec, **changed)  # type: ignore[arg-type]
