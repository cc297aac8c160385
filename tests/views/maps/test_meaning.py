"""What the maps of a node show, told by the op that computes them."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_viz.views.maps.levels import Scaling, find_scales
from resnet_viz.views.maps.meaning import explain_maps
from tests.nets import trace_of


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ("input", "colour channel of the input"),
        ("conv1", "one filter responds at each place, before any normalisation"),
        ("bn1", "shifted and scaled by the batch norm"),
        ("relu", "everything negative 0"),
        ("maxpool", "the greatest value of each window"),
        ("layer1.0", "F(x) plus the shortcut, after the ReLU"),
        ("layer1.0.add", "F(x) plus the shortcut, place by place, before the ReLU"),
        ("layer2.0.downsample", "one channel of the output of layer2.0.downsample."),
        ("layer3", "after its last ReLU"),
        ("avgpool", "the mean of a whole map as one number"),
        ("flatten", "has no places any more"),
        ("fc", "the score of one class"),
        ("head", "the score of one class"),
    ],
)
def test_each_kind_of_op_has_its_own_sentence(node: str, words: str) -> None:
    trace = trace_of("resnet18")
    said = explain_maps(trace, trace.nodes[node])
    assert words in said
    assert "random" not in said
    assert explain_maps(trace, trace.nodes[node], is_random=True).startswith(f"{said} The weights are random:")


def test_the_darkest_colour_of_maps_without_negative_values_is_zero_where_it_is_wanted() -> None:
    maps = np.array([[[1, 3]], [[0, 2]]], np.float32)
    assert find_scales(maps, Scaling(is_from_zero=True)).low.tolist() == [0, 0]
    assert find_scales(maps, Scaling()).low.tolist() == [1, 0]
    assert find_scales(maps - 2, Scaling(is_from_zero=True)).low.tolist() == [-1, -2]
