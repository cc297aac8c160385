"""What libraries call a node of a spec's net: its layers with weights, and the blocks and stages around them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import takewhile

from resnet_viz.naming.layers import Place, layers_of
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.records.trace import Node, Trace
from resnet_viz.spec.resnet import ResNetSpec

_STAGE = re.compile(r"layer(\d+)")
_BLOCK = re.compile(r"layer(\d+)\.(\d+)")
# Layers without weights that timm has as modules: its ReLUs are separate ones.
_TIMM_STEM = {"relu": "act1", "maxpool": "maxpool", "avgpool": "global_pool.pool", "flatten": "global_pool.flatten"}
_TIMM_BLOCK = {"relu": "act1", "relu_1": "act2", "relu_2": "act3"}
_SAME_IN_TIMM = re.compile(r"conv1(\.\d+)?|layer\d+\.\d+\.downsample\.\d+")


def library_names(trace: Trace, node: Node, library: str) -> tuple[str, ...]:
    """Returns a node's module path in a library's net of the same spec; empty where the library has none.

    A layer is called what its tensors are. Of layers without weights only timm's are known.
    """
    spec = trace.spec
    if spec is None or not can_name(spec, library):
        return ()
    path = module_path(node)
    place = _places(spec).get(path)
    if place is not None:
        return (LIBRARIES[library](spec, place),)
    name = _group_name(spec, node, library) if node.children else ""
    if not name and library == "timm" and not spec.pre_activation:
        name = _timm_name(node, path)
    return (name,) if name else ()


def module_path(node: Node) -> str:
    """Returns the path of the module that the node is a call of; empty for functional ops and groups of ours."""
    if node.module is None:
        return ""
    is_module = node.children or re.fullmatch(r"(_\d+)?", node.id.removeprefix(node.module))
    return node.module if is_module else ""


@lru_cache(maxsize=16)  # asked once for each library
def _places(spec: ResNetSpec) -> Mapping[str, Place]:
    """Returns the layers with weights by the path that they have in our nets, which is torchvision's."""
    return {LIBRARIES["torchvision"](spec, layer.place): layer.place for layer in layers_of(spec)}


def _group_name(spec: ResNetSpec, node: Node, library: str) -> str:
    """The path of a stage, block, projection or squeeze-and-excitation."""
    name, path = LIBRARIES[library], module_path(node)
    if found := _STAGE.fullmatch(path):
        stage = int(found[1])
        other = stage - 1 if stage > 1 else 2
        return _up_to_difference(*(name(spec, Place("block", stage=one)) for one in (stage, other)))
    if found := _BLOCK.fullmatch(path):
        stage, block = int(found[1]), int(found[2])
        return _up_to_difference(*(name(spec, Place("block", stage=stage, block=one)) for one in (block, block + 1)))
    if path.endswith((".downsample", ".se")):
        return _shared([name(spec, place) for key, place in _places(spec).items() if key.startswith(f"{path}.")])
    return ""


def _up_to_difference(name: str, other: str) -> str:
    """Returns the path up to the first part that differs: a module that `name` is inside of, and `other` is not."""
    parts = name.split(".")
    at = next(at for at, pair in enumerate(zip(parts, other.split("."), strict=True)) if pair[0] != pair[1])
    return ".".join(parts[: at + 1]) if at + 1 < len(parts) else ""


def _shared(names: list[str]) -> str:
    """Returns the path of the module that all names are inside of, or are; nothing for a single name."""
    parts = [name.split(".") for name in names]
    same = list(takewhile(lambda column: len(set(column)) == 1, zip(*parts, strict=False)))
    return ".".join(column[0] for column in same) if len(parts) > 1 else ""


def _timm_name(node: Node, path: str) -> str:
    found = _BLOCK.match(node.id)
    if found is None:
        return _TIMM_STEM.get(node.id, path if _SAME_IN_TIMM.fullmatch(path) else "")
    name = _TIMM_BLOCK.get(node.id.removeprefix(f"{found[0]}."))
    return f"{found[0]}.{name}" if name else path if _SAME_IN_TIMM.fullmatch(path) else ""
