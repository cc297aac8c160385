"""The page Compare through Streamlit's AppTest: what it shows, and its figures against the Trace."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import PRESETS, ResNetSpec
from resnet_viz.records.trace import Trace
from resnet_viz.ui.cache.kept import RECORDS
from resnet_viz.ui.compare.nets import W_VARY
from resnet_viz.ui.compare.state import W_SAME
from resnet_viz.ui.compare.strips import W_FOLD, W_LEVEL, W_STRIPS
from resnet_viz.ui.picture.source import W_SOURCE
from resnet_viz.views.address.compare import DEFAULT_NETS, read_compare, write_net, write_nets
from resnet_viz.views.compare import differences
from resnet_viz.views.compare.differences import find_differences
from resnet_viz.views.compare.layers import Difference
from tests.nets import trace_of
from tests.pages import component, errors, open_compare, query, run, tell, warnings


def title(page: AppTest) -> str:
    found: str = page.title[0].value
    return found


def strips(page: AppTest) -> str:
    address: str = component(page, f"mark_{W_STRIPS}")["address"]
    return address


def test_18_beside_152_says_what_the_traces_say() -> None:
    page = open_compare()
    assert title(page) == "ResNet-18 and ResNet-152"
    assert strips(page) == "nets=resnet18~resnet152"
    table = page.dataframe[0].value
    for name, spec in zip(("ResNet-18", "ResNet-152"), DEFAULT_NETS, strict=True):
        trace, own = trace_of(spec), table[table["net"] == name]
        blocks = dict(zip(own["part"], own["n_blocks"], strict=True))
        assert blocks["conv4_x · layer3"] == spec.layers[2]
        assert own["n_params"].iloc[-1] == trace.n_params
        assert own["n_macs"].iloc[-1] == trace.n_macs
    ratios = [trace_of(DEFAULT_NETS[1]).n_params / trace_of(DEFAULT_NETS[0]).n_params]
    assert f"{ratios[0]:.1f} times the parameters" in " ".join(text.value for text in page.markdown)
    assert not errors(page)
    assert not warnings(page)


def test_a_net_is_varied_and_only_what_changed_is_listed() -> None:
    page = open_compare("nets=resnet152~resnet152")
    assert "0 differences" in page.expander[0].label
    key = f"{W_VARY}:1:stride_in:{write_net(PRESETS['resnet152'])}"
    run(page.segmented_control(key=key).set_value("1x1"))
    assert title(page) == "ResNet-152 and ResNet-152 v1"
    assert query(page)["nets"] == "resnet152~net=resnet152&stride_in=1x1"
    assert "6 differences" in page.expander[0].label
    listed = next(text.value for text in page.markdown if "stride 2 instead of 1" in text.value)
    assert listed.count("instead of") == 6
    again = open_compare()
    again.query_params["nets"] = query(page)["nets"]
    assert title(run(again)) == title(page)


def test_a_net_is_made_by_hand() -> None:
    page = open_compare()
    key = f"{W_VARY}:1:layers:resnet152"
    run(page.text_input(key=key).set_value("3, 8, 23, 3"))
    assert title(page) == "ResNet-18 and ResNet-113"
    spec = ResNetSpec("bottleneck", (3, 8, 23, 3))
    table = page.dataframe[0].value
    assert table[table["net"] == "ResNet-113"]["n_params"].iloc[-1] == trace_of(spec).n_params
    key = f"{W_VARY}:1:layers:{write_net(spec)}"
    run(page.text_input(key=key).set_value("2, 2"))
    assert read_compare(query(page))[0].specs[1] == ResNetSpec("bottleneck", (2, 2))
    key = f"{W_VARY}:1:widths:{write_net(ResNetSpec('bottleneck', (2, 2)))}"
    run(page.text_input(key=key).set_value("32, 48"))
    assert read_compare(query(page))[0].specs[1] == ResNetSpec("bottleneck", (2, 2), widths=(32, 48))


def test_blocks_that_cannot_be_read_are_refused_and_nothing_changes() -> None:
    page = open_compare()
    key = f"{W_VARY}:1:layers:resnet152"
    run(page.text_input(key=key).set_value("many"))
    (told,) = errors(page)
    assert "many" in told
    assert title(page) == "ResNet-18 and ResNet-152"
    assert page.text_input(key=key).value == "3, 8, 36, 3"


def test_what_cannot_be_is_refused_and_nothing_changes() -> None:
    page = open_compare("nets=resnet18~resnet50")
    key = f"{W_VARY}:0:stride_in:resnet18"
    run(page.segmented_control(key=key).set_value("1x1"))
    (told,) = errors(page)
    assert "basic block" in told
    assert title(page) == "ResNet-18 and ResNet-50"


def test_nets_are_added_and_left_out() -> None:
    page = open_compare()
    run(page.button(key="compare_add").click())
    assert query(page)["nets"] == "resnet18~resnet152~resnet34"
    run(page.button(key="compare_add").click())
    assert not [button for button in page.button if button.key == "compare_add"]
    run(page.button(key="out:1").click())
    assert query(page)["nets"] == "resnet18~resnet34~resnet50"


def test_the_link_keeps_the_same_picture_and_tells_of_weights_that_are_not_here() -> None:
    page = open_compare("nets=resnet18~resnet34&same=1&weights=IMAGENET1K_V1~random")
    assert page.toggle(key=W_SAME).value
    assert "IMAGENET1K_V1, are not on this machine" in " ".join(text.value for text in page.caption)
    run(page.toggle(key=W_SAME).set_value(False))
    assert "same" not in query(page)
    assert query(page)["weights"] == "IMAGENET1K_V1~random"


def test_without_a_picture_no_net_is_run() -> None:
    page = open_compare("nets=cifar20~cifar32&same=1")
    assert any("probability" in frame.value for frame in page.dataframe)
    run(page.segmented_control(key=W_SOURCE).set_value("upload"))
    assert not any("probability" in frame.value for frame in page.dataframe)
    assert not errors(page)


def test_a_net_of_one_channel_runs_on_the_pictures_grey() -> None:
    grey = replace(PRESETS["cifar20"], in_channels=1)
    page = open_compare(urlencode({"nets": write_nets((PRESETS["cifar20"], grey)), "same": "1"}))
    assert errors(page) == []
    assert page.dataframe


def test_of_many_differences_the_first_are_listed_and_the_others_counted() -> None:
    one = ResNetSpec("bottleneck", (2,) * 6)
    other = replace(
        one,
        layers=(3,) * 6,
        widths=(32, 96, 160, 384, 512, 96),
        groups=32,
        norm="group",
        num_classes=7,
        in_channels=1,
        squeeze_excitation=True,
        stride_in="1x1",
        shortcut="C",
        average_shortcut=True,
    )
    n = len(find_differences(trace_of(one), trace_of(other)))
    page = open_compare(urlencode({"nets": write_nets((one, other))}))
    assert f"{n} differences" in page.expander[0].label
    listed = next(text.value.split("\n") for text in page.markdown if text.value.startswith("- "))
    assert listed[60:] == [f"- … {n - 60}"]


def test_all_strips_open_together_and_fold_together() -> None:
    page = open_compare("nets=resnet50~resnet152&blocks=layer3&node=B/layer3.5")
    assert strips(page) == "nets=resnet50~resnet152&blocks=layer3"
    assert component(page, f"mark_{W_STRIPS}")["selected"] == "B/layer3.5"
    run(page.segmented_control(key=W_LEVEL).set_value("block"))
    assert query(page)["level"] == "block"
    run(page.button(key=W_FOLD).click())
    assert strips(page) == "nets=resnet50~resnet152"
    assert page.segmented_control(key=W_LEVEL).value == "folded"


def test_a_part_is_opened_chosen_and_shaded_in_the_drawing_of_all() -> None:
    page = open_compare("nets=resnet50~resnet152")
    page = tell(page, W_STRIPS, "shown", {"id": "B/layer3", "level": "block", "turn": 1})
    assert strips(page) == "nets=resnet50~resnet152&blocks=layer3"
    page = tell(page, W_STRIPS, "selected", {"id": "B/layer3.5", "turn": 2})
    page = tell(page, W_STRIPS, "shaded", {"metric": "macs", "turn": 3})
    mark = component(page, f"mark_{W_STRIPS}")
    assert (mark["selected"], mark["shade"], mark["turn"]) == ("B/layer3.5", "macs", 3)


@pytest.mark.parametrize(
    ("event", "value"),
    [
        ("selected", {"id": "C/layer3", "turn": 1}),
        ("shaded", {"metric": "beauty", "turn": 1}),
        ("shown", {"id": "B/layer9", "level": "op", "turn": 1}),
        ("revealed", {"id": 7, "turn": 1}),
        ("selected", "nonsense"),
    ],
)
def test_a_message_that_no_drawing_sends_changes_nothing(event: str, value: object) -> None:
    page = open_compare("nets=resnet50~resnet152&node=B/layer3")
    before = query(page)
    assert query(tell(page, W_STRIPS, event, value)) == before
    assert not errors(page)


def test_a_node_that_no_net_has_is_not_chosen() -> None:
    page = open_compare("node=C/layer3")
    assert component(page, f"mark_{W_STRIPS}")["selected"] is None
    assert not errors(page)


def test_what_is_too_large_to_draw_is_told_and_the_rest_is_there() -> None:
    page = open_compare("nets=resnet152~resnet101~resnet152~resnet101&level=op")
    (told,) = warnings(page)
    assert "boxes together" in told
    assert len(page.dataframe) >= 1


def test_differences_are_searched_once_and_not_at_every_rerun(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing and the list of differences share them."""
    searched = []

    def count(before: Trace, after: Trace) -> tuple[Difference, ...]:
        searched.append((before.name, after.name))
        return find_differences(before, after)

    RECORDS.clear()
    monkeypatch.setattr(differences, "find_differences", count)
    page = open_compare("nets=cifar20~cifar32~cifar44")
    assert sum("difference" in place.label for place in page.expander) == 2
    run(page.button_group(key=W_LEVEL).set_value("block"))
    run(page)
    assert searched == [("ResNet-20 (CIFAR)", "ResNet-32 (CIFAR)"), ("ResNet-20 (CIFAR)", "ResNet-44 (CIFAR)")]
