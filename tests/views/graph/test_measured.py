"""Measured amounts of a drawing's boxes: groups and runs together have what their ops have."""

from math import hypot

import pytest

from resnet_viz.views.graph.measured import box_norms
from resnet_viz.views.parts.detail import Detail
from tests.nets import trace_of


def test_each_group_and_run_has_the_norm_over_all_that_is_in_it() -> None:
    trace = trace_of("net=resnet34")
    convs = [op for op in trace.ops if op.op == "conv2d"]
    found = box_norms(trace, Detail(), [(conv.id, float(at + 1)) for at, conv in enumerate(convs)])
    by_id = {conv.id: at + 1 for at, conv in enumerate(convs)}
    assert found["conv1"] == by_id["conv1"] == 1
    for stage in (1, 2, 3, 4):
        inside = [at for node, at in by_id.items() if node.startswith(f"layer{stage}.")]
        assert found[f"layer{stage}"] == pytest.approx(hypot(*inside))
    assert found["layer3.1..5"] == pytest.approx(
        hypot(*(at for node, at in by_id.items() if node.startswith("layer3.") and not node.startswith("layer3.0.")))
    )
    assert "maxpool" not in found
