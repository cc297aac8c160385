"""An id in a drawing of several nets says whose it is, whatever the node is called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.views.parts.ids import join_id, split_id


def test_an_id_says_whose_it_is() -> None:
    assert [join_id(net, "layer3.1..35") for net in range(4)] == [f"{letter}/layer3.1..35" for letter in "ABCD"]
    assert split_id("B/layer3") == (1, "layer3")
    for text in ("", "B", "B.layer3", "E/layer3", "/layer3", "layer3", "AB/layer3", "b/x"):
        assert split_id(text) is None


@given(net=st.integers(0, 3), node_id=st.text())
def test_an_id_comes_back_whatever_it_holds(net: int, node_id: str) -> None:
    assert split_id(join_id(net, node_id)) == (net, node_id)
