"""ResNetSpec: a frozen description of a ResNet, the presets of torchvision and the papers, and links.

Figures and rules: torchvision (`torchvision/models/resnet.py`) and He et al. 2015, Table 1 and section 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from types import MappingProxyType

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import as_text, shown
from resnet_viz.spec.aliases import bare_name, settings_named
from resnet_viz.spec.checks import usual_widths
from resnet_viz.spec.names import name_spec
from resnet_viz.spec.query import query_pairs, read_query, write_pairs
from resnet_viz.spec.settings import CIFAR_WIDTHS, DIGITS_WIDTHS, Settings
from resnet_viz.spec.together import check_together

CIFAR_DEPTHS = (20, 32, 44, 56, 110, 1202)
# Settings without an argument in torchvision's ResNet class.
SWITCHES = ("stem", "shortcut", "stride_in", "pre_activation", "average_shortcut", "squeeze_excitation")
# The settings that define an architecture, as opposed to its input, classes and norm.
BLOCKS_AND_WIDTHS = ("block", "layers", "widths", "groups", "width_per_group")
ARCHITECTURE = (*BLOCKS_AND_WIDTHS, *SWITCHES)


@dataclass(frozen=True)
class ResNetSpec(Settings):
    """A ResNet's settings: hashable and validated on creation.

    The fields are those of `Settings`, in the same order. Raises SpecError, with the value received, the allowed values
    and what to do.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        check_together(self)

    @classmethod
    def preset(cls, name: str) -> ResNetSpec:
        """Returns a net by its short name: torchvision's function names, as in `resnet50`; `plain34`, `cifar110`.

        Case, hyphens, spaces and underscores do not matter: `ResNet-50` is `resnet50`. Raises SpecError for any other
        name, with what builds the net of that name, if it is one of another library or a paper.
        """
        known = PRESETS.get(_BARE.get(bare_name(name), "")) if isinstance(name, str) else None
        if known is None:
            raise unknown_name(name)
        return known

    @classmethod
    def cifar(cls, depth: int, shortcut: str = "A") -> ResNetSpec:
        """Returns a net of He et al. 2015, section 4.2, for 32×32 pixels and 10 classes, with 6n + 2 layers.

        Raises SpecError for any other depth.
        """
        n, rest = divmod(depth - 2, 6) if isinstance(depth, int) and not isinstance(depth, bool) else (0, 1)
        if rest or n < 1:
            raise SpecError(
                _("A CIFAR net has 6n + 2 layers, got {got}. Choose 8, 14, 20, 26, 32 and so on.").format(
                    got=shown(depth)
                )
            )
        return cls(
            "basic",
            (n, n, n),
            num_classes=10,
            input_size=(32, 32),
            shortcut=shortcut,
            stem="3x3",
            widths=CIFAR_WIDTHS,
        )

    @classmethod
    def from_query(cls, query: str | Mapping[str, str]) -> ResNetSpec:
        """Returns the net that a link describes, as in `net=resnet50&input_size=320x320`. Raises SpecError."""
        preset, settings = read_query(query)
        base = (
            {field.name: getattr(cls.preset(preset), field.name) for field in fields(cls)} if preset is not None else {}
        )
        return cls(**{**base, **settings})

    def to_query(self) -> str:
        """Returns the query string that `from_query` reads as an equal spec: the nearest preset and the differences."""
        return write_pairs(self.to_pairs())

    def to_pairs(self) -> dict[str, str]:
        """Returns the query string's key–value pairs."""
        preset = self.preset_name or next((name for name, spec in PRESETS.items() if _is_alike(spec, self)), None)
        return query_pairs(self, preset, PRESETS.get(preset or ""))

    @property
    def name(self) -> str:
        """Name in the literature: ResNet-50, ResNeXt-50 32x4d, Wide ResNet-50-2, Plain-34, SE-ResNet-50-D."""
        return name_spec(self)

    @property
    def preset_name(self) -> str | None:
        """Name of the preset with this architecture, regardless of input, classes and norm; None without one."""
        return _PRESET_NAMES.get(_architecture(self))

    @property
    def is_torchvision(self) -> bool:
        """Whether torchvision's `ResNet` class builds it (with a new `conv1` unless the input has 3 channels)."""
        is_usual = all(getattr(self, name) == getattr(ResNetSpec, name) for name in SWITCHES)
        return is_usual and len(self.layers) == 4 and self.widths == usual_widths(4)


def specs_named(name: str) -> tuple[ResNetSpec, ...]:
    """Returns the nets that bear a name in other libraries and papers, as in `resnet26`, `seresnet50`; () for none."""
    found = []
    for settings in settings_named(name):
        with suppress(SpecError):  # A name may combine what no net has.
            found.append(ResNetSpec(**settings))
    return tuple(found)


def unknown_name(name: object, near: Sequence[str] = ()) -> SpecError:
    """Returns the error for a name that is no preset: what builds the net, names of installed libraries, the presets.

    near: names of other libraries' nets, as in `timm:resnet26`.
    """
    queries = [spec.to_query() for spec in specs_named(as_text(name)[:100])]
    words = [query if "&" in query else query.removeprefix("net=") for query in queries]
    words = words or get_close_matches(as_text(name)[:100], PRESETS, n=1, cutoff=0.5)
    named = ", ".join(f'"{word}"' if "=" in word else word for word in words)
    hint = _(" Did you mean {name}?").format(name=named) if words else ""
    if near:
        hint += _(" Near names in installed libraries: {names}.").format(names=", ".join(near))
    return SpecError(
        _("There is no preset named {got}.{hint} The presets are {allowed}.").format(
            got=shown(name), hint=hint, allowed=", ".join(PRESETS)
        )
    )


def _is_alike(one: ResNetSpec, other: ResNetSpec) -> bool:
    """Whether two specs have the same blocks and widths."""
    return all(getattr(one, name) == getattr(other, name) for name in BLOCKS_AND_WIDTHS)


def _architecture(spec: ResNetSpec) -> tuple[object, ...]:
    return tuple(getattr(spec, name) for name in ARCHITECTURE)


_18 = ResNetSpec("basic", (2, 2, 2, 2))
_34 = ResNetSpec("basic", (3, 4, 6, 3))
_50 = ResNetSpec("bottleneck", (3, 4, 6, 3))
_101 = ResNetSpec("bottleneck", (3, 4, 23, 3))

TORCHVISION: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        "resnet18": _18,
        "resnet34": _34,
        "resnet50": _50,
        "resnet101": _101,
        "resnet152": ResNetSpec("bottleneck", (3, 8, 36, 3)),
        "resnext50_32x4d": replace(_50, groups=32, width_per_group=4),
        "resnext101_32x8d": replace(_101, groups=32, width_per_group=8),
        "resnext101_64x4d": replace(_101, groups=64, width_per_group=4),
        "wide_resnet50_2": replace(_50, width_per_group=128),
        "wide_resnet101_2": replace(_101, width_per_group=128),
    }
)


def _for_digits(depth: int, side: int = 8, shortcut: str = "A") -> ResNetSpec:
    return replace(ResNetSpec.cifar(depth, shortcut), widths=DIGITS_WIDTHS, in_channels=1, input_size=(side, side))


DIGITS: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        "digits14": _for_digits(14, side=32),
        "digits20": _for_digits(20),
        "digits56": _for_digits(56),
        "digits_plain20": _for_digits(20, shortcut="none"),
        "digits_plain56": _for_digits(56, shortcut="none"),
    }
)
"""Nets that come trained on handwritten digits (`organisms`)."""
PRESETS: Mapping[str, ResNetSpec] = MappingProxyType(
    {
        **TORCHVISION,
        "plain18": replace(_18, shortcut="none"),
        "plain34": replace(_34, shortcut="none"),
        **{f"cifar{depth}": ResNetSpec.cifar(depth) for depth in CIFAR_DEPTHS},
        **DIGITS,
    }
)
_PRESET_NAMES = {_architecture(spec): name for name, spec in PRESETS.items()}
_BARE = {bare_name(name): name for name in PRESETS}
