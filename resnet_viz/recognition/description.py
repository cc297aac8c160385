"""A net in words: a spec's name with what is special, or what was seen of a net that no spec describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from resnet_viz.i18n import _, n_
from resnet_viz.naming.layers import Shape
from resnet_viz.recognition.found import Candidate
from resnet_viz.spec.resnet import ResNetSpec

_KERNEL_AXES, _VOLUME_AXES = 4, 5
_TIERED = 3


def describe_known(spec: ResNetSpec, has_head: bool, ways: set[str]) -> str:
    """Returns the name of a spec's net and what is special: `ResNet-50-D, 11 classes`, `ResNet-18, no head`."""
    words = [spec.name, _classes(spec) if has_head else _("no head")]
    if spec.in_channels != ResNetSpec.in_channels:
        words.append(n_("{n} input channel", "{n} input channels", spec.in_channels).format(n=spec.in_channels))
    if spec.norm == "group":
        words.append(_("group norm"))
    if spec.norm == "none":
        words.append(_("no norms"))
    return ", ".join((*words, *sorted(_ways(ways))))


def describe_nearly(candidate: Candidate, shapes: Mapping[str, Shape], ways: set[str]) -> str:
    """Returns what was seen of a net that no spec describes, and how far the nearest is.

    shapes: of the net's own tensors, by the library's names.
    """
    near = _("{seen}; nearest is {name}, but: {differences}")
    counts = (
        n_("{n} key is missing", "{n} keys are missing", len(candidate.missing)).format(n=len(candidate.missing)),
        n_("{n} shape is wrong", "{n} shapes are wrong", len(candidate.misshapen)).format(n=len(candidate.misshapen)),
        n_("{n} key is unexpected", "{n} keys are unexpected", len(candidate.unexpected)).format(
            n=len(candidate.unexpected)
        ),
    )
    different = (candidate.missing, candidate.misshapen, candidate.unexpected)
    differences = ", ".join(words for words, keys in zip(counts, different, strict=True) if keys)
    seen = _seen(shapes, ways) or _("Not known")
    name = candidate.spec.name
    if candidate.spec.norm == "none":
        name = _("{name} without norms").format(name=name)
    return near.format(seen=seen, name=name, differences=differences)


def _seen(shapes: Mapping[str, Shape], ways: set[str]) -> str:
    return ", ".join((*_families(shapes), *_details(shapes), *sorted(_ways(ways))))


def describe_by_shapes(spec: ResNetSpec) -> str:
    """Returns the words for a net whose shapes are a ResNet's and whose names are nobody's."""
    return _("The shapes are those of {name}, the names are not known").format(name=spec.name)


def describe_nothing(shapes: Mapping[str, Shape]) -> str:
    """Returns the words for a file in which no ResNet is found: a relative's name, where its layers show it."""
    if not shapes:
        return _("No tensors by name: save the net's state_dict()")
    relatives = ", ".join(_families(shapes))
    if relatives:
        return _("{relatives}; no ResNet is near").format(relatives=relatives)
    return n_("No ResNet in {n} tensor", "No ResNet in {n} tensors", len(shapes)).format(n=len(shapes))


def _classes(spec: ResNetSpec) -> str:
    return n_("{n} class", "{n} classes", spec.num_classes).format(n=spec.num_classes)


def _ways(ways: set[str]) -> Iterator[str]:
    words = {
        "pruned": _("pruned"),
        "weight norm": _("with weight norm"),
        "spectral norm": _("with spectral norm"),
        "parametrised": _("with parametrised weights"),
    }
    yield from (words[way] for way in ways if way in words)


def _families(shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Yields the family that the names of layers in the blocks are of."""
    marks = {
        "Res2Net": r"\.convs\.\d+\.weight$",
        "ResNeSt": r"\.conv2\.(bn0|fc1)\.",
        "SKNet": r"\.paths\.\d+\.",
        "ECA-Net": r"\.(se|eca)\.conv\.weight$",
        _("SE-Net of the Caffe form"): r"\.se_module\.",
        "CBAM": r"\.(sa|spatial|cbam|SpatialGate)\.",
        _("ResNet V2 of Keras, with the stride at a stage's end"): r"_preact_bn/",
        _("anti-aliased ResNet"): r"\.filt$",
    }
    text = "\n".join(shapes)
    for family, mark in marks.items():
        if re.search(mark, text, re.MULTILINE):
            yield family
    yield from _widened(shapes)


def _widened(shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Zagoruyko's Wide ResNet: a stem of 16 channels before wide, pre-activated blocks."""
    stem, first, norm = (
        shapes.get(key, ()) for key in ("conv1.weight", "layer1.0.conv1.weight", "layer1.0.bn1.weight")
    )
    blocks = {key for key in shapes if re.fullmatch(r"layer\d+\.\d+\.conv2\.weight", key)}
    if stem and first and norm == stem[:1] and first[0] > stem[0] and first[0] % stem[0] == 0:
        depth, factor = 2 * len(blocks) + 4, first[0] // stem[0]
        yield _("Wide ResNet WRN-{depth}-{factor}, pre-activated").format(depth=depth, factor=factor)


def _details(shapes: Mapping[str, Shape]) -> Iterator[str]:
    kernels = {
        key: shape for key, shape in shapes.items() if len(shape) >= _KERNEL_AXES and key.endswith(("weight", "kernel"))
    }
    if any(len(shape) == _VOLUME_AXES for shape in kernels.values()):
        yield _("3-D convolutions")
    if any(_is_biased(key, shapes) for key in kernels):
        yield _("biases in convolutions")
    stem = [shapes[key][0] for key in ("conv1.0.weight", "conv1.3.weight", "conv1.6.weight") if shapes.get(key)]
    if len(set(stem)) == _TIERED:
        yield _("a tiered stem ({widths} channels)").format(widths=", ".join(map(str, stem)))


def _is_biased(key: str, shapes: Mapping[str, Shape]) -> bool:
    """Whether a convolution has a bias; those of squeeze-and-excitation and of last layers always have one."""
    is_usual = re.search(r"\.(se|attn|conv2)\.(fc|conv)|head|\.fc\d?\.", key) is not None
    return not is_usual and re.sub(r"(weight|kernel)$", "bias", key) in shapes
