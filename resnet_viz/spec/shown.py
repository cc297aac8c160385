"""The nets that a page can show: of settings, of a library by its name, or of a Trace file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeGuard

from resnet_viz.errors import SpecError
from resnet_viz.i18n import _
from resnet_viz.refusal import shown
from resnet_viz.spec.named import Net, read_net
from resnet_viz.spec.query import write_pairs
from resnet_viz.spec.resnet import ResNetSpec

_FILE = "file:"
_DIGEST = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class FileNet:
    """The net of a Trace file, by the file's content: the first 32 hexadecimal digits of its SHA-256."""

    digest: str

    def to_pairs(self) -> dict[str, str]:
        """Returns the query string's key–value pairs."""
        return {"net": _FILE + self.digest}

    def to_query(self) -> str:
        """Returns the query string that `read_shown` reads as an equal net."""
        return write_pairs(self.to_pairs())


ShownNet = Net | FileNet


def read_shown(query: str | Mapping[str, str]) -> ShownNet:
    """Returns the net that a link describes; one of a file as `net=file:…`. Raises SpecError."""
    word = query.removeprefix("net=") if isinstance(query, str) else str(query.get("net", ""))
    if not word.startswith(_FILE):
        return read_net(query)
    digest = word.removeprefix(_FILE)
    if not _DIGEST.fullmatch(digest) or (isinstance(query, Mapping) and len(query) > 1):
        raise SpecError(_("No Trace file: got {got}. Open the file itself.").format(got=shown(word)))
    return FileNet(digest)


def are_specs(nets: Iterable[ShownNet]) -> TypeGuard[tuple[ResNetSpec, ...]]:
    """Whether all nets are of settings, so that they can be built, changed and walked through."""
    return all(isinstance(net, ResNetSpec) for net in nets)


def net_word(net: ShownNet) -> str:
    """Returns what to call a net that is not traced yet: ResNet-50, `timm:resnet26d`, or that it is of a file."""
    if isinstance(net, ResNetSpec):
        return net.name
    return _("A Trace file") if isinstance(net, FileNet) else net.word
