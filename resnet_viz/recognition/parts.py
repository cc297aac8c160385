"""The nets of a file that are there for choice: their short names, and the one that is usually meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from resnet_viz.errors import WeightsError
from resnet_viz.i18n import _
from resnet_viz.recognition.kinds import kind_of, words_of
from resnet_viz.recognition.nets import Net
from resnet_viz.refusal import shown
from resnet_viz.spec.resnet import ResNetSpec

# Words of nets that follow another: MoCo's key encoder, BYOL's target, averages of weights.
_COPIES = ("momentum", "average")
# Nets that a loss has are not the one that is trained.
_FOLLOWERS = frozenset(
    [
        "criterion",
        "loss",
        "losses",
        "k",
        "key",
        "target",
        "momentum",
        "ema",
        "avg",
        "averaged",
        "averaging",
        "swa",
        "shadow",
    ]
)


def name_parts(prefixes: Sequence[str]) -> dict[str, str]:
    """Returns the prefix of each net by a short name: the first module that is on no other's path, else the path."""
    if len(prefixes) < 2:
        return {}
    paths = {prefix: [name for name in re.split(r"[./]", prefix) if name] for prefix in prefixes}
    named = {}
    for prefix, path in paths.items():
        others = {name for other, names in paths.items() if other != prefix for name in names}
        own = next((name for name in path if name not in others), prefix.rstrip("./"))
        named[own or ("net" if "net" not in others else "(net)")] = prefix
    return named


def choose_part(nets: Sequence[Net], parts: Mapping[str, str], part: str | None) -> Net:
    """Returns the net that a part's name or prefix stands for; without one, the one that is usually meant."""
    if part is None:
        return max(nets, key=lambda net: (net.is_exact, not _follows(net, nets), len(net.keys), -len(net.site.prefix)))
    found = [net for net in nets if net.site.prefix == parts.get(part, part) and parts]
    if not found:
        raise unknown_part(part, tuple(parts))
    return found[0]


def kinds_of_others(net: Net, nets: Sequence[Net], parts: Mapping[str, str]) -> dict[str, str]:
    """Returns the kind of each other net by how its keys begin: `momentum` or `average` of this one, or a `net`."""
    names = {prefix: name for name, prefix in parts.items()}
    found: dict[str, str] = {}
    for other in nets:
        if other is not net:
            prefix = other.site.prefix
            is_copy = _body(other.candidate.spec) == _body(net.candidate.spec) and kind_of(prefix) in _COPIES
            # The part's own module has its head, too; a net at the top has no prefix, but its blocks' names.
            module, found_name, _rest = prefix.partition(names[prefix])
            scopes = (module + found_name,) if found_name else _beginnings(other)
            found |= dict.fromkeys(scopes, kind_of(prefix) if is_copy else "net")
    return found


def _beginnings(net: Net) -> set[str]:
    return {re.split(r"(?<=[./])", key, maxsplit=1)[0] for key in net.keys.values()}


def unknown_part(part: object, parts: tuple[str, ...]) -> WeightsError:
    """Returns the error for a part that is not in the file."""
    if not parts:
        text = _("part: got {got}, but there are not several nets in the file to choose from. Leave the part out.")
        return WeightsError(text.format(got=shown(part)))
    text = _("part: got {got}. The nets in the file are {parts}: choose one of them.")
    return WeightsError(text.format(got=shown(part), parts=", ".join(map(shown, parts))))


def _follows(net: Net, nets: Sequence[Net]) -> bool:
    """Whether another net of the file is the one to use.

    Of DINO's two equal nets that is the teacher; of a teacher and another, smaller net the student, which was trained.
    """
    words = set(words_of(net.site.prefix))
    if words & _FOLLOWERS:
        return True
    # Lightning's file of averaged weights: its `state_dict` is the average.
    if "state_dict" in words:
        return any("current_model_state" in words_of(other.site.prefix) for other in nets)
    partner = {"teacher": "student", "student": "teacher"}
    for role in words & partner.keys():
        other = next((other for other in nets if partner[role] in words_of(other.site.prefix)), None)
        if other is not None:
            is_same = _body(net.candidate.spec) == _body(other.candidate.spec)
            return role == ("student" if is_same else "teacher")
    # A teacher without a student: beside another net, which is trained.
    return "teacher" in words and any(_body(other.candidate.spec) != _body(net.candidate.spec) for other in nets)


def _body(spec: ResNetSpec) -> ResNetSpec:
    return replace(spec, num_classes=ResNetSpec.num_classes)
