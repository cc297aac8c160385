"""Which settings a ResNet has that other libraries and papers call by a name: `resnet26`, `seresnet50`, `resnet50d`.

A name says block, depth and variant; blocks per stage follow from the depth. Sources: He et al. 2015 (Table 1; CIFAR
nets, section 4.2) and 2016 (200, 164 and 1001), Xie et al. 2017 (ResNeXt), Zagoruyko and Komodakis 2016 (wide), He et
al. 2019 (C and D), and timm 1.0.31 (26 and 269, `resnet.py`), whose nets of these names have the same tensors (tests).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from resnet_viz.spec.checks import CONVS_PER_BLOCK
from resnet_viz.spec.proportions import Layers, lists_for_depth
from resnet_viz.spec.settings import CIFAR_WIDTHS

Settings = dict[str, Any]
_LONGEST = 40
_NAME = re.compile(
    r"(?P<se>se_?)?(?P<wide>wide_?)?(?P<pre>pre_?(?:act_?)?)?resne(?P<x>x?)t_?(?P<before>v1[bcd]?_?|v2_?)?"
    r"(?P<depth>[1-9]\d{0,3})_?(?P<form>[cd])?_?(?P<after>v1[bcd]?|v1[._]5|v2)?"
    r"(?:_?(?P<groups>\d{1,3})x(?P<width>\d{1,3})d)?(?:_(?P<factor>\d{1,2}))?(?P<norm>_gn)?"
)
# Blocks per stage that do not follow from the proportions of Table 1, or not first.
_LISTS: Mapping[int, tuple[str, Layers]] = {
    10: ("basic", (1, 1, 1, 1)),
    26: ("bottleneck", (2, 2, 2, 2)),
    200: ("bottleneck", (3, 24, 36, 3)),
    269: ("bottleneck", (3, 30, 48, 8)),
}
# Nets for CIFAR: blocks of each kind per stage are (depth - 2) / 6 or / 9.
_CIFAR = {20: "basic", 32: "basic", 44: "basic", 56: "basic", 110: "basic", 1202: "basic"}
_CIFAR_BOTTLENECKS = {164: "bottleneck", 1001: "bottleneck"}
# Groups and width per group that a ResNeXt's name may leave out: the papers' and torchvision's.
_CARDINALITIES = {101: ((32, 4), (32, 8), (64, 4))}


def bare_name(name: str) -> str:
    """Returns a name without what differs in writing: `Wide ResNet-50-2` and `wide_resnet50_2` are one."""
    return re.sub(r"[\s_-]+", "", name.lower())


def settings_named(name: str) -> Iterator[Settings]:
    """Yields the settings of the nets that bear a name elsewhere, most usual first; none for a name without meaning.

    The settings may be a combination that no spec has.
    """
    found = _NAME.fullmatch(re.sub(r"[\s_-]+", "_", name[:_LONGEST].lower()))
    if found is None or (found["factor"] and not found["wide"]) or (found["groups"] and not found["x"]):
        return
    depth = int(found["depth"])
    has_wide_blocks = bool(found["wide"] or found["x"])
    body = _body(depth, has_wide_blocks)
    if body is not None:
        for width in _widths(found, depth):
            yield {**body, **width, **_variant(found, body["block"])}


def _body(depth: int, has_wide_blocks: bool) -> Settings | None:
    """Block and blocks per stage; None where no net has the depth. Only bottlenecks have groups and inner widths."""
    small = {**_CIFAR, **_CIFAR_BOTTLENECKS}
    if depth in small and not has_wide_blocks:
        return _cifar(small[depth], depth)
    lists = [_LISTS[depth]] if depth in _LISTS else [option[1:] for option in sorted(lists_for_depth(depth))]
    fitting = [(block, layers) for block, layers in lists if block == "bottleneck" or not has_wide_blocks]
    return {"block": fitting[0][0], "layers": fitting[0][1]} if fitting else None


def _cifar(block: str, depth: int) -> Settings:
    n = (depth - 2) // (3 * CONVS_PER_BLOCK[block])
    return {
        "block": block,
        "layers": (n, n, n),
        "num_classes": 10,
        "input_size": (32, 32),
        "shortcut": "A" if block == "basic" else "B",
        "stem": "3x3",
        "widths": CIFAR_WIDTHS,
    }


def _widths(found: re.Match[str], depth: int) -> Iterator[Settings]:
    """Yields groups and width per group."""
    if found["wide"]:
        yield {"width_per_group": 64 * int(found["factor"] or 2)}
    elif found["groups"]:
        yield {"groups": int(found["groups"]), "width_per_group": int(found["width"])}
    elif found["x"]:
        for groups, width in _CARDINALITIES.get(depth, ((32, 4),)):
            yield {"groups": groups, "width_per_group": width}
    else:
        yield {}


def _variant(found: re.Match[str], block: str) -> Settings:
    """What the letters around the depth say: v1, v2, C, D, SE, group norm."""
    version = (found["before"] or found["after"] or "").rstrip("_")
    form = found["form"] or (version[-1:] if version in ("v1c", "v1d") else "")
    variant: Settings = {}
    if version == "v1" and block == "bottleneck":
        variant["stride_in"] = "1x1"
    if version == "v2" or found["pre"]:
        variant["pre_activation"] = True
    if form:
        variant["stem"] = "deep"
    if form == "d":
        variant["average_shortcut"] = True
    if found["se"]:
        variant["squeeze_excitation"] = True
    if found["norm"]:
        variant["norm"] = "group"
    return variant
