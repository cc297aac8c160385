"""The forms of names that files have: a library's own, and those of its parts, as a backbone without its model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from resnet_viz.recognition.readings import PATTERNS

_Write = Callable[[str], str]


def _same(key: str) -> str:
    return key


def _under(prefix: str) -> _Write:
    return lambda key: prefix + key


def _features(key: str) -> str:
    """timm's `features_only` makes one name of a module and its child: `stages_0`, `stem_conv`."""
    return re.sub(r"^(stages|stem)_", r"\1.", key)


def _widened(key: str) -> str:
    """xternalz/WideResNet-pytorch names stages `block1.layer`, and a projection `convShortcut`."""
    key = re.sub(r"^block(\d{1,4})\.layer\.", r"layer\1.", key)
    return re.sub(r"^fc\.", "linear.", key.replace(".convShortcut.", ".shortcut.0."))


def _selective(key: str) -> str:
    """timm's SKNets have convolution and norm in one module: `layer1.0.conv1.conv`, `layer1.0.conv1.bn`."""
    return re.sub(r"^(layer\d{1,4}\.\d{1,4})\.conv(\d)\.(conv|bn)\.", r"\1.\3\2.", key)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of names: whose they are, and how the keys of its first block begin.

    patterns: which of `readings.PATTERNS` read the library's keys. anchors: how keys of a first block go on, by which
    it is found. write: makes the library's own key of one of this form.
    """

    library: str
    first_block: str
    patterns: str = ""
    anchors: tuple[str, ...] = ("conv1.weight", "conv2.weight", "bn1.weight", "norm1.weight")
    write: _Write = _same

    @property
    def reads(self) -> str:
        """Whose patterns read its keys."""
        return self.patterns or self.library


_LAYER = "layer1.0."
_HUGGINGFACE = "encoder.stages.0.layers.0."
# Of forms that fit equally well the first is taken: torchvision's, where two libraries use the same names.
FORMS: tuple[Form, ...] = (
    Form("torchvision", _LAYER),
    Form("timm", _LAYER),
    Form("timm", _LAYER, anchors=("conv1.conv.weight", "conv2.conv.weight"), write=_selective),
    Form("timm", "stages.0.blocks.0.", "timm v2"),
    Form("timm", "stages_0.blocks.0.", "timm v2", write=_features),
    Form("huggingface", f"resnet.{_HUGGINGFACE}", anchors=("layer.0.convolution.weight",)),
    # `ResNetModel`, the net without its last layer.
    Form("huggingface", _HUGGINGFACE, anchors=("layer.0.convolution.weight",), write=_under("resnet.")),
    Form("mmpretrain", f"backbone.{_LAYER}"),
    # A backbone's own file, as the published ones of mmdet.
    Form("mmpretrain", _LAYER, write=_under("backbone.")),
    Form("detectron2", "res2.0."),
    Form("keras", "conv2_block1_", anchors=("1_conv/kernel", "2_conv/kernel")),
    Form("cifar", _LAYER),
    Form("cifar", "block1.layer.0.", write=_widened),
    Form("sequential", "4.0."),
)
_ANCHORS: Mapping[str, tuple[Form, ...]] = {
    anchor: tuple(form for form in FORMS if anchor in {form.first_block + end for end in form.anchors})
    for anchor in dict.fromkeys(form.first_block + end for form in FORMS for end in form.anchors)
}
_ENDS = tuple(_ANCHORS)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a net seems to stand: a form of names under a prefix. first_block: the beginning of that block's keys."""

    form: Form
    prefix: str

    @property
    def first_block(self) -> str:
        """The same for all forms that read the same tensors."""
        return self.prefix + self.form.first_block


def find_sites(keys: Iterable[str]) -> tuple[Site, ...]:
    """Returns where nets may stand, in the order of the keys, by the first convolutions and norms of a first block."""
    found: dict[Site, None] = {}
    for key in keys:
        if key.endswith(_ENDS):
            for anchor, forms in _ANCHORS.items():
                prefix = key.removesuffix(anchor)
                if len(prefix) < len(key) and prefix[-1:] in ("", ".", "/"):
                    found |= dict.fromkeys(Site(form, prefix) for form in forms)
    return tuple(found)


assert {form.reads for form in FORMS} == PATTERNS.keys()
