"""The commands `trace` and `check`: arguments, and what is printed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from resnet_viz.checking.against import Check, check
from resnet_viz.commands.nets import add_net, read_net, trace_net
from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.trace_files.write import save_trace, write_trace
from resnet_viz.views.listing.recognised import printable
from resnet_viz.writing import check_place

_STDOUT = "-"
_SAME, _DIFFERENT = 0, 1


def add_trace(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `trace`."""
    add_net(parser)
    text = _("the new file, as in mine.trace.json or mine.trace.json.gz; - is the standard output")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help=text)


def add_check(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `check`."""
    parser.add_argument("reference", metavar="REFERENCE", help=_("a trace file of the net as it must be"))
    add_net(parser)
    parser.add_argument("--json", action="store_true", help=_("as JSON"))


def write_trace_file(chosen: argparse.Namespace) -> None:
    """Writes the trace file of a net, and prints its path."""
    net, _link = read_net(chosen.net)
    if chosen.output == _STDOUT:
        sys.stdout.buffer.write(write_trace(trace_net(net)))
        return
    path = Path(chosen.output)
    check_place(path)
    save_trace(trace_net(net), path)
    print(path)


def check_net(chosen: argparse.Namespace) -> int:
    """Prints how a net differs from its reference, and returns the exit status: 0 where it does not, else 1."""
    found = check(_trace(chosen.net), Path(chosen.reference))
    text = f"{json.dumps(found.as_json(), ensure_ascii=False, indent=2)}\n" if chosen.json else _text(found)
    # Characters that the terminal's encoding lacks become question marks.
    sys.stdout.buffer.write(text.encode(sys.stdout.encoding, "replace"))
    return _SAME if found.is_same else _DIFFERENT


def _trace(text: str) -> Trace:
    net, _link = read_net(text)
    return trace_net(net)


def _text(found: Check) -> str:
    names = {"net": printable(found.net), "reference": printable(found.reference)}
    if found.is_same:
        return _("{net} is the same as the reference, {reference}.").format(**names) + "\n"
    text = _("{net} differs from the reference, {reference}:")
    return "\n".join([text.format(**names), *(f"  {printable(line)}" for line in found.lines), ""])
