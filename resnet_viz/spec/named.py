"""NamedNet: an architecture of an installed library by its name, `timm:resnet26d`; and what a link or word names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import as_text, shown
from resnet_viz.spec.checks import MAX_INPUT_SIZE
from resnet_viz.spec.query import MAX_QUERY, write_pairs
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.typed import query_of, read_whole, split_size

LIBRARIES = ("timm", "torchvision", "hf")
"""Libraries whose nets have names: `hf` is Hugging Face's transformers."""
NAMED_KEYS = ("net", "input_size")
_LONGEST = 80
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_SIDES = (2, 3)
"""Of a picture, and of a video."""


@dataclass(frozen=True, slots=True)
class NamedNet:
    """A net of an installed library: hashable, and validated on creation as far as that goes without the library.

    library: `timm`, `torchvision` or `hf` (Hugging Face's transformers). name: the library's own name of the
    architecture, as in `resnet26d`. input_size: (H, W) in pixels, of a video (T, H, W) with T frames; empty for the
    size that the library itself has for the net.

    Raises SpecError, with the value received, the allowed values and what to do.
    """

    library: str
    name: str
    input_size: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        is_name = isinstance(self.name, str) and len(self.name) <= _LONGEST and bool(_NAME.fullmatch(self.name))
        if self.library not in LIBRARIES or not is_name:
            raise _no_word(f"{as_text(self.library)}:{as_text(self.name)}")
        object.__setattr__(self, "input_size", _check_size(self.input_size))

    @classmethod
    def parse(cls, word: str) -> NamedNet:
        """Returns the net that a word names, as in `timm:resnet26d`. Raises SpecError."""
        library, colon, name = word.partition(":") if isinstance(word, str) else ("", "", "")
        if not colon:
            raise _no_word(word)
        return cls(library, name)

    @property
    def word(self) -> str:
        """`timm:resnet26d`."""
        return f"{self.library}:{self.name}"

    def to_pairs(self) -> dict[str, str]:
        """Returns the query string's key–value pairs."""
        size = {"input_size": "x".join(map(str, self.input_size))} if self.input_size else {}
        return {"net": self.word, **size}

    def to_query(self) -> str:
        """Returns the query string that `read_net` reads as an equal net: `net=timm:resnet26d&input_size=320x320`."""
        return write_pairs(self.to_pairs())


Net = ResNetSpec | NamedNet


def is_word(text: object) -> bool:
    """Whether a text means a net of a library, `timm:resnet26d`, right or wrong."""
    return isinstance(text, str) and ":" in text


def read_net(query: str | Mapping[str, str]) -> Net:
    """Returns the net that a link describes, of a spec's settings or of a library: `net=timm:resnet26d`.

    query: a query string with or without its question mark, or its key–value pairs. Raises SpecError.
    """
    pairs = _pairs_of(query) if isinstance(query, str) else query
    if not isinstance(pairs, Mapping) or not is_word(pairs.get("net")):
        return ResNetSpec.from_query(query)
    strange = [key for key in pairs if key not in NAMED_KEYS]
    if strange:
        raise SpecError(
            _(
                "{word} is built as its library has it: got {got} in the link. It takes nothing but input_size; leave "
                "the rest out."
            ).format(word=pairs["net"][:_LONGEST], got=shown(", ".join(map(str, strange))))
        )
    net = NamedNet.parse(pairs["net"])
    return NamedNet(net.library, net.name, _read_size(pairs["input_size"])) if "input_size" in pairs else net


def _pairs_of(query: str) -> dict[str, str]:
    """The pairs of a query string; those of a wrong one are refused where a spec is read from it."""
    found = parse_qsl(query_of(query)[:MAX_QUERY], keep_blank_values=True)
    pairs = dict(found)
    return pairs if len(pairs) == len(found) else {}


def _read_size(text: str) -> tuple[int, ...]:
    sides = tuple(map(read_whole, split_size(as_text(text))))
    if None in sides:
        raise _no_size(text)
    return _check_size(sides)


def _check_size(value: object) -> tuple[int, ...]:
    sides = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (0,)
    are_sides = all(isinstance(side, int) and not isinstance(side, bool) for side in sides)
    if not are_sides or len(sides) not in (0, *_SIDES) or not all(1 <= side <= MAX_INPUT_SIZE for side in sides):
        raise _no_size(value)
    return sides


def _no_size(got: object) -> SpecError:
    return SpecError(
        _(
            "input_size: got {got}. Write height x width, as in 224x224, or of a video frames x height x width, as in "
            "16x112x112, each from 1 to {most}."
        ).format(got=shown(got), most=f"{MAX_INPUT_SIZE:,}")
    )


def _no_word(got: object) -> SpecError:
    return SpecError(
        _(
            "No net of a library: got {got}. Write the library and its own name of the architecture, at most {most} "
            "letters, as in timm:resnet26d, torchvision:fcn_resnet50 or hf:resnet-50. The libraries are {allowed}."
        ).format(got=shown(got), most=_LONGEST, allowed=", ".join(LIBRARIES))
    )
