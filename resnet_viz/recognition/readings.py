"""Reads the keys of each library back to places in a ResNet: the inverse of `naming.libraries`, for any net."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from resnet_viz.naming.layers import Place, Shape
from resnet_viz.naming.layouts import KERAS_NORM, from_keras, module_of

_TENSORS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
_FROM_KERAS: Mapping[str, str] = {"kernel": "weight", "bias": "bias", **{new: old for old, new in KERAS_NORM.items()}}
# A kernel of a 3-D net has five.
_KERNEL_AXES = (4, 5)


@dataclass(slots=True)
class Seen:
    """The tensors of a file that have a place in a ResNet, as one library names them.

    numbers: the index that the convolution of a projection has, by stage and block. keys: all that were read.
    """

    tensors: dict[Place, dict[str, Shape]] = field(default_factory=dict)
    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def has(self, place: Place) -> bool:
        """Whether any tensor of a layer was seen."""
        return place in self.tensors

    def weight(self, place: Place) -> Shape:
        """Returns the shape of a layer's weight; () if it was not seen."""
        return self.tensors.get(place, {}).get("weight", ())

    def blocks(self) -> dict[int, set[int]]:
        """Returns the numbers of the blocks that were seen, by stage."""
        found: dict[int, set[int]] = {}
        for place in self.tensors:
            if place.stage:
                found.setdefault(place.stage, set()).add(place.block)
        return found


Make = Callable[[re.Match[str], Shape], tuple[Place, int]]


def _plain(part: str, is_norm: bool = False, number: int = 1) -> Make:
    return lambda _found, _shape: (Place(part, number, is_norm), 0)


def _deep(found: re.Match[str], shape: Shape) -> tuple[Place, int]:
    """A layer of a deep stem's Sequential of convolutions, norms and ReLUs."""
    return Place("stem", int(found["n"]) // 3 + 1, int(found["n"]) % 3 == 1), 0


def _in_stem(is_norm: bool, first: int = 1) -> Make:
    """A layer of a deep stem that is numbered as such."""
    return lambda found, _shape: (Place("stem", int(found["n"]) + 1 - first, is_norm), 0)


def _in_block(part: str, is_norm: bool | None = None, first_stage: int = 1, first_number: int = 1) -> Make:
    """A layer of a block. is_norm: None to go by its shape; the first stage and layer of a library as it counts."""

    def make(found: re.Match[str], shape: Shape) -> tuple[Place, int]:
        groups = found.groupdict()
        stage, block = int(groups["s"]) + 1 - first_stage, int(groups["b"])
        number = int(groups.get("n") or first_number)
        if is_norm is None:
            is_kernel = len(shape) in _KERNEL_AXES
            return Place(part, 1, not is_kernel, stage, block), number
        return Place(part, number + 1 - first_number, is_norm, stage, block), 0

    return make


def _in_keras_block(part: str, is_norm: bool) -> Make:
    """A layer of a block of Keras's: stages count from 2, blocks from 1."""

    def make(found: re.Match[str], _shape: Shape) -> tuple[Place, int]:
        number = int(found.groupdict().get("n") or 1)
        return Place(part, number, is_norm, int(found["s"]) - 1, int(found["b"]) - 1), 0

    return make


def _patterns(*rules: tuple[str, Make]) -> tuple[tuple[re.Pattern[str], Make], ...]:
    return tuple((re.compile(pattern), make) for pattern, make in rules)


def _torchvision_like(trunk: str, shortcut: str, head: str) -> tuple[tuple[re.Pattern[str], Make], ...]:
    block = trunk + r"layer(?P<s>\d{1,4})\.(?P<b>\d{1,4})"
    return _patterns(
        (rf"{trunk}conv1", _plain("stem")),
        (rf"{trunk}conv1\.(?P<n>\d)", _deep),
        (rf"{trunk}bn1", _plain("stem", True, 0)),
        (rf"{block}\.conv(?P<n>\d)", _in_block("block", False)),
        (rf"{block}\.bn(?P<n>\d)", _in_block("block", True)),
        (rf"{block}\.{shortcut}\.(?P<n>\d)", _in_block("shortcut")),
        (rf"{block}\.se\.fc(?P<n>[12])", _in_block("squeeze", False)),
        (rf"{trunk}norm_last", _plain("last", True)),
        (head, _plain("head")),
    )


_V2 = r"stages\.(?P<s>\d{1,4})\.blocks\.(?P<b>\d{1,4})"
_HF = r"resnet\.encoder\.stages\.(?P<s>\d{1,4})\.layers\.(?P<b>\d{1,4})"
_KERAS = r"conv(?P<s>\d{1,4})_block(?P<b>\d{1,4})"
_D2 = r"res(?P<s>\d{1,4})\.(?P<b>\d{1,4})"
PATTERNS: Mapping[str, tuple[tuple[re.Pattern[str], Make], ...]] = {
    "torchvision": _torchvision_like("", "downsample", "fc"),
    "timm": _torchvision_like("", "downsample", "fc"),
    "timm v2": _patterns(
        (r"stem\.conv", _plain("stem")),
        (r"stem\.conv(?P<n>[1-3])", _in_stem(False)),
        (r"stem\.norm(?P<n>[1-3])", _in_stem(True)),
        (rf"{_V2}\.conv(?P<n>\d)", _in_block("block", False, 0)),
        (rf"{_V2}\.norm(?P<n>\d)", _in_block("block", True, 0)),
        (rf"{_V2}\.downsample\.conv", _in_block("shortcut", False, 0)),
        (rf"{_V2}\.se\.fc(?P<n>[12])", _in_block("squeeze", False, 0)),
        (r"norm", _plain("last", True)),
        (r"head\.fc", _plain("head")),
    ),
    "huggingface": _patterns(
        (r"resnet\.embedder\.embedder\.convolution", _plain("stem")),
        (r"resnet\.embedder\.embedder\.normalization", _plain("stem", True, 0)),
        (rf"{_HF}\.layer\.(?P<n>\d)\.convolution", _in_block("block", False, 0, 0)),
        (rf"{_HF}\.layer\.(?P<n>\d)\.normalization", _in_block("block", True, 0, 0)),
        (rf"{_HF}\.shortcut\.convolution", _in_block("shortcut", False, 0)),
        (rf"{_HF}\.shortcut\.normalization", _in_block("shortcut", True, 0)),
        (r"classifier\.1", _plain("head")),
    ),
    "mmpretrain": (
        *_torchvision_like(r"backbone\.", "downsample", r"head\.fc"),
        *_patterns(
            (r"backbone\.stem\.(?P<n>[0-2])\.conv", _in_stem(False, 0)),
            (r"backbone\.stem\.(?P<n>[0-2])\.bn", _in_stem(True, 0)),
        ),
    ),
    "detectron2": _patterns(
        (r"stem\.conv1", _plain("stem")),
        (r"stem\.conv1\.norm", _plain("stem", True, 0)),
        (rf"{_D2}\.conv(?P<n>\d)", _in_block("block", False, 2)),
        (rf"{_D2}\.conv(?P<n>\d)\.norm", _in_block("block", True, 2)),
        (rf"{_D2}\.shortcut", _in_block("shortcut", False, 2)),
        (rf"{_D2}\.shortcut\.norm", _in_block("shortcut", True, 2)),
        (r"linear", _plain("head")),
    ),
    "keras": _patterns(
        (r"conv1_conv", _plain("stem")),
        (r"conv1_bn", _plain("stem", True, 0)),
        (rf"{_KERAS}_(?P<n>[1-9])_conv", _in_keras_block("block", False)),
        (rf"{_KERAS}_(?P<n>[1-9])_bn", _in_keras_block("block", True)),
        (rf"{_KERAS}_0_conv", _in_keras_block("shortcut", False)),
        (rf"{_KERAS}_0_bn", _in_keras_block("shortcut", True)),
        (r"post_bn", _plain("last", True)),
        (r"predictions", _plain("head")),
    ),
    "cifar": _torchvision_like("", "shortcut", "linear"),
    "sequential": _patterns(
        (r"0", _plain("stem")),
        (r"1", _plain("stem", True, 0)),
        (r"(?P<s>\d{1,4})\.(?P<b>\d{1,4})\.conv(?P<n>\d)", _in_block("block", False, 4)),
        (r"(?P<s>\d{1,4})\.(?P<b>\d{1,4})\.bn(?P<n>\d)", _in_block("block", True, 4)),
        (r"(?P<s>\d{1,4})\.(?P<b>\d{1,4})\.downsample\.(?P<n>\d)", _in_block("shortcut", None, 4)),
        (r"9", _plain("head")),
    ),
}
"""By whose names they are; timm's pre-activated nets have other names than its others."""


def read_keys(shapes: Mapping[str, Shape], names: str) -> Seen:
    """Returns what some names place among some tensors; the final norm of a stem has the number 0."""
    seen = Seen()
    for module, keys in _modules(shapes).items():
        tensors = {_tensor(key, names): _in_order(shapes[key], names) for key in keys}
        tensors = {tensor: shape for tensor, shape in tensors.items() if tensor in _TENSORS}
        for pattern, make in PATTERNS[names] if tensors else ():
            found = pattern.fullmatch(module)
            if found is not None:
                place, number = make(found, tensors.get("weight", ()))
                seen.tensors[place] = tensors
                seen.keys |= {key for key in keys if _tensor(key, names) in tensors}
                if place.part == "shortcut" and not place.is_norm:
                    seen.numbers[place.stage, place.block] = number
                break
    return seen


def _modules(shapes: Mapping[str, Shape]) -> dict[str, list[str]]:
    """Returns the keys by layer: one look at a layer's name is enough for all of its tensors."""
    found: dict[str, list[str]] = {}
    for key in shapes:
        found.setdefault(module_of(key), []).append(key)
    return found


def _tensor(key: str, names: str) -> str:
    if names == "keras":
        return _FROM_KERAS.get(key.rpartition("/")[2], "")
    return key.rpartition(".")[2]


def _in_order(shape: Shape, names: str) -> Shape:
    return from_keras(shape) if names == "keras" else shape
