"""A process of the engine, started by `resnet_viz.workers.host`.

The first line of its input says what it is, and where to report: JSON, so that no key stands in a command line.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from resnet_viz.engine.roles import run
from resnet_viz.engine.worker import Engine


def main() -> None:
    """Serves until the pipe ends."""
    run(json.loads(sys.stdin.readline()), load)


def load() -> Engine[Any]:
    """Imports torch and the model, and draws a net: what is imported and cached at the first, all workers share."""
    from resnet_viz.engine.carry_out import carry_out
    from resnet_viz.engine.desk import Desk
    from resnet_viz.model.trace.plan import trace_spec
    from resnet_viz.spec.resnet import PRESETS
    from resnet_viz.views.graph.draw import draw_graph
    from resnet_viz.views.graph.render import render_graph

    render_graph(draw_graph(trace_spec(PRESETS["resnet18"])))
    return Engine(_set_up, Desk, carry_out)


def _set_up() -> None:
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


if __name__ == "__main__":
    main()
