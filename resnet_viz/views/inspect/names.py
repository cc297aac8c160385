"""Names of a node in torchvision, the paper, Caffe, other libraries, feature extraction and the state dict.

Names that do not exist are omitted. Caffe's are those of the models that He et al. published (ResNet-50, -101 and
-152): blocks of a stage are lettered, and in conv3_x and conv4_x of the two deeper nets numbered b1, b2, …
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from string import ascii_lowercase

from resnet_viz.i18n import _
from resnet_viz.naming.libraries import LIBRARIES
from resnet_viz.records.trace import Node, Stage, Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.views.inspect.libraries import library_names, module_path
from resnet_viz.views.parts.subject import Thing, params_of, subject_of

# torchvision's are told as the module's path.
_OTHERS = tuple(library for library in LIBRARIES if library != "torchvision")
_CAFFE_NETS = ("resnet50", "resnet101", "resnet152")
_IN_BLOCK = re.compile(r"layer(\d+)\.(\d+)(?:\.(.+))?")
_CAFFE_STEM = {
    "input": ("data",),
    "conv1": ("conv1",),
    "bn1": ("bn_conv1", "scale_conv1"),
    "relu": ("conv1_relu",),
    "maxpool": ("pool1",),
    "avgpool": ("pool5",),
}
# {} is the block's name, as in 4f.
_CAFFE_BLOCK = {
    None: ("res{}",),
    "conv1": ("res{}_branch2a",),
    "bn1": ("bn{}_branch2a", "scale{}_branch2a"),
    "relu": ("res{}_branch2a_relu",),
    "conv2": ("res{}_branch2b",),
    "bn2": ("bn{}_branch2b", "scale{}_branch2b"),
    "relu_1": ("res{}_branch2b_relu",),
    "conv3": ("res{}_branch2c",),
    "bn3": ("bn{}_branch2c", "scale{}_branch2c"),
    "add": ("res{}",),
    "relu_2": ("res{}_relu",),
    "downsample": ("res{}_branch1",),
    "downsample.0": ("res{}_branch1",),
    "downsample.1": ("bn{}_branch1", "scale{}_branch1"),
}


@dataclass(frozen=True, slots=True)
class Name:
    """The name in one system: one value, one per part, or, for a run, those of the first and the last block."""

    system: str
    """torchvision | module | paper | caffe | a library of `naming.libraries` | features | state"""
    values: tuple[str, ...]
    is_range: bool = False


def names_of(trace: Trace, thing: Thing) -> tuple[Name, ...]:
    """Returns all names of a node or a run."""
    subject = subject_of(thing)
    path_system = "torchvision" if trace.spec and trace.spec.is_torchvision else "module"
    systems: list[tuple[str, Callable[[Trace, Node], tuple[str, ...]]]] = [
        (path_system, _paths),
        ("paper", _paper_names),
        ("caffe", _caffe_names),
        *((library, partial(library_names, library=library)) for library in _OTHERS),
        ("features", _feature_names),
    ]
    names = []
    for system, find in systems:
        values = find(trace, subject.first)
        if len(subject.nodes) > 1:
            values += find(trace, subject.last)
        if values:
            names.append(Name(system, values, is_range=len(subject.nodes) > 1))
    keys = tuple(param.name for _node, param in params_of(trace, subject))
    return (*names, Name("state", keys)) if keys else tuple(names)


def feature_name(trace: Trace, node: Node) -> str:
    """Returns what `create_feature_extractor` calls a node's output; empty where it has no name for it.

    A group that is no module, such as the stem, is called by its last op.
    """
    for one in (node, trace.last_op(node)):
        if names := _feature_names(trace, one):
            return names[0]
    return ""


def names_to_find(trace: Trace, node: Node) -> tuple[str, ...]:
    """Returns a node's names in the paper and in Caffe, which the search also matches."""
    return _paper_names(trace, node) + _caffe_names(trace, node)


def system_text(system: str) -> str:
    """Returns the localised name of a naming system."""
    return {
        "torchvision": _("torchvision"),
        "module": _("Module path"),
        "paper": _("Paper"),
        "caffe": _("Caffe"),
        "timm": _("timm"),
        "huggingface": _("Hugging Face"),
        "mmpretrain": _("mmpretrain"),
        "detectron2": _("detectron2"),
        "keras": _("Keras"),
        "cifar": _("CIFAR"),
        "sequential": _("Sequential"),
        "features": _("Feature extraction"),
        "state": _("State dict"),
    }.get(system, system)


def by_value(names: Sequence[Name]) -> list[tuple[str, Name]]:
    """Returns names with the localised names of their systems; those that are equal are one."""
    groups: dict[tuple[tuple[str, ...], bool], list[Name]] = {}
    for name in names:
        groups.setdefault((name.values, name.is_range), []).append(name)
    return [(", ".join(system_text(name.system) for name in group), group[0]) for group in groups.values()]


def _paths(_trace: Trace, node: Node) -> tuple[str, ...]:
    path = module_path(node)
    return (path,) if path else ()


def _paper_names(trace: Trace, node: Node) -> tuple[str, ...]:
    if isinstance(node, Stage):
        return () if node.paper_name == node.name else (node.paper_name,)
    stage = next((group for group in (node, *trace.ancestors(node)) if isinstance(group, Stage)), None)
    if stage is not None:
        return _paper_names_inside(trace, node, stage)
    if trace.spec is None:
        return ()
    known = {"avgpool": "average pool"}
    if trace.spec.stem == "7x7":
        known |= {"conv1": "conv1", "maxpool": "3×3 max pool"}
    if trace.spec.num_classes == 1000:
        known["fc"] = "1000-d fc"
    return (known[node.id],) if node.id in known else ()


def _paper_names_inside(trace: Trace, node: Node, stage: Stage) -> tuple[str, ...]:
    """`conv4_6` for the sixth block of conv4_x, `conv4_6, layer 2` for its second convolution."""
    if stage.paper_name == stage.name:
        return ()
    block = node if node.parent == stage.id else trace.nodes[node.parent or stage.id]
    if block.kind != "block":
        return ()
    name = f"{stage.paper_name.removesuffix('_x')}_{stage.children.index(block.id) + 1}"
    if node is block:
        return (name,)
    layer = re.fullmatch(r"conv(\d)", node.id.removeprefix(f"{block.id}."))
    return (_("{block}, layer {n}").format(block=name, n=layer[1]),) if layer and trace.spec else ()


def _caffe_names(trace: Trace, node: Node) -> tuple[str, ...]:
    spec = trace.spec
    if spec is None or not _is_published(spec):
        return ()
    place = _IN_BLOCK.fullmatch(node.id)
    if place is None:
        stem = {**_CAFFE_STEM, "fc": ("fc1000",)} if spec.num_classes == 1000 else _CAFFE_STEM
        return stem.get(node.id, ())
    stage, block, rest = int(place[1]), int(place[2]), place[3]
    block_name = f"{stage + 1}{_caffe_block(spec, stage, block)}"
    return tuple(pattern.format(block_name) for pattern in _CAFFE_BLOCK.get(rest, ()))


@lru_cache(maxsize=64)  # called for each of hundreds of nodes
def _is_published(spec: ResNetSpec) -> bool:
    is_plain = spec.replace_stride_with_dilation is None and spec.norm in ("batch", "frozen") and spec.in_channels == 3
    # The published nets have the stride in the first 1×1; this does not change the layers.
    return is_plain and replace(spec, stride_in="3x3").preset_name in _CAFFE_NETS


def _caffe_block(spec: ResNetSpec, stage: int, block: int) -> str:
    is_numbered = spec.depth != 50 and stage in (2, 3)
    return f"b{block}" if is_numbered and block else ascii_lowercase[block]


def _feature_names(trace: Trace, node: Node) -> tuple[str, ...]:
    """The node name that `create_feature_extractor` takes: an op, or a module for its last op."""
    if trace.spec is None or (trace.spec.squeeze_excitation and ".se." in node.id):  # there, an SE module is one op
        return ()
    if node.kind == "input":
        return ("x",)
    return (node.id,) if node.kind == "op" or node.module else ()
