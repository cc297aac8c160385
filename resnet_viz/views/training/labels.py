"""Short names of nets on the page Training: what they differ by stands in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from resnet_viz.i18n import _
from resnet_viz.spec.resnet import ResNetSpec

_USUAL_WIDTHS = (8, 16, 32)


def label_nets(nets: Sequence[ResNetSpec]) -> tuple[str, ...]:
    """Returns a label for each net, as in Plain-20, Residual-56, Residual-20 B; equal ones are numbered."""
    labels = [_label(spec) for spec in nets]
    counts = Counter(labels)
    return tuple(f"{label} ({number})" if counts[label] > 1 else label for number, label in enumerate(labels, start=1))


def label_run(net: str, seed: int) -> str:
    """Returns what to call one run of a net."""
    return _("{net}, seed {seed}").format(net=net, seed=seed)


def is_plain(spec: ResNetSpec) -> bool:
    """Whether no block has a shortcut."""
    return spec.shortcut == "none"


def _label(spec: ResNetSpec) -> str:
    is_small = spec.stem == "3x3" and spec.block == "basic" and len(spec.layers) == len(_USUAL_WIDTHS)
    if not is_small:
        return " ".join([spec.name, *_settings(spec)])
    kind = _("Plain-{depth}") if is_plain(spec) else _("Residual-{depth}")
    words = [kind.format(depth=spec.depth)]
    if not is_plain(spec) and spec.shortcut != "A":
        words.append(spec.shortcut)
    if spec.pre_activation:
        words.append("v2")
    if spec.squeeze_excitation:
        words.append("SE")
    words += _settings(spec)
    if spec.widths != _USUAL_WIDTHS:
        words.append("-".join(map(str, spec.widths)))
    return " ".join(words)


def _settings(spec: ResNetSpec) -> list[str]:
    """What a net's name does not say, and a training depends on."""
    norms = {"group": _("group norm"), "frozen": _("frozen norm"), "none": _("no norm")}
    words = [norms[spec.norm]] if spec.norm in norms else []
    return [*words, _("zero γ")] if spec.zero_init_residual else words
