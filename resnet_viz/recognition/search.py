"""Finds a ResNet among the names and shapes of a file: whose names, under which prefix, of which spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from resnet_viz.errors import WeightsError
from resnet_viz.naming.layers import COUNTER, Place, Shape
from resnet_viz.naming.libraries import LIBRARIES
from resnet_viz.naming.renaming import shapes_of
from resnet_viz.recognition.found import Candidate, Recognition
from resnet_viz.recognition.readings import PATTERNS, Seen, read_keys
from resnet_viz.recognition.settings import spec_of
from resnet_viz.spec.resnet import ResNetSpec

# The name of the first convolution of the first block, by which a net is found under any prefix.
_ANCHORS: Mapping[str, str] = {
    "torchvision": "layer1.0.conv1.weight",
    "timm": "layer1.0.conv1.weight",
    "timm v2": "stages.0.blocks.0.conv1.weight",
    "huggingface": "resnet.encoder.stages.0.layers.0.layer.0.convolution.weight",
    "mmpretrain": "backbone.layer1.0.conv1.weight",
    "detectron2": "res2.0.conv1.weight",
    "cifar": "layer1.0.conv1.weight",
    "sequential": "4.0.conv1.weight",
}
# Copies that follow another net: of two that are equal the other one is taken. DINO's teacher is the one to use.
_FOLLOWERS = ("encoder_k", "target", "momentum", "key_encoder", "student", "ema", "avg")
# Left by profilers in any module.
_PROFILED = ("total_ops", "total_params")
_FEW = 3
# So many nets of a file are looked at: each takes a look at all keys.
_MOST_NETS = 16


@dataclass(frozen=True, slots=True)
class _Match:
    """One reading of a file."""

    library: str
    prefix: str
    candidate: Candidate
    has_head: bool
    n_keys: int
    left_out: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return not self.candidate.n_differences

    @property
    def rank(self) -> tuple[bool, int, int, bool, int]:
        """Larger is better: exact, fewer differences, more keys; not a follower; the shorter prefix."""
        follows = any(word in self.prefix for word in _FOLLOWERS)
        return self.is_exact, -self.candidate.n_differences, self.n_keys, not follows, -len(self.prefix)


def recognise_shapes(shapes: Mapping[str, Shape]) -> Recognition:
    """Returns which ResNet tensors are of, by their keys and shapes."""
    matches = sorted(_matches(shapes), key=lambda match: match.rank, reverse=True)
    if not matches:
        return Recognition(None)
    best = matches[0]
    spec = best.candidate.spec
    if not best.is_exact:
        near = {match.candidate.spec: match.candidate for match in matches}
        return Recognition(None, wrapping=best.prefix, names=_library(best), candidates=tuple(near.values())[:_FEW])
    same = [match.prefix for match in matches if match.is_exact and match.candidate.spec == spec]
    return Recognition(
        spec,
        is_sure=True,
        has_head=best.has_head,
        names=_library(best),
        wrapping=best.prefix,
        left_out=best.left_out,
        parts=tuple(dict.fromkeys(prefix for prefix in same if prefix != best.prefix)),
        open_questions=tuple(_open(spec, shapes)),
    )


def _library(match: _Match) -> str:
    return match.library.partition(" ")[0]


def _matches(shapes: Mapping[str, Shape]) -> Iterator[_Match]:
    for library, anchor in _ANCHORS.items():
        prefixes = (key.removesuffix(anchor) for key in shapes if key.endswith(anchor))
        for prefix in islice((prefix for prefix in prefixes if not prefix or prefix.endswith(".")), _MOST_NETS):
            inside = {name.removeprefix(prefix): shape for name, shape in shapes.items() if name.startswith(prefix)}
            match = _match(library, prefix, inside)
            if match is not None:
                outside = tuple(name for name in shapes if not name.startswith(prefix))
                yield _with_outside(match, outside)


def _with_outside(match: _Match, outside: tuple[str, ...]) -> _Match:
    left_out = (*outside, *(match.prefix + key for key in match.left_out))
    return _Match(match.library, match.prefix, match.candidate, match.has_head, match.n_keys, left_out)


def _match(library: str, prefix: str, inside: Mapping[str, Shape]) -> _Match | None:
    seen = read_keys(inside, library)
    spec = spec_of(seen, library)
    if spec is None:
        return None
    try:
        expected = shapes_of(spec, library.partition(" ")[0])
    except WeightsError:
        return None
    head = {key for key in expected if _is_head(key, spec, library)}
    has_head = all(key in inside for key in head)
    needed = {key for key in expected if not key.endswith(f".{COUNTER}") and (has_head or key not in head)}
    wrong = [key for key, shape in expected.items() if inside.get(key, shape) != shape]
    strange = [key for key in inside if key not in expected and _is_of_trunk(key, seen, expected)]
    candidate = Candidate(spec, tuple(sorted(needed - inside.keys())), tuple(wrong), tuple(strange))
    left_out = tuple(key for key in inside if key not in expected and key not in set(strange))
    return _Match(library, prefix, candidate, has_head, len(seen.keys), left_out)


def _is_head(key: str, spec: ResNetSpec, library: str) -> bool:
    name = LIBRARIES[library.partition(" ")[0]](spec, Place("head"))
    return key.rpartition(".")[0] == name


def _is_of_trunk(key: str, seen: Seen, expected: Mapping[str, Shape]) -> bool:
    """Whether a key that the spec's net does not have stands among its layers, and is no counter of a profiler."""
    if key.rpartition(".")[2] in _PROFILED:
        return False
    if key in seen.keys:
        return True
    return _family(key) in set(map(_family, expected))


def _family(key: str) -> str:
    """Returns a key's first name without its number: `layer` of `layer3.0.conv1.weight`."""
    return key.partition(".")[0].rstrip("0123456789")


def _open(spec: ResNetSpec, shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Yields what changes the net's values and has no tensors: settings of a spec, and of other libraries' nets."""
    if spec.block == "bottleneck":
        yield "stride_in"
        yield "replace_stride_with_dilation"
    if spec.shortcut == "A":
        yield "shortcut"
    if spec.norm == "batch" and not any(key.endswith(f".{COUNTER}") for key in shapes):
        yield "norm"
    if spec.pre_activation:
        yield "average_shortcut"
        if spec.norm == "group":
            yield "weight_standardisation"
    yield from ("anti_aliasing", "zero_init_residual")


assert _ANCHORS.keys() == PATTERNS.keys()
