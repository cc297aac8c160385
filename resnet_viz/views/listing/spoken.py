"""The network as sentences: alternative text of the drawing for screen readers."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Stage, Trace
from resnet_viz.units import format_shape
from resnet_viz.views.parts.runs import fold_stage
from resnet_viz.views.parts.words import shortcut_text, stage_title


def describe_net(trace: Trace) -> str:
    """Returns name, input, each stage with its runs and shortcuts, and output."""
    stages = "; ".join(f"{stage_title(stage)}: {_runs_text(trace, stage)}" for stage in trace.stages)
    return _("{name}. Input {input}. {stages}. Output {output}.").format(
        name=trace.name,
        input=format_shape(trace.input.shape),
        stages=stages,
        output=format_shape(trace.ops[-1].out_shape),
    )


def _runs_text(trace: Trace, stage: Stage) -> str:
    return ", ".join(f"{len(run.blocks)} × {shortcut_text(run.first.shortcut)}" for run in fold_stage(trace, stage))
