"""Which nets of other libraries have names here. Importing this loads neither torch nor one of the libraries.

The names are read from the installed library's source, where each architecture registers itself, for to import timm
takes seconds; that they are exactly `list_models()` a test holds. What a user's code registers is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.model.named.configurations import CONFIGURATIONS
from resnet_viz.refusal import as_text, shown
from resnet_viz.spec.named import LIBRARIES, NamedNet

PACKAGES: Mapping[str, str] = MappingProxyType(
    {"timm": "timm", "torchvision": "torchvision", "hf": "transformers"},
)
"""The Python package of each library."""
_MOST_NEAR = 3
# `@register_model` in timm, `@register_model(name="…")` in torchvision, other decorators between it and the function.
_REGISTERED = re.compile(
    r'^@register_model(?:\((?:name="(?P<given>\w+)")?\))?\n(?:[@ )][^\n]*\n)*def (?P<own>\w+)\(', re.MULTILINE
)


def list_named() -> Mapping[str, tuple[str, ...]]:
    """Returns the names of the nets of each library that is installed, sorted."""
    return {library: names for library in LIBRARIES if (names := names_in(library))}


@cache
def names_in(library: str) -> tuple[str, ...]:
    """Returns the names of a library's nets, sorted: of timm and torchvision `list_models()`; () if not installed."""
    found = find_spec(PACKAGES[library])
    if found is None or found.origin is None:
        return ()
    if library == "hf":
        return tuple(CONFIGURATIONS)
    sources = (Path(found.origin).parent / "models").rglob("*.py")
    matches = (match for path in sources for match in _REGISTERED.finditer(path.read_text(encoding="utf-8")))
    return tuple(sorted({match["given"] or match["own"] for match in matches}))


def near_names(name: object) -> tuple[str, ...]:
    """Returns up to three words, as in `timm:resnet26`, of nets that are called so or nearly so, the nearest first."""
    text = as_text(name)[:100].lower()
    words = {f"{library}:{own}": own for library, names in list_named().items() for own in names}
    names = [*dict.fromkeys(words.values())]
    # `resnext50_32x4d` is nearer to `resnext50` than anything else; `resnet200` is another depth than `resnet20`.
    longer = [own for own in names if text and re.match(rf"{re.escape(text)}(?!\d)", own)]
    near = dict.fromkeys((*sorted(longer, key=len), *get_close_matches(text, names, n=_MOST_NEAR, cutoff=0.75)))
    return tuple(word for own in near for word, of in words.items() if of == own)[:_MOST_NEAR]


def library_version(library: str) -> str:
    """Returns the installed version, as in `1.0.31`; empty where it does not say."""
    try:
        return version(PACKAGES[library])
    except PackageNotFoundError:
        return ""


def check_known(net: NamedNet) -> None:
    """Raises SpecError for a library that is not installed, and a name that it does not have."""
    names = names_in(net.library)
    if not names:
        text = _("{word} is a net of {package}, which is not installed here. Install it with: pip install {package}")
        raise SpecError(text.format(word=net.word, package=PACKAGES[net.library]))
    if net.name not in names:
        raise _unknown(net, names)


def _unknown(net: NamedNet, names: tuple[str, ...]) -> SpecError:
    """A name with weights' tag, as in `resnet50.a1_in1k`, is near to its architecture alone."""
    architecture = net.name.partition(".")[0]
    near = [architecture] if architecture in names else get_close_matches(net.name, names, n=_MOST_NEAR)
    words = ", ".join(f"{net.library}:{name}" for name in near)
    text = _("{package} {version} has no architecture named {got}.{hint} It has {n}; weights have no part in a name.")
    return SpecError(
        text.format(
            package=PACKAGES[net.library],
            version=library_version(net.library),
            got=shown(net.name),
            hint=_(" Near it: {names}.").format(names=words) if near else "",
            n=f"{len(names):,}",
        )
    )
