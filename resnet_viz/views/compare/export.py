"""Export of the drawing of several nets: the formats and options of one net's (`views/export`).

JSON schema, version 1: `schema` ("resnet_viz comparison") and `version`; `nets`, each as `views/export/as_json.py`
describes it; `differences`, by the ids of the comparison (`b.layer1.0`): `changed`, `added` or `removed`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from graphviz import Digraph

from resnet_viz.i18n import _
from resnet_viz.records.trace import Trace
from resnet_viz.views.compare.drawing import draw_comparison
from resnet_viz.views.export.as_json import describe_drawing
from resnet_viz.views.export.drawing import Subject, export_subject, make_key, name_file, net_names
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.graph.draw import draw_graph
from resnet_viz.views.graph.plan import DrawingPlan
from resnet_viz.views.parts.detail import Detail

SCHEMA, VERSION = "resnet_viz comparison", 1


@dataclass(frozen=True, slots=True)
class Compared:
    """Nets, how far each is open, and the marks of their differences, as `draw_comparison` takes them."""

    traces: tuple[Trace, ...]
    details: tuple[Detail, ...]
    marks: Mapping[str, str]


def export_comparison(compared: Compared, options: ExportOptions) -> bytes:
    """Returns the drawing of several nets as the bytes of a file. Raises DrawError."""
    if options.format != "json":
        return export_subject(comparison_subject(compared, options), options)
    nets = [
        describe_drawing(trace, draw_graph(trace, detail), detail)
        for trace, detail in zip(compared.traces, compared.details, strict=True)
    ]
    described = {"schema": SCHEMA, "version": VERSION, "nets": nets, "differences": dict(compared.marks)}
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def comparison_subject(compared: Compared, options: ExportOptions) -> Subject:
    """Returns what `export_comparison` exports; for a width its strips are cut into rows, all at the same places."""

    def draw(width: float | None) -> Digraph:
        return draw_comparison(
            compared.traces, compared.details, theme=options.palette, shade=options.shade, marks=compared.marks
        )

    plans = [
        DrawingPlan(trace, detail, is_strip=True, shade=options.shade)
        for trace, detail in zip(compared.traces, compared.details, strict=True)
    ]
    n_stages = max(len(trace.stages) for trace in compared.traces)
    title = _("{nets}, {level}").format(
        nets=" · ".join(trace.name for trace in compared.traces), level=compared.details[0].level
    )
    return Subject(draw, title, make_key(options, n_stages, max(plan.most for plan in plans)), is_cut=True)


def name_comparison(compared: Compared, options: ExportOptions) -> str:
    """Returns a portable file name: `resnet18-resnet152-folded.svg`."""
    marks = [compared.details[0].level, *(["opened"] if any(detail.parts for detail in compared.details) else [])]
    return name_file(net_names(compared.traces), marks, options)
