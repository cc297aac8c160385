"""The nets that commands are given: a preset, a link, or a trace file, for which torch is not imported."""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import parse_qsl

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.spec.query import MAX_QUERY
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.trace_files.read import read_trace
from resnet_viz.trace_files.schema import ENDINGS
from resnet_viz.views.address.view import KEYS


def add_net(parser: argparse.ArgumentParser) -> None:
    """Adds the argument NET."""
    text = _("a preset, as in resnet50, what a link of the app says after its question mark, or a trace file")
    parser.add_argument("net", metavar="NET", help=text)


def read_net(text: str) -> tuple[ResNetSpec | Path, dict[str, str]]:
    """Returns the spec or the trace file that an argument names, and the pairs of keys and values of a link.

    Raises SpecError for what is neither.
    """
    if text.lower().endswith(ENDINGS) or _is_file(text):
        return Path(text), {}
    if "=" not in text:
        return ResNetSpec.preset(text), {}
    pairs = dict(parse_qsl(text.removeprefix("?")[:MAX_QUERY], keep_blank_values=True))
    return ResNetSpec.from_query({key: pairs[key] for key in pairs if key not in KEYS}), pairs


def trace_net(net: ResNetSpec | Path) -> Trace:
    """Returns the Trace of a spec, or that of a trace file, for which torch is not imported. Raises TraceError."""
    if isinstance(net, Path):
        return read_trace(net)
    from resnet_viz.model.trace.plan import (
        trace_spec,  # imported late: torch takes seconds to import, and `--help` does not need it
    )

    return trace_spec(net)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # A link may be too long for a path, and hold what no path does.
        return False
