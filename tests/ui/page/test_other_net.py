"""Nets of a library by name and of a Trace file, on Explore and on Compare."""

from collections import OrderedDict
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest
from torch import nn

from resnet_viz.errors import TraceError
from resnet_viz.model.trace.plan import trace_model
from resnet_viz.trace_files.write import write_trace
from resnet_viz.ui.explore.net import OTHER_OPEN
from resnet_viz.ui.page.other_net import W_NAME, W_TRACE
from tests.nets import trace_of
from tests.pages import errors, maps, open_compare, open_learn, open_page, open_walk, query, run, warnings

TIMM = "net=timm:resnet18&input_size=64x64"


def title(page: AppTest) -> str:
    return str(page.title[0].value)


def send(page: AppTest, data: bytes, which: str = "") -> None:
    run(page.file_uploader(key=W_TRACE + which).set_value(("mine.trace.json", data, "application/json")))


def test_a_net_of_a_library_is_shown_by_its_name() -> None:
    page = open_page(chosen={OTHER_OPEN: True})
    run(page.text_input(key=W_NAME).set_value("timm:resnet18"))
    assert query(page) == {"net": "timm:resnet18"}
    assert title(page) == r"timm\:resnet18"
    assert {metric.label: metric.value for metric in page.metric}["Parameters"] == "11.7 M"
    assert maps(page) == "conv1"
    assert any("timm.create_model" in code.value for code in page.code)
    run(page.text_input(key=W_NAME).set_value("resnet34"))
    assert query(page) == {"net": "resnet34"}


def test_an_unknown_name_is_answered_with_those_that_exist() -> None:
    page = open_page(chosen={OTHER_OPEN: True})
    run(page.text_input(key=W_NAME).set_value("timm:resnet26dd"))
    assert "resnet26d" in errors(page)[0]
    run(page.text_input(key=W_NAME).set_value("resnet26"))
    assert r"layers=2,2,2,2" in errors(page)[0]
    assert (query(page), title(page)) == ({}, "ResNet-18")


def test_a_trace_file_is_opened_and_its_link_restores_it() -> None:
    page = open_page(chosen={OTHER_OPEN: True})
    send(page, write_trace(trace_of("cifar20")))
    link = query(page)
    assert link["net"].startswith("file:")
    assert title(page) == trace_of("cifar20").name
    again = open_page(f"net={link['net']}&node=layer2.0")
    assert title(again) == trace_of("cifar20").name
    assert any("layer2.0" in str(box.value) for box in again.selectbox)
    assert "nets that are built here" in again.info[0].value
    assert "A Trace file does not hold the code" in " ".join(text.value for text in again.caption)


def test_a_file_that_is_none_is_refused_and_the_net_stays() -> None:
    page = open_page(chosen={OTHER_OPEN: True})
    send(page, b"<!doctype html>")
    assert len(errors(page)) == 1
    assert title(page) == "ResNet-18"


def test_a_link_whose_file_is_gone_asks_for_it() -> None:
    page = open_page(f"net=file:{'0' * 32}&node=layer1")
    assert errors(page) == [
        "This link is of a Trace file, and the file is not here (any more): open it again, under Other net."
    ]
    send(page, write_trace(trace_of("resnet18")))
    assert title(page) == "ResNet-18"


def test_other_nets_are_compared() -> None:
    page = open_compare(f"nets={TIMM}~resnet18")
    assert title(page) == r"timm\:resnet18 and ResNet-18"
    send(page, write_trace(trace_of("cifar20")), ":1")
    assert title(page) == rf"timm\:resnet18 and {trace_of('cifar20').name}"
    assert "not all of these do" in " ".join(text.value for text in page.caption)
    assert query(page)["nets"].split("~")[1].startswith("file:")


@pytest.mark.parametrize("open_one", [open_learn, open_walk], ids=["learn", "walk"])
def test_pages_of_settings_say_so(open_one: Callable[[str], AppTest]) -> None:
    page = open_one("nets=timm:resnet18~resnet18&net=timm:resnet18")
    assert "Explore and Compare alone" in warnings(page)[0]


def test_a_pass_that_failed_says_where_and_why() -> None:
    net = nn.Sequential(OrderedDict(first=nn.Conv2d(3, 8, 3), second=nn.Conv2d(4, 8, 3)))
    with pytest.raises(TraceError) as refusal:
        trace_model(net, (1, 3, 32, 32))
    assert refusal.value.partial is not None
    page = open_page(chosen={OTHER_OPEN: True})
    send(page, write_trace(refusal.value.partial))
    (told,) = errors(page)
    assert "The pass ended at second" in told
    assert "got 1×8×30×30" in told
    assert "needs ?×4×?×?" in told
    facts = page.table[0].value.to_string()
    assert "3×32×32 → ✗" in facts
    assert "**" not in facts


def test_a_net_of_a_library_gets_the_same_picture_as_ours() -> None:
    page = open_compare(f"nets={TIMM}~resnet18&same=1")
    assert [box.label for box in page.selectbox if box.label.startswith("Weights of")] == [
        "Weights of timm:resnet18",
        "Weights of ResNet-18",
    ]
    assert len(page.dataframe) > 1
    assert not errors(page)
