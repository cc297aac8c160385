"""What cannot be seen, in sentences: the net for whoever cannot see the drawing, and the figures of feature maps."""

from __future__ import annotations

from resnet_viz.i18n import _, n_
from resnet_viz.records import Stage, Trace
from resnet_viz.units import format_exact, format_shape, format_share
from resnet_viz.views.channels import NodeStats
from resnet_viz.views.fold import fold_stage
from resnet_viz.views.labels import shortcut_text, stage_title


def describe_net(trace: Trace) -> str:
    """Name, input, each stage with its runs and shortcuts, and the output."""
    stages = "; ".join(f"{stage_title(stage)}: {_runs_text(trace, stage)}" for stage in trace.stages)
    return _("{name}. Input {input}. {stages}. Output {output}.").format(
        name=trace.name,
        input=format_shape(trace.input.shape),
        stages=stages,
        output=format_shape(trace.ops[-1].out_shape),
    )


def _runs_text(trace: Trace, stage: Stage) -> str:
    return ", ".join(f"{len(run.blocks)} × {shortcut_text(run.first.shortcut)}" for run in fold_stage(trace, stage))


def describe_maps(stats: NodeStats) -> str:
    """How many channels a node has, between what their values lie, and how many say nothing."""
    words = [
        n_("{n} channel.", "{n} channels.", stats.n_channels).format(n=format_exact(stats.n_channels)),
        _("Values from {low} to {high}, on average {mean}.").format(
            low=f"{stats.min:.3g}", high=f"{stats.max:.3g}", mean=f"{stats.mean:.3g}"
        ),
        _("{share} are exactly 0.").format(share=format_share(round(stats.zeros * stats.n_values), stats.n_values)),
    ]
    # A channel of one cell is the same everywhere, and never dead.
    if stats.n_values > stats.n_channels:
        words.append(
            n_("{n} channel is the same everywhere.", "{n} channels are the same everywhere.", stats.n_dead).format(
                n=format_exact(stats.n_dead)
            )
        )
    if stats.n_bad:
        words.append(_("{n} values are no finite numbers.").format(n=format_exact(stats.n_bad)))
    return " ".join(words)
