"""The filmstrip: which frames there are, in which order, and that each shows its strongest channels."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from resnet_viz import PRESETS, build_model, capture
from resnet_viz.errors import DrawError
from resnet_viz.records.trace import Trace
from resnet_viz.views.maps.channels import Maps
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.filmstrip import film_nodes, make_filmstrip
from tests.nets import trace_of


def fake_maps(trace: Trace) -> dict[str, Maps]:
    """Small maps for each node of the strip, each channel stronger than the one before it."""
    rng = np.random.default_rng(0)
    maps: dict[str, Maps] = {}
    for node_id in film_nodes(trace):
        n = trace.last_op(trace.nodes[node_id]).out_shape[1]
        shape = (n,) if node_id == "head" else (n, 7, 7)
        values = rng.random(shape).astype(np.float32)
        maps[node_id] = values if node_id == "head" else values + np.arange(n, dtype=np.float32)[:, None, None]
    return maps


def pixels(png: bytes) -> tuple[Maps, Maps]:
    with Image.open(BytesIO(png)) as picture:
        return np.asarray(picture), np.asarray(picture.convert("RGB"))


def test_resnet152_has_a_row_per_stage_and_a_frame_per_block() -> None:
    trace = trace_of("resnet152")
    strip = make_filmstrip(trace, fake_maps(trace))
    assert [(row.node, row.kind, len(row.frames)) for row in strip.rows] == [
        ("stem", "stem", 1),
        ("layer1", "stage", 3),
        ("layer2", "stage", 8),
        ("layer3", "stage", 36),
        ("layer4", "stage", 3),
        ("head", "head", 1),
    ]
    assert [row.title.split(" ")[0] for row in strip.rows[1:-1]] == ["conv2_x", "conv3_x", "conv4_x", "conv5_x"]
    assert [frame.node for frame in strip.frames] == ["stem", *(block.id for block in trace.blocks), "head"]
    assert strip.picture is None


def test_a_frame_shows_the_strongest_channels_each_on_its_own_scale() -> None:
    trace = trace_of("resnet18")
    maps = fake_maps(trace)
    strip = make_filmstrip(trace, maps, per_block=3)
    frame = next(frame for frame in strip.frames if frame.node == "layer3.1")
    assert frame.channels == (255, 254, 253)
    assert (frame.shape, frame.n_columns) == ("256×7×7", 2)
    levels, _colours = pixels(frame.png)
    assert levels.shape == (2 * 58 + 2, 2 * 58 + 2)
    for place, channel in enumerate(frame.channels):
        top, left = 2 + place // 2 * 58, 2 + place % 2 * 58
        tile = levels[top : top + 56 : 8, left : left + 56 : 8]
        values = maps["layer3.1"][channel].astype(np.float64)
        wanted = (values - values.min()) / np.ptp(values) * 254
        assert np.abs(tile - wanted).max() <= 0.52
    assert (levels[60:, 60:] == 255).all()  # the place of a fourth


def test_the_head_is_bars_with_its_greatest_values() -> None:
    trace = trace_of("resnet18")
    maps = fake_maps(trace)
    maps["head"][:3] = [5, np.nan, 7]
    row = make_filmstrip(trace, maps).rows[-1]
    assert [bar.index for bar in row.bars[:2]] == [2, 0]
    assert [bar.value for bar in row.bars] == sorted((bar.value for bar in row.bars), reverse=True)
    assert len(row.bars) == 10
    levels, _colours = pixels(row.frames[0].png)
    middle = levels[levels.shape[0] // 2]
    assert (middle[2:-2] == 255).sum() == 1  # 1000 values are 333 bars of a pixel, and one of them has no mean


def test_what_was_not_captured_is_left_out() -> None:
    trace = trace_of("resnet18")
    maps = {node_id: values for node_id, values in fake_maps(trace).items() if node_id in ("layer2.0", "layer4.1")}
    strip = make_filmstrip(trace, maps)
    assert [(row.node, [frame.node for frame in row.frames]) for row in strip.rows] == [
        ("layer2", ["layer2.0"]),
        ("layer4", ["layer4.1"]),
    ]
    with pytest.raises(DrawError, match="at least 1"):
        make_filmstrip(trace, maps, per_block=0)


def test_a_real_net_s_strip_comes_from_one_capture_and_the_theme_is_its_background() -> None:
    spec = PRESETS["resnet18"]
    trace = trace_of(spec)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (80, 64, 3), np.uint8))
    maps = capture(build_model(spec), picture, film_nodes(trace))
    strip = make_filmstrip(trace, maps, picture, colours=Colours(is_dark=True))
    assert strip.picture is not None
    assert (pixels(strip.picture)[0] == np.asarray(picture)).all()
    assert [frame.shape for frame in strip.frames] == [
        *("64×56×56", "64×56×56", "64×56×56", "128×28×28", "128×28×28"),
        *("256×14×14", "256×14×14", "512×7×7", "512×7×7", "1000"),
    ]
    for frame in strip.frames[1:-1]:
        norms = np.abs(maps[frame.node]).mean(axis=(1, 2), dtype=np.float64)
        assert frame.channels == tuple(np.argsort(-norms)[:4])
        levels, colours = pixels(frame.png)
        assert levels.shape == (118, 118)
        assert colours[0, 0].tolist() == [21, 26, 34]
    assert max(bar.value for bar in strip.rows[-1].bars) == maps["head"].max()
