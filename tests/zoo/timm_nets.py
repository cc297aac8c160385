"""timm's architectures built on residual blocks, the number of their blocks by family, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import timm
from torch import nn

from tests.zoo.entries import Entry, evaluated

LEFT_OUT = {
    r"resmlp_.*": "no residual net of convolutions: layers of one matrix over patches",
    r"vit_.*": "a transformer over a ResNet's maps: its sums are attention's and the MLP's, two a layer",
}
# Blocks in all, by the first pattern that matches the whole name. Of ResNets: by depth, from the numbers of layers in
# timm's configurations (basic blocks have 2 weighted layers, bottlenecks 3).
COUNTS: tuple[tuple[str, int, str], ...] = (
    (r"(cspresnet50.*|cspresnext50)", 13, "3+3+5+2 inside concatenations"),
    (r"dla60_res2ne(x)?t", 16, "trees 1+2+3+1 of bottlenecks: 16 in all"),
    (r"inception_resnet_v2", 40, "10+20+9+1"),
    (r"(seresnext|resnext|ecaresnext|gcresnext|eca_resnext|bat_resnext|legacy_seresnext)26.*", 8, "2+2+2+2"),
    (r"ecaresnetlight", 16, "1+1+11+3"),
    (r"(.*[a-z_])?resnet(rs|aa|blur|v2_)?10t", 4, "1+1+1+1"),
    (r"(resnet14t|resnest14d)", 4, "1+1+1+1"),
    (r".*resne[sx]?t[a-z0-9]*_?18d?", 8, "2+2+2+2"),
    (r".*(33ts|32ts).*", 10, "2+3+3+2"),
    (r".*resne[sx]?t26(?!9).*", 8, "2+2+2+2"),
    (r".*(resne[sx]?t|resnetaa|resnetv2_|resnetblur)34d?", 16, "3+4+6+3"),
    (r"resnet51q", 16, "2+4+6+4"),
    (r"resnet61q", 15, "1+4+6+4"),
    (r".*269.*", 89, "3+30+48+8"),
    (r".*270", 90, "4+29+53+4"),
    (r".*350", 116, "4+36+72+4"),
    (r".*420", 139, "4+44+87+4"),
    (r"resnet50x4_clip.*", 26, "4+6+10+6"),
    (r"resnet50x16_clip.*", 40, "6+8+18+8"),
    (r"resnet50x64_clip.*", 64, "3+15+36+10"),
    (r"seresnextaa201d_32x8d", 67, "3+24+36+4"),
    (r".*200.*", 66, "3+24+36+3"),
    (r".*152.*", 50, "3+8+36+3"),
    (r".*101.*", 33, "3+4+23+3"),
    (r".*50.*", 16, "3+4+6+3"),
    (r"tresnet_m", 21, "3+4+11+3"),
    (r"tresnet_l", 30, "4+5+18+3"),
    (r"tresnet_v2_l", 33, "3+4+23+3"),
    (r"tresnet_xl", 36, "4+5+24+3"),
    (r"test_resnet", 4, "1+1+1+1"),
)
# One or more of each family whose name does not say that it is one.
OTHERS: dict[str, tuple[int, str]] = {
    "regnetx_002": (13, "1+1+4+7"), "regnety_002": (13, "1+1+4+7"), "regnetv_040": (22, "2+6+12+2"),
    "dla34": (12, "1+2+2+1 trees of basic blocks: 12"), "dla60": (16, "trees of bottlenecks"),
    "hrnet_w18_small": (23, "1, then 4+6+8 in branches, and 4 in the head"),
    "nfnet_f0": (12, "1+2+6+3"), "eca_nfnet_l0": (12, "1+2+6+3"), "botnet26t_256": (8, "2+2+2+2"),
    "halonet26t": (8, "2+2+2+2"), "sebotnet33ts_256": (10, "2+3+3+2"), "cspdarknet53": (23, "1+2+8+8+4"),
    "darknet53": (23, "1+2+8+8+4"), "xception41": (12, "every separable block but the last"),
    "repvgg_a0": (22, "every block: its branches are added"), "dpn48b": (16, "3+4+6+3"), "senet154": (50, "3+8+36+3"),
    "convnext_atto": (12, "2+2+6+2"), "convnextv2_atto": (12, "2+2+6+2"),
}  # fmt: skip
# Attention of a fixed size needs its own input.
_SIZES = {r".*(botnet|halonet|lambda|bat_|halonext|botnext).*": 256, r"inception_resnet_v2": 128}
# Their attention pool takes one size only.
_INPUTS = {
    "resnet50_clip": 224, "resnet101_clip": 224, "resnet50x4_clip": 288, "resnet50x16_clip": 384,
    "resnet50x64_clip": 448,
}  # fmt: skip


def counted(name: str) -> tuple[int, str]:
    """Returns how many blocks a net has by its family, and how they are made up. Raises KeyError for an unknown one."""
    if name in OTHERS:
        return OTHERS[name]
    for pattern, n, sums in COUNTS:
        if re.fullmatch(pattern, name):
            return n, sums
    raise KeyError(name)


def left_out(name: str) -> str | None:
    """Returns why a net is no net of this zoo; None where it is."""
    return next((why for pattern, why in LEFT_OUT.items() if re.fullmatch(pattern, name)), None)


def names() -> list[str]:
    """Every name with `res` in it that is not left out, and the other families."""
    return [name for name in timm.list_models("*res*") if left_out(name) is None] + [*OTHERS]


def entry(name: str) -> Entry:
    """Returns a net of timm by its name."""
    n, sums = counted(name)
    size = _INPUTS.get(name) or next((size for pattern, size in _SIZES.items() if re.fullmatch(pattern, name)), 64)
    return Entry("timm", name, partial(_make, name), n, sums, (1, 3, size, size))


def _make(name: str) -> nn.Module:
    return evaluated(timm.create_model(name))


def all_of_them() -> Iterator[Entry]:
    """The nets of timm, one after the other."""
    for name in names():
        yield entry(name)
