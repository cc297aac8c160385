"""The nets that commands are given: a name, a link, or a trace file, for which torch is not imported."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import parse_qsl

from resnet_viz.i18n import _
from resnet_viz.model.named.words import net_of_word
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import NamedNet, Net
from resnet_viz.spec.query import MAX_QUERY
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.schema import ENDINGS
from resnet_viz.typed import query_of
from resnet_viz.views.address.view import net_query


def add_net(parser: argparse.ArgumentParser) -> None:
    """Adds the argument NET."""
    text = _(
        "a preset, as in resnet50, a net of an installed library, as in timm:resnet26d, a link of the app or what it "
        "says after its question mark, or a trace file"
    )
    parser.add_argument("net", metavar="NET", help=text)


def read_net(text: str) -> tuple[Net | Path, dict[str, str]]:
    """Returns the net or the trace file that an argument names, and the pairs of keys and values of a link.

    Raises SpecError for what is neither.
    """
    if text.lower().endswith(ENDINGS) or _is_file(text):
        return Path(text), {}
    if "=" not in text:
        return net_of_word(text), {}
    pairs = dict(parse_qsl(query_of(text)[:MAX_QUERY], keep_blank_values=True))
    return net_of_word(net_query(text)), pairs


def trace_net(net: Net | Path) -> Trace:
    """Returns the Trace of a net, or that of a trace file, for which torch is not imported. Raises TraceError."""
    if isinstance(net, Path):
        return read_trace(net)
    # Imported late: torch takes seconds to import, and `--help` does not need it.
    if isinstance(net, NamedNet):
        from resnet_viz.model.named.tracing import trace_named

        return trace_named(net)
    from resnet_viz.model.trace.plan import trace_spec

    return trace_spec(net)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # A link may be too long for a path, and hold what no path does.
        return False
