"""The network as a table in plain text, CSV or JSON: groups, and inside them runs, blocks or ops.

The top-level rows add up to the whole network (whose activations do not count the input), the rows inside a group
to the group.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from io import StringIO

from resnet_viz.i18n import _
from resnet_viz.records.macs import Macs, sum_macs
from resnet_viz.records.trace import Block, Node, Stage, Trace
from resnet_viz.units import format_bytes, format_exact, format_short_shape
from resnet_viz.views.parts.detail import check_level
from resnet_viz.views.parts.runs import fold_stage
from resnet_viz.views.parts.words import (
    blocks_text,
    failure_lines,
    field_sizes,
    field_text,
    is_failed,
    layer_text,
    macs_rule,
    shortcut_text,
    stage_names,
)
from resnet_viz.views.style import FAILED

WIDTH = 100
_GAP = "  "


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A group, run of `count` equal blocks, block or op at nesting depth `depth`; figures of a run are totals.

    `n_macs` is None if not known, and a lower bound if `macs_at_least`; `field` is the receptive field (vertical,
    horizontal) in input pixels, None if unknown or the whole picture.
    """

    node: str
    depth: int
    kind: str
    what: str
    count: int
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    n_params: int
    n_macs: int | None
    macs_at_least: bool
    act_bytes: int
    field: tuple[int, int] | None


def summarise(trace: Trace, level: str = "folded") -> list[SummaryLine]:
    """Returns lines in execution order: stages with runs (`folded`) or blocks (`block`), or all down to ops (`op`).

    Raises DrawError for another level.
    """
    check_level(level)
    return [line for child in trace.children_of(trace.network) for line in _lines(trace, child, level, 0)]


def summary_text(trace: Trace, lines: Sequence[SummaryLine]) -> str:
    """Returns a table of at most 100 characters per line, with the network's totals below."""
    headings = [_("Node"), _("What"), _("Shape in → out"), _("Parameters"), _("MACs"), _("Field (px)")]
    rows = [headings, *([_indented(line), *_cells(line)] for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    # Truncate only text columns, never figures.
    for column in (1, 0):
        too_long = sum(widths) + len(_GAP) * (len(widths) - 1) - WIDTH
        widths[column] = max(min(widths[column], 12), widths[column] - max(0, too_long))
    text = [_GAP.join(_fitted(cell, widths, n) for n, cell in enumerate(row)).rstrip() for row in rows]
    failure = failure_text(trace)
    return "\n".join([*_heading(trace), "", *text, "", *_sums(trace), *([""] if failure else []), *failure, ""])


def summary_csv(lines: Sequence[SummaryLine]) -> str:
    """Returns the lines as CSV with a header, numbers unrounded."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(SummaryLine))
    for line in lines:
        values = asdict(line).values()
        writer.writerow("x".join(map(str, value)) if isinstance(value, tuple) else value for value in values)
    return text.getvalue()


def summary_json(trace: Trace, lines: Sequence[SummaryLine]) -> str:
    """Returns the network's figures and the lines as JSON, numbers unrounded."""
    net = {
        "name": trace.name,
        "query": trace.spec.to_query() if trace.spec else None,
        "input_shape": trace.input.shape,
        "n_params": trace.n_params,
        "n_macs": trace.n_macs,
        "macs_at_least": trace.macs_at_least,
        "act_bytes": trace.act_bytes,
        "peak_bytes": trace.peak_bytes,
        "failed": asdict(trace.failed) if trace.failed else None,
    }
    described = {"schema": "resnet_viz summary", "version": 1, "net": net, "lines": [asdict(line) for line in lines]}
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _lines(trace: Trace, node: Node, level: str, depth: int) -> list[SummaryLine]:
    line = _line(trace, node.id, [node], depth)
    if level == "op":
        inside = [line for child in trace.children_of(node) for line in _lines(trace, child, level, depth + 1)]
    elif isinstance(node, Stage):
        inside = _stage_lines(trace, node, level, depth + 1)
    else:
        inside = []
    return [line, *inside]


def _stage_lines(trace: Trace, stage: Stage, level: str, depth: int) -> list[SummaryLine]:
    """Runs or blocks, and the stage's other children, in execution order."""
    levels = dict.fromkeys((block.id for block in trace.blocks), level)
    parts = [(run.id, list[Node](run.blocks)) for run in fold_stage(trace, stage, levels)]
    parts += [(node.id, [node]) for node in trace.loose_in(stage)]
    return [_line(trace, name, nodes, depth) for name, nodes in sorted(parts, key=lambda part: part[1][0].order)]


def _line(trace: Trace, name: str, nodes: Sequence[Node], depth: int) -> SummaryLine:
    first, last = nodes[0], nodes[-1]
    macs = sum_macs(node.macs for node in nodes)
    return SummaryLine(
        node=name,
        depth=depth,
        kind=first.kind if len(nodes) == 1 else "run",
        what=f"{FAILED.sign} {_describe(first)}" if any(is_failed(trace, node) for node in nodes) else _describe(first),
        count=len(nodes),
        in_shape=trace.in_shape(first),
        out_shape=last.out_shape,
        n_params=sum(node.n_params for node in nodes),
        n_macs=macs.n,
        macs_at_least=macs.at_least,
        act_bytes=sum(node.act_bytes for node in nodes),
        field=field_sizes(last.field),
    )


def _describe(node: Node) -> str:
    if isinstance(node, Stage):
        return f"{stage_names(node)} · {blocks_text(node.n_blocks)}"
    if isinstance(node, Block):
        return f"{node.block_type} · {shortcut_text(node.shortcut)}"
    words = {"input": _("input"), "stem": _("stem"), "head": _("head"), "shortcut": _("shortcut"), "group": _("group")}
    return words.get(node.kind) or (f"{node.op} {layer_text(node)}" if node.op == "conv2d" else str(node.op))


def _indented(line: SummaryLine) -> str:
    times = f" ×{line.count}" if line.count > 1 else ""
    return f"{' ' * line.depth}{line.node}{times}"


def _cells(line: SummaryLine) -> list[str]:
    """Description, shapes, parameters, MACs and receptive field as text."""
    shapes = [format_short_shape(shape) for shape in (line.in_shape, line.out_shape)]
    sides = dict.fromkeys(f"{side:,}" for side in line.field or ())
    macs = Macs(line.n_macs, line.macs_at_least).amount
    return [line.what, " → ".join(dict.fromkeys(shapes)), format_exact(line.n_params), macs, "×".join(sides) or "–"]


def _fitted(cell: str, widths: Sequence[int], column: int) -> str:
    width = widths[column]
    short = cell if len(cell) <= width else f"{cell[: width - 1]}…"
    return short.ljust(width) if column < 3 else short.rjust(width)


def _heading(trace: Trace) -> list[str]:
    shape = "×".join(map(str, trace.input.shape[1:]))
    return [_("{name}, input {shape}").format(name=trace.name, shape=shape)]


def _sums(trace: Trace) -> list[str]:
    n_macs, peak = trace.macs.exact, format_bytes(trace.peak_bytes)
    facts = [
        (_("Parameters"), format_exact(trace.n_params)),
        (_("MACs"), n_macs),
        ("", macs_rule()),
        (_("Activations"), _("{all}, at most {peak} at a time").format(all=format_bytes(trace.act_bytes), peak=peak)),
        (_("Receptive field"), _("{size} after the last stage").format(size=field_text(trace.field))),
    ]
    width = max(len(name) for name, _value in facts)
    return [f"{name.ljust(width)}{_GAP}{value}" for name, value in facts]


def failure_text(trace: Trace) -> list[str]:
    """Returns lines: where the pass ended with an error, the shapes, and what was said; none for one that did not."""
    failed = trace.failed
    if failed is None:
        return []
    place = (
        _("The pass ended after {op}.") if failed.is_after else _("The pass ended at {op}: what follows is not known.")
    )
    shapes = [f"  {line}" for line in failure_lines(trace, trace.nodes[failed.node])]
    return [f"{FAILED.sign} {place.format(op=failed.node)}", *shapes, f"  {failed.message}"]
