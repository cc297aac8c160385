"""Finds the ResNets among the names and shapes of a file: whose names, under which prefix, of which spec."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from resnet_viz.naming.layers import COUNTER, Shape
from resnet_viz.recognition.description import describe_by_shapes, describe_known, describe_nearly, describe_nothing
from resnet_viz.recognition.forms import Site, find_sites
from resnet_viz.recognition.found import Candidate, Recognition
from resnet_viz.recognition.kinds import kind_of
from resnet_viz.recognition.nets import Net, match_net, parent_of
from resnet_viz.recognition.parts import choose_part, kinds_of_others, name_parts, unknown_part
from resnet_viz.recognition.plain import plain_shapes
from resnet_viz.recognition.structure import find_by_shapes
from resnet_viz.spec.resnet import ResNetSpec

_FEW = 3
# So many nets of a file are looked at, and so many keys for all of them, so that no file takes long.
_MOST_NETS, _MOST_LOOKS = 16, 400_000
# A net of which more than a quarter differs is no part to choose where another is known.
_NEAR = 0.25
_MATRIX_AXES = 2
_LAST = chr(0x10FFFF)


def recognise_shapes(shapes: Mapping[str, Shape], part: str | None = None) -> Recognition:
    """Returns which ResNet tensors are of, by their keys and shapes.

    part: which one of several nets, by its name in `parts` or by its prefix; the one that is usually meant by default.
    Raises WeightsError for a part that is not there.
    """
    plain, ways = plain_shapes(shapes)
    readings = _readings(plain)
    nets = _worth_a_choice([near[0] for near in readings])
    if not nets:
        if part is not None:
            raise unknown_part(part, ())
        return _by_shapes(plain)
    parts = name_parts([net.site.prefix for net in nets])
    net = choose_part(nets, parts, part)
    # Only what was done to the net itself: DINO's heads have weight norm, too.
    kinds = {ways[key].kind for key in net.keys.values() if key in ways}
    if net.is_exact:
        found = _known(net, plain, kinds, kinds_of_others(net, nets, parts))
    else:
        near = [other.candidate for reading in readings if reading[0] is net for other in reading]
        found = _nearly(net, near, plain, kinds)
    name = next((name for name, prefix in parts.items() if prefix == net.site.prefix), "")
    return replace(found, parts=tuple(parts), part=name)


def _readings(shapes: Mapping[str, Shape]) -> list[list[Net]]:
    """Returns the nets of a file, each as the list of its readings, the nearest first."""
    names = sorted(shapes)
    by_place: dict[str, list[Net]] = {}
    sites = find_sites(shapes)
    few = [*dict.fromkeys(site.first_block for site in sites)][:_MOST_NETS]
    n_looks = 0
    for site in (site for site in sites if site.first_block in few):
        n_looks += len(_range(site.prefix, names))
        if n_looks > _MOST_LOOKS:
            break
        inside = _inside(site, sites, names)
        net = match_net(site, {key: shapes[key] for key in inside}, _beside(site, names, shapes))
        if net is not None:
            by_place.setdefault(site.first_block, []).append(net)
    # Sorting keeps the order of equals, and so of the forms.
    return [sorted(nets, key=lambda net: net.rank, reverse=True) for nets in by_place.values()]


def _range(prefix: str, names: Sequence[str]) -> Sequence[str]:
    return names[bisect_left(names, prefix) : bisect_left(names, prefix + _LAST)]


def _inside(site: Site, sites: Sequence[Site], names: Sequence[str]) -> list[str]:
    """Returns the keys under a site's prefix, without those of nets that stand deeper inside."""
    deeper = {other.prefix for other in sites[: _MOST_NETS * _MOST_NETS] if other.prefix != site.prefix}
    deeper = {prefix for prefix in deeper if prefix.startswith(site.prefix) and not site.first_block.startswith(prefix)}
    found = _range(site.prefix, names)
    return [key for key in found if not key.startswith(tuple(deeper))] if deeper else [*found]


def _beside(site: Site, names: Sequence[str], shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    around = parent_of(site.prefix)
    near = _range(around, names) if around != site.prefix else ()
    # A file of so many tensors has no head of one layer there that is worth the time.
    if len(near) > _MOST_LOOKS // _MOST_NETS:
        return {}
    return {key: shapes[key] for key in near if not key.startswith(site.prefix)}


def _worth_a_choice(nets: list[Net]) -> list[Net]:
    if not any(net.is_exact for net in nets):
        return nets
    return [net for net in nets if net.candidate.n_differences <= _NEAR * len(net.keys)]


def _known(net: Net, shapes: Mapping[str, Shape], ways: set[str], others: Mapping[str, str]) -> Recognition:
    # A last layer that makes as many values as a queue beside it has, makes features and no classes: MoCo v1's `fc`.
    queues = [shape for key, shape in shapes.items() if kind_of(key) == "queue"]
    net = net.without_head() if any(net.candidate.spec.num_classes in shape for shape in queues) else net
    spec, keys = net.candidate.spec, net.torchvision_keys()
    used = set(keys.values())
    left_out = tuple(key for key in shapes if key not in used)
    kinds = tuple(_kind(key, others) for key in left_out)
    beside = [shapes[key] for key, kind in zip(left_out, kinds, strict=True) if kind == "other"]
    return Recognition(
        spec,
        is_sure=True,
        has_head=net.has_head,
        names=net.site.form.library,
        wrapping=net.site.prefix,
        left_out=left_out,
        open_questions=tuple(_open(spec, used, beside)),
        left_out_kinds=kinds,
        description=describe_known(spec, net.has_head, ways),
        keys=keys,
    )


def _kind(key: str, others: Mapping[str, str]) -> str:
    """Returns what a key beside the net is. others: the kinds of other nets, by how their keys begin."""
    return next((kind for scope, kind in others.items() if key.startswith(scope)), kind_of(key))


def _nearly(net: Net, near: list[Candidate], shapes: Mapping[str, Shape], ways: set[str]) -> Recognition:
    site = net.site
    own = {
        site.form.write(key.removeprefix(site.prefix)): shape
        for key, shape in shapes.items()
        if key.startswith(site.prefix)
    }
    return Recognition(
        None,
        names=site.form.library,
        wrapping=site.prefix,
        candidates=_nearest(near),
        description=describe_nearly(net.candidate, own, ways),
    )


def _nearest(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Returns the first few, each spec once."""
    found: dict[ResNetSpec, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.spec, candidate)
    return tuple(found.values())[:_FEW]


def _by_shapes(shapes: Mapping[str, Shape]) -> Recognition:
    spec = find_by_shapes(shapes)
    if spec is None:
        return Recognition(None, description=describe_nothing(shapes))
    return Recognition(None, candidates=(Candidate(spec, (), (), ()),), description=describe_by_shapes(spec))


def _open(spec: ResNetSpec, keys: set[str], beside: Sequence[Shape]) -> Iterator[str]:
    """Yields what changes the net's values and has no tensors: settings of a spec, and of other libraries' nets.

    beside: shapes of what is left out and of no known kind.
    """
    if spec.block == "bottleneck":
        yield "stride_in"
    yield from ("replace_stride_with_dilation", "stem_stride")
    if spec.shortcut == "A":
        yield "shortcut"
    if spec.norm == "none":
        # Where norms would stand, only their tensors show.
        yield from ("norm_without_tensors", "pre_activation")
    elif spec.norm == "group" or not any(key.endswith(f".{COUNTER}") for key in keys):
        yield "norm"
    if spec.pre_activation:
        yield "average_shortcut"
        if spec.norm == "group":
            yield "weight_standardisation"
    if any(len(shape) >= _MATRIX_AXES for shape in beside):
        yield "layers_beside"
    yield from ("activation", "anti_aliasing")
    if spec.norm != "none":
        yield "zero_init_residual"
