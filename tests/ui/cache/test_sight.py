"""What a session looks at, as the browser asks for it: tiles by address, outside of any run of the script."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import build_model, capture
from resnet_viz.errors import DrawError, ResnetVizError
from resnet_viz.pictures.samples import sample_image
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.ui.cache import sight
from resnet_viz.ui.cache.sight import SIGHT
from resnet_viz.ui.explore.ways.channels import W_TILES
from resnet_viz.ui.picture.source import W_SAMPLE
from resnet_viz.ui.routes import find_tiles
from resnet_viz.views.maps.channels import ORDERS, PAGE_SIZES, channel_stats
from resnet_viz.views.maps.colours import SEQUENTIAL, Colours
from resnet_viz.views.maps.layout import Layout, read_layout, write_layout
from resnet_viz.views.maps.levels import CLIPS, SCOPES, Scaling
from tests.pages import component, errors, open_page, query, run, tiles

SMALL = "block=basic&layers=1,1,1,1"
SPEC = ResNetSpec("basic", (1, 1, 1, 1))

layouts = st.builds(
    Layout,
    order=st.sampled_from(ORDERS),
    size=st.sampled_from(PAGE_SIZES),
    only=st.text(max_size=20),
    at=st.integers(0, 999),
    scaling=st.builds(Scaling, is_from_zero=st.just(True), scope=st.sampled_from(SCOPES), clip=st.sampled_from(CLIPS)),
    colours=st.builds(Colours, sequential=st.sampled_from(SEQUENTIAL), is_dark=st.booleans()),
)


@given(layouts)
def test_a_layout_comes_back_from_its_address(layout: Layout) -> None:
    assert read_layout(write_layout(layout)) == layout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("order", "size"),
        ("size", "17"),
        ("size", "-16"),
        ("at", "x"),
        ("at", "9" * 12),
        ("clip", "50"),
        ("scope", "no"),
        ("colours", "Jet"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(key: str, value: str) -> None:
    with pytest.raises(DrawError):
        read_layout({key: value})


def test_pages_go_through_an_order() -> None:
    maps = np.arange(40, dtype=np.float32).reshape(40, 1, 1)
    stats = channel_stats(maps)
    assert Layout("index", 16, at=1).page_of(stats).channels == tuple(range(16, 32))
    assert Layout("max", 16).page_of(stats).channels == tuple(range(39, 23, -1))
    assert Layout("index", 16, only="3, 7-8", at=5).page_of(stats).channels == (3, 7, 8)
    assert [Layout("max", 16).find_page(stats, channel) for channel in (39, 24, 23, 7, 0, 40, None)] == [
        0, 0, 1, 2, 2, 0, 0,
    ]  # fmt: skip
    with pytest.raises(DrawError, match="channels 0 to 39"):
        Layout(only="40").page_of(stats)


def test_the_browser_gets_the_channels_of_any_node_before_the_script_knows() -> None:
    page = open_page(SMALL)
    model = build_model(SPEC, seed=0)
    for node in ("layer1.0.conv2", "layer4", "fc"):
        got = tiles(page, node=node, order="index", at="1", size="16")
        (maps,) = capture(model, sample_image("cat"), [node]).values()
        assert (got["name"], got["channels"]) == (node, list(range(16, 32)))
        assert [figures["mean"] for figures in got["figures"]] == pytest.approx(
            [float(maps[channel].mean(dtype=np.float64)) for channel in range(16, 32)]
        )
        assert got["facts"].startswith(f"{len(maps):,} channels.")
    assert tiles(page)["name"] == "conv1"


def test_nobody_else_is_answered() -> None:
    page = open_page(SMALL)
    own = page.session_state[SIGHT].token
    other = open_page(f"{SMALL}&node=layer1").session_state[SIGHT].token
    assert own != other
    for changes in ({"sight": "guessed"}, {"sight": ""}, {"scene": "another"}, {"node": "<b>"}, {"only": "64"}):
        with pytest.raises(ResnetVizError) as caught:
            tiles(page, **changes)
        assert own not in str(caught.value)


def test_before_the_first_picture_there_is_nothing_to_ask_for() -> None:
    new = sight.Sight()
    for ask in (lambda: new.find("conv1"), lambda: new.address("conv1", Layout()), lambda: new.answer({})):
        with pytest.raises(DrawError, match="Choose one first"):
            ask()


def test_another_picture_is_another_scene() -> None:
    page = open_page(SMALL)
    before = component(page, W_TILES)["address"]
    run(page.selectbox(key=W_SAMPLE).set_value("rocket"))
    assert component(page, W_TILES)["address"] != before
    with pytest.raises(ResnetVizError, match="by now"):
        find_tiles(dict(pair.split("=") for pair in before.split("&")))


def test_it_dies_with_its_session() -> None:
    token = sight.Sight().token
    gc.collect()
    with pytest.raises(ResnetVizError, match="over"):
        sight.find_sight(token)


def test_the_channel_that_is_large_is_in_the_address() -> None:
    page = open_page(f"{SMALL}&channel=5")
    assert component(page, W_TILES)["chosen"] == 5
    assert query(page)["channel"] == "5"
    far = open_page(f"{SMALL}&node=layer4&channel=5")
    assert 5 in tiles(far)["channels"]
    wrong = open_page(f"{SMALL}&channel=five")
    assert component(wrong, W_TILES)["chosen"] is None
    assert not errors(wrong)
    assert "a number is expected" in " ".join(warning.value for warning in wrong.warning)
