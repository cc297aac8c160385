"""Reads parametrised and pruned tensors as the plain ones: `weight_orig` and `weight_mask` as `weight`.

Only names and shapes; how the values come about, whoever loads them knows by the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from resnet_viz.naming.layers import Shape

# Keras's own files write a layer's name twice and the number of an output: `conv1_conv/conv1_conv/kernel:0`.
_OUTPUT = re.compile(r":\d{1,3}$")
# Whoever writes Keras's variables as safetensors may join names by a dot.
_DOTTED = re.compile(
    r"((?:.*[./])?(?:conv\d{1,4}_\w{1,40}|post_bn|predictions))\.(kernel|bias|gamma|beta|moving_mean|moving_variance)"
)
_INSIDE = ".parametrizations."
# No library's key is as long; patterns take longer than a key's length.
_LONGEST = 1000
# Wrappers of a stage or a block: torch.compile, FSDP, activation checkpointing, DataParallel. Those of the whole net
# are its prefix, and stay.
_WRAPPED = re.compile(r"(?<=\d\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module|module)\.")


@dataclass(frozen=True, slots=True)
class Way:
    """How a plain tensor comes about.

    kind: `pruned` (`_orig` times `_mask`), `weight norm` (`_v` times `_g` over its norm), `spectral norm` (over the
    largest singular value), `parametrised` (by a function that names do not tell), or `renamed` (the same values).
    keys: the file's, the one of the plain shape first.
    """

    kind: str
    keys: tuple[str, ...]


def plain_shapes(shapes: Mapping[str, Shape]) -> tuple[dict[str, Shape], dict[str, Way]]:
    """Returns the shapes with parametrised tensors as plain ones, in the file's order, and how each comes about."""
    ways: dict[str, Way] = {}
    for key in (key for key in shapes if len(key) <= _LONGEST):
        for plain, way in _ways(key, shapes):
            if plain not in shapes:
                ways.setdefault(plain, way)
    read = {part: plain for plain, way in ways.items() for part in way.keys}
    result: dict[str, Shape] = {}
    for key, shape in shapes.items():
        plain = read.get(key, key)
        result[plain] = shapes[ways[plain].keys[0]] if plain in ways else shape
    return result, ways


def _ways(key: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Way]]:
    """Yields the plain key that a key is the main part of, if any: it has the plain shape."""
    stem, _line, end = key.rpartition("_")
    if end in ("orig", "bar", "v"):
        yield from _old_ways(key, stem, end, shapes)
    elif _INSIDE in key:
        yield from _parametrisations(key, shapes)
    else:
        plain = _without_repetition(_DOTTED.sub(r"\1/\2", key)) if _is_keras(key) else _WRAPPED.sub("", key)
        if plain != key:
            yield plain, Way("renamed", (key,))


def _old_ways(key: str, stem: str, end: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Way]]:
    """The forms of `torch.nn.utils`: prune, weight_norm, and spectral_norm (whose `_bar` is other people's)."""
    mask, norm = f"{stem}_mask", f"{stem}_g"
    if end == "orig" and shapes.get(mask) == shapes[key]:
        yield stem, Way("pruned", (key, mask))
    elif end == "v" and norm in shapes:
        yield stem, Way("weight norm", (key, norm))
    elif end != "v" and f"{stem}_u" in shapes:
        parts = (f"{stem}_u", f"{stem}_v", f"{stem}_sigma")
        yield stem, Way("spectral norm", (key, *(part for part in parts if part in shapes)))


def _parametrisations(key: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Way]]:
    """The form of `torch.nn.utils.parametrizations`; weight norm has two originals, the norm first."""
    module, _inside, rest = key.rpartition(_INSIDE)
    name, _dot, end = rest.partition(".")
    base = f"{module}{_INSIDE}{name}"
    plain = f"{module}.{name}"
    if end == "original1" and f"{base}.original0" in shapes:
        yield plain, Way("weight norm", (key, f"{base}.original0"))
    elif end == "original":
        vectors = tuple(part for part in (f"{base}.0._u", f"{base}.0._v") if part in shapes)
        others = tuple(part for part in (f"{base}.0.base", f"{base}.0.mask") if part in shapes)
        yield plain, Way("spectral norm" if vectors else "parametrised", (key, *vectors, *others))


def _is_keras(key: str) -> bool:
    return "/" in key or _DOTTED.fullmatch(key) is not None


def _without_repetition(key: str) -> str:
    """`conv1_conv/conv1_conv/kernel:0` as `conv1_conv/kernel`."""
    *layers, tensor = _OUTPUT.sub("", key).split("/")
    kept = [layer for n, layer in enumerate(layers) if not n or layer != layers[n - 1]]
    return "/".join((*kept, tensor))
