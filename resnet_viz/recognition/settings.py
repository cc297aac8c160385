"""The settings of a spec by the shapes of its tensors: what they show, and what they leave open."""

from __future__ import annotations

from collections.abc import Mapping

from resnet_viz.errors import SpecError
from resnet_viz.naming.layers import Place
from resnet_viz.recognition.readings import Seen
from resnet_viz.spec.resnet import ResNetSpec

_BOTTLENECK, _BASIC = 3, 2


def spec_of(seen: Seen, names: str) -> ResNetSpec | None:
    """Returns the spec whose net may have these tensors; None where they are of no ResNet that a spec can describe.

    Whether they are exactly that net's, is still to be compared.
    """
    blocks = seen.blocks()
    stages = sorted(blocks)
    n_convolutions = max((place.number for place in seen.tensors if place.part == "block"), default=0)
    if stages != list(range(1, len(stages) + 1)) or n_convolutions not in (_BASIC, _BOTTLENECK):
        return None
    layers = tuple(len(blocks[stage]) for stage in stages)
    block = "bottleneck" if n_convolutions == _BOTTLENECK else "basic"
    try:
        return ResNetSpec(
            block,
            layers,
            num_classes=_n_classes(seen),
            **_widths(seen, block, stages),  # type: ignore[arg-type]
            **_stem(seen),  # type: ignore[arg-type]
            norm=_norm(seen, names),
            shortcut=_shortcut(seen, blocks),
            pre_activation=_is_pre_activated(seen, names),
            average_shortcut=_is_pooled(seen, names),
            squeeze_excitation=any(place.part == "squeeze" for place in seen.tensors),
        )
    except (SpecError, IndexError, ValueError, ZeroDivisionError):
        return None


def _n_classes(seen: Seen) -> int:
    weight = seen.weight(Place("head"))
    return weight[0] if weight else ResNetSpec.num_classes


def _widths(seen: Seen, block: str, stages: list[int]) -> Mapping[str, object]:
    last, expansion = (_BASIC, 1) if block == "basic" else (_BOTTLENECK, 4)
    planes = tuple(seen.weight(Place("block", last, stage=stage))[0] // expansion for stage in stages)
    if block == "basic":
        return {"widths": planes}
    # Where another kind of layer stands in a bottleneck's middle, a plain bottleneck is the nearest.
    inner, per_group = seen.weight(Place("block", 2, stage=1))[:2] or (planes[0], planes[0])
    groups = inner // per_group
    return {"widths": planes, "groups": groups, "width_per_group": round(inner * 64 / (planes[0] * groups))}


def _stem(seen: Seen) -> Mapping[str, object]:
    kernel = seen.weight(Place("stem"))
    if seen.has(Place("stem", 2)):
        return {"stem": "deep", "in_channels": kernel[1]}
    return {"stem": "7x7" if kernel[2] == 7 else "3x3", "in_channels": kernel[1]}


def _norm(seen: Seen, names: str) -> str:
    """Where no norm has a tensor there is none, but in timm's pre-activated nets, whose norms hold their ReLUs."""
    tensors = {name for place, tensors in seen.tensors.items() if place.is_norm for name in tensors}
    if not tensors and names != "timm v2":
        return "none"
    return "batch" if "running_mean" in tensors else "group"


def _shortcut(seen: Seen, blocks: Mapping[int, set[int]]) -> str:
    """C where all blocks project, B where the first of a stage does; A is a guess where none does.

    A net of basic blocks keeps its width in the first stage, so that only C projects there.
    """
    projected = [place for place in seen.tensors if place.part == "shortcut" and not place.is_norm]
    if not projected:
        return "A" if len(blocks) > 1 else "B"
    is_basic = not any(place.part == "block" and place.number == _BOTTLENECK for place in seen.tensors)
    return "C" if any(place.block or (is_basic and place.stage == 1) for place in projected) else "B"


def _is_pre_activated(seen: Seen, names: str) -> bool:
    """Whether a norm follows the blocks and none the stem; timm's `features_only` leaves out the last one, too."""
    if seen.has(Place("stem", 0, is_norm=True)):
        return False
    return names == "timm v2" or seen.has(Place("last", is_norm=True))


def _is_pooled(seen: Seen, names: str) -> bool:
    """A pooling before the projection takes the number 0; timm's pre-activated nets do not tell."""
    if names == "timm v2":
        return False
    return any(number == 1 for number in seen.numbers.values())
