"""The same net with other shortcuts: plain, options A, B and C, pre-activation, and zero at the end of each branch."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from resnet_viz.errors import SpecError
from resnet_viz.spec.resnet import ResNetSpec

VARIANTS = ("plain", "A", "B", "C", "pre", "zero")
"""Plain nets, options A to C of He et al. 2015, section 3.3, pre-activation (2016), and `zero_init_residual`."""


def variants_of(spec: ResNetSpec) -> dict[str, ResNetSpec]:
    """Returns those variants of a net that its other settings allow, by their words in VARIANTS, the net's own too."""
    bare = replace(spec, pre_activation=False, zero_init_residual=False)
    shortcut = spec.shortcut if spec.shortcut != "none" else "B"
    changes: dict[str, dict[str, object]] = {
        "plain": {"shortcut": "none", "average_shortcut": False},
        "A": {"shortcut": "A", "average_shortcut": False},
        "B": {"shortcut": "B"},
        "C": {"shortcut": "C"},
        "pre": {"shortcut": shortcut, "pre_activation": True},
        "zero": {"shortcut": shortcut, "zero_init_residual": True},
    }
    found = {}
    for word in VARIANTS:
        with suppress(SpecError):
            found[word] = replace(bare, **changes[word])  # type: ignore[arg-type]
    return found
