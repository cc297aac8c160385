"""Corresponding places: ends of stages, and blocks at the same share of depth."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz import trace_model
from resnet_viz.errors import DrawError
from resnet_viz.views.compare.places import depth_places, stage_places
from tests.nets import SHAPE, Net, conv, scaled_sum, trace_of


def test_ends_of_stages_stand_beside_each_other_and_a_missing_stage_is_none() -> None:
    traces = [trace_of("resnet18"), trace_of("resnet152"), trace_of("cifar20")]
    rows = stage_places(traces)
    assert [row.title for row in rows] == ["Stem", *(f"End of stage {n}" for n in range(1, 5))]
    nodes = [[place and place.node for place in row.places] for row in rows]
    assert nodes == [
        ["stem", "stem", "stem"],
        ["layer1.1", "layer1.2", "layer1.2"],
        ["layer2.1", "layer2.7", "layer2.2"],
        ["layer3.1", "layer3.35", "layer3.2"],
        ["layer4.1", "layer4.2", None],
    ]
    end = rows[3].places[1]
    assert end is not None
    assert (end.title, end.shape, end.at, end.n_blocks) == ("conv4_x · layer3 · block 36 of 36", "1024×14²", 47, 50)
    for row in rows[1:]:
        for trace, place in zip(traces, row.places, strict=True):
            if place:
                stage = trace.nodes[trace.nodes[place.node].parent or ""]
                assert trace.last_op(stage) is trace.last_op(trace.nodes[place.node])


@given(st.integers(0, 100))
def test_a_share_of_depth_is_the_nearest_block(percent: int) -> None:
    traces = [trace_of("resnet18"), trace_of("resnet152"), trace_of("cifar20")]
    for trace, place in zip(traces, depth_places(traces, percent).places, strict=True):
        assert place is not None
        blocks = [block.id for block in trace.blocks]
        wanted = Fraction(percent, 100) * (len(blocks) - 1)
        distances = [abs(at - wanted) for at in range(len(blocks))]
        assert distances[blocks.index(place.node)] == min(distances)
        assert place.at == blocks.index(place.node) + 1


def test_the_ends_of_the_slider_are_the_first_and_the_last_block() -> None:
    traces = [trace_of("resnet18"), trace_of("resnet152")]
    assert [place and place.node for place in depth_places(traces, 0).places] == ["layer1.0", "layer1.0"]
    assert [place and place.node for place in depth_places(traces, 100).places] == ["layer4.1", "layer4.2"]


def test_what_is_no_place_is_refused() -> None:
    with pytest.raises(DrawError, match="from 0 to 100"):
        depth_places([trace_of("resnet18")], 101)
    with pytest.raises(DrawError, match="no blocks"):
        depth_places([trace_model(nn.Sequential(nn.Conv2d(3, 4, 3)), (1, 3, 8, 8))], 50)
    assert stage_places([]) == ()


def test_a_net_without_a_stem_has_no_place_there() -> None:
    layers = nn.Sequential(Net(scaled_sum, conv1=conv(3, 3)))
    bare = trace_model(Net(lambda net, x: net.layer1(x), layer1=layers), SHAPE)
    assert bare.stem is None
    stem, stage = stage_places([trace_of("cifar20"), bare])[:2]
    assert [place and place.node for place in stem.places] == ["stem", None]
    assert [place and place.node for place in stage.places] == ["layer1.2", "layer1.0"]
