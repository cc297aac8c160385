"""Compares what stands at a place of a file with the nearest spec's net."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from resnet_viz.naming.layers import COUNTER, Place, Shape
from resnet_viz.naming.layouts import module_of
from resnet_viz.naming.libraries import LIBRARIES, can_name
from resnet_viz.naming.renaming import key_pairs, shapes_of
from resnet_viz.recognition.forms import Site
from resnet_viz.recognition.found import Candidate
from resnet_viz.recognition.heads import find_head
from resnet_viz.recognition.kinds import PROFILED, kind_of
from resnet_viz.recognition.readings import Seen, read_keys
from resnet_viz.recognition.settings import spec_of
from resnet_viz.spec.checks import MAX_COUNT
from resnet_viz.spec.resnet import ResNetSpec

_KERNEL_AXES = 4
# Layers of a ResNet that have no weights; with some, as a PReLU or GeM, the net is another.
_WITHOUT_WEIGHTS = frozenset(["relu", "act", "prelu", "avgpool", "maxpool", "pool", "gem"])
_HEAD_TENSORS = ("fc.weight", "fc.bias")


@dataclass(frozen=True, slots=True)
class Net:
    """One reading of a place. keys: the file's key of each tensor that the spec's net has, by the library's name.

    head: the file's keys of a last layer that is called otherwise than the library's.
    """

    site: Site
    candidate: Candidate
    has_head: bool
    keys: Mapping[str, str]
    head: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether names and shapes are those of the spec's net."""
        return not self.candidate.n_differences

    @property
    def rank(self) -> tuple[bool, int, int, bool]:
        """Larger is nearer: exact, fewer differences, more keys, the library's own head."""
        n_keys = len(self.keys) + len(self.head)
        return self.is_exact, -self.candidate.n_differences, n_keys, not self.head

    def without_head(self) -> Net:
        """Returns the net as one whose last layer is no part of it."""
        spec = replace(self.candidate.spec, num_classes=ResNetSpec.num_classes)
        own = LIBRARIES[self.site.form.library](spec, Place("head"))
        keys = {name: key for name, key in self.keys.items() if module_of(name) != own}
        return Net(self.site, replace(self.candidate, spec=spec), False, keys)

    def torchvision_keys(self) -> dict[str, str]:
        """Returns the file's key of each tensor by torchvision's."""
        ours = key_pairs(self.candidate.spec, self.site.form.library, "torchvision")
        found = {ours[name]: key for name, key in self.keys.items()}
        return found | dict(zip(_HEAD_TENSORS, self.head, strict=False))


def match_net(site: Site, inside: Mapping[str, Shape], beside: Mapping[str, Shape]) -> Net | None:
    """Returns the nearest spec's net for what has a site's prefix; None where nothing there is like a ResNet.

    inside, beside: shapes by the file's keys: under the prefix, and in the module around, where a head may be.
    """
    written = {site.form.write(key.removeprefix(site.prefix)): key for key in inside}
    shapes = {name: inside[key] for name, key in written.items()}
    seen = read_keys(shapes, site.form.reads)
    spec = _nearest_spec(seen, site)
    if spec is None:
        return None
    expected, own = _expected(spec, site, shapes)
    head: tuple[str, ...] = ()
    if not own <= expected.keys():
        rest = {key: inside[key] for name, key in written.items() if name not in expected}
        spec, head = _with_head(spec, site, rest | dict(beside))
    keys = {name: written[name] for name in expected if name in shapes}
    candidate = _compare(spec, expected, shapes, seen, own)
    return Net(site, candidate, own <= expected.keys() or bool(head), keys, head)


def _nearest_spec(seen: Seen, site: Site) -> ResNetSpec | None:
    """Returns the spec that the library may have; Keras's pre-activated nets are others than a spec's."""
    spec = spec_of(seen, site.form.reads)
    if spec is not None and not can_name(spec, site.form.library):
        spec = replace(spec, pre_activation=False)
    return spec if spec is not None and can_name(spec, site.form.library) else None


def _expected(spec: ResNetSpec, site: Site, shapes: Mapping[str, Shape]) -> tuple[dict[str, Shape], set[str]]:
    """Returns what the spec's net has, without its head unless that is whole, and the keys of the library's head."""
    expected = shapes_of(spec, site.form.library)
    own = {name for name in expected if module_of(name) == LIBRARIES[site.form.library](spec, Place("head"))}
    has_own = own <= shapes.keys()
    return {name: shape for name, shape in expected.items() if has_own or name not in own}, own


def _with_head(spec: ResNetSpec, site: Site, rest: Mapping[str, Shape]) -> tuple[ResNetSpec, tuple[str, ...]]:
    """Returns the spec with the classes of a head of another name, and its keys; without one, the usual classes."""
    around = parent_of(site.prefix)
    names = {key.removeprefix(site.prefix if key.startswith(site.prefix) else around): key for key in rest}
    shapes = {name: rest[key] for name, key in names.items()}
    found = find_head(shapes, spec.widths[-1] * spec.expansion)
    if found is not None and not 1 <= shapes[found[0]][0] <= MAX_COUNT:
        found = None
    n_classes = ResNetSpec.num_classes if found is None else shapes[found[0]][0]
    return replace(spec, num_classes=n_classes), tuple(names[name] for name in found or ())


def parent_of(prefix: str) -> str:
    """Returns the prefix of the module around: `model.` of `model.backbone.`."""
    return re.sub(r"[^./]*[./]$", "", prefix)


def _compare(
    spec: ResNetSpec, expected: Mapping[str, Shape], shapes: Mapping[str, Shape], seen: Seen, head: set[str]
) -> Candidate:
    missing = [name for name in expected if name not in shapes and not name.endswith(f".{COUNTER}")]
    wrong = [name for name, shape in expected.items() if shapes.get(name, shape) != shape]
    trunk = {_family(name) for name in expected if name not in head}
    strange = [name for name in shapes if name not in expected and _is_of_trunk(name, shapes[name], seen, trunk, head)]
    return Candidate(spec, tuple(sorted(missing)), tuple(wrong), tuple(strange))


def _is_of_trunk(name: str, shape: Shape, seen: Seen, trunk: set[str], head: set[str]) -> bool:
    """Whether a key that the spec's net does not have is among its layers, or of another convolution beside them."""
    if name in head or name.rpartition(".")[2] in PROFILED:
        return False
    # Last layers are no convolutions, whatever their names.
    is_convolution = len(shape) >= _KERNEL_AXES and kind_of(name) in ("other", "head")
    return name in seen.keys or _family(name) in trunk or _family(name) in _WITHOUT_WEIGHTS or is_convolution


def _family(name: str) -> str:
    """Returns a name's first word without its number: `layer` of `layer3.0.conv1.weight`."""
    return re.split(r"[./_]", name, maxsplit=1)[0].rstrip("0123456789")
