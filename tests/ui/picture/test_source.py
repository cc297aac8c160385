"""Where the picture comes from: what is drawn by hand becomes one like any other."""

from __future__ import annotations

from base64 import b64encode

from streamlit.testing.v1 import AppTest

from resnet_viz.ui.picture.source import W_DRAW, W_SOURCE
from tests.pages import SMALL, badges, component, errors, maps, open_page, pictures, run, tell


def file(level: int) -> str:
    return b64encode(b"P5 64 64 255\n" + bytes([level] * 64**2)).decode()


def choose(page: AppTest, source: str) -> AppTest:
    return run(page.segmented_control(key=W_SOURCE).set_value(source))


def known(page: AppTest) -> tuple[object, object]:
    data = component(page, W_DRAW)
    return data["turn"], data["picture"]


def test_a_drawing_is_a_picture_and_is_kept_while_another_is_shown() -> None:
    page = choose(open_page(SMALL), "draw")
    assert (known(page), maps(page), errors(page)) == ((0, None), None, [])
    assert any("Choose a picture" in info.value for info in page.info)
    page = tell(page, W_DRAW, "drawn", {"number": 1, "picture": file(255)})
    assert (known(page), maps(page)) == ((1, file(255)), "conv1")
    assert pictures(page)[0] == "The part that the net sees"
    assert any("64×64 pixels" in caption.value for caption in page.caption)
    # White in each channel, as ImageNet's mean and deviation make it: (1 - 0.485) / 0.229 and the like.
    assert "to 2.64" in badges(page)
    for wrong in ({"number": 2, "picture": file(9)[:-8]}, {"number": "2", "picture": None}, "drawn"):
        page = tell(page, W_DRAW, "drawn", wrong)
        assert (known(page), maps(page), errors(page)) == ((1, file(255)), "conv1", [])
    page = choose(choose(page, "camera"), "draw")
    assert (known(page), maps(page)) == ((1, file(255)), "conv1")
    page = tell(page, W_DRAW, "drawn", {"number": 2, "picture": None})
    assert (known(page), maps(page)) == ((2, None), None)


def test_a_new_session_begins_with_an_empty_pad() -> None:
    page = tell(choose(open_page(SMALL), "draw"), W_DRAW, "drawn", {"number": 1, "picture": file(99)})
    other = choose(open_page(SMALL), "draw")
    assert known(other) == (0, None)
    assert component(page, W_DRAW)["session"] != component(other, W_DRAW)["session"]
