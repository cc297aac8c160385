"""What the reader chose for all pages, in the address: the language and the projector mode, through AppTest."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz import i18n
from resnet_viz.errors import ResnetVizError
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.explore.net import W_CUSTOMISE
from resnet_viz.ui.explore.state import W_LAYERS, W_PRESET
from resnet_viz.ui.explore.ways.channels import W_ORDER
from resnet_viz.ui.page.download import make_later
from resnet_viz.ui.page.reader import LANGUAGE, PROJECTOR
from resnet_viz.ui.picture.source import W_SAMPLE
from resnet_viz.ui.projector import W_LEAVE
from resnet_viz.ui.routes import find_drawing
from resnet_viz.ui.switches import W_LANGUAGE, W_PROJECTOR
from resnet_viz.views.charts.axes import enlarge_chart
from resnet_viz.views.charts.curves import chart_along
from resnet_viz.views.charts.maps import chart_values
from resnet_viz.views.export.drawing import export_graph
from resnet_viz.views.export.options import ExportOptions
from resnet_viz.views.parts.detail import Detail
from tests.pages import errors, open_page, query, run, warnings


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def switch(page: AppTest, language: str) -> AppTest:
    return run(page.button_group(key=W_LANGUAGE).set_value(language))


def labels(page: AppTest) -> list[str]:
    return [metric.label for metric in page.metric]


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The language of this thread is none of these tests': AppTest runs the script in threads of its own."""
    assert i18n.current_language() == "en"
    yield
    assert i18n.current_language() == "en"


# --- the language -------------------------------------------------------------------------------------------------


def test_the_switch_goes_there_and_back_and_the_address_says_so() -> None:
    page = open_page("net=resnet50&node=layer3.1&shade=macs")
    english, before = labels(page), query(page)
    page = switch(page, "zh_CN")
    assert query(page) == {**before, "lang": "zh_CN"}
    assert all(is_chinese(label) for label in labels(page))
    page = switch(page, "en")
    assert query(page) == before
    assert labels(page) == english


def test_a_link_opens_in_its_language_and_keeps_it() -> None:
    page = open_page("net=resnet50&lang=zh_CN&nonsense=1")
    assert all(is_chinese(label) for label in labels(page))
    page = run(page.button_group(key=W_PRESET).set_value("resnet152"))
    assert query(page) == {"net": "resnet152", "lang": "zh_CN"}
    assert all(is_chinese(label) for label in labels(page))


@pytest.mark.parametrize("lang", ["tlh", "", "../../etc", "<b>"])
def test_an_unknown_language_is_english_and_no_fault(lang: str) -> None:
    page = open_page(f"net=resnet50&lang={lang}")
    assert "Parameters" in labels(page)
    assert warnings(page) == errors(page) == []


def test_what_runs_before_the_script_speaks_the_language() -> None:
    """A callback has its words from the address: the script, which chooses the language, comes after it."""
    page = open_page("net=resnet50&lang=zh_CN")
    page.session_state[W_CUSTOMISE] = True
    page = run(page)
    page = run(page.text_input(key=W_LAYERS).set_value("2,x"))
    (told,) = errors(page)
    assert is_chinese(told)
    assert query(page)["net"] == "resnet50"


def test_what_was_chosen_stays_chosen_in_other_words() -> None:
    page = open_page("net=resnet50&node=layer3.1")
    page = run(page.selectbox(key=W_ORDER).select("mean"))
    page = switch(page, "zh_CN")
    assert page.selectbox(key=W_ORDER).value == "mean"
    assert is_chinese(page.selectbox(key=W_ORDER).proto.raw_value)
    assert page.selectbox(key=W_SAMPLE).value == open_page().selectbox(key=W_SAMPLE).value


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN", "zh_CN"),
        ("zh_cn", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("zh-Hant-HK", "zh_CN"),
        ("zh", "zh_CN"),
        ("en-GB", "en"),
        ("de-AT", None),
        ("", None),
        ("zhuang", None),
    ],
)
def test_the_browsers_language_is_taken_if_there_is_such_a_one(asked: str, language: str | None) -> None:
    assert i18n.match_language(asked) == language


def test_languages_bear_their_own_names() -> None:
    assert {code: i18n.language_name(code) for code in ("en", "zh_CN")} == {"en": "English", "zh_CN": "中文"}


# --- where no script runs -------------------------------------------------------------------------------------------


def test_a_drawing_is_asked_for_in_a_language() -> None:
    def ask(lang: str) -> str:
        svg: str = json.loads(gzip.decompress(copy_context().run(find_drawing, {"net": "resnet18", "lang": lang})))[
            "svg"
        ]
        return svg

    assert ">输入<" in ask("zh_CN")
    assert ">input<" in ask("en") == ask("tlh")
    with pytest.raises(ResnetVizError, match=r"[\u4e00-\u9fff]"):
        copy_context().run(find_drawing, {"net": "resnet18", "lang": "zh_CN", "do": "net", "what": "resnet9"})


def test_a_file_is_made_in_the_language_of_whoever_clicked() -> None:
    trace = cache.get_trace(PRESETS["resnet18"])

    def click() -> bytes:
        i18n.use_language("zh_CN")
        make = make_later(lambda options: export_graph(trace, Detail(), "strip", options), ExportOptions("svg"))
        with ThreadPoolExecutor(1) as another:
            return another.submit(make).result()

    assert ">输入<" in copy_context().run(click).decode()


# --- the projector mode ---------------------------------------------------------------------------------------------


def test_the_projector_mode_is_entered_left_and_linked() -> None:
    page = open_page("net=resnet50")
    page = run(page.toggle(key=W_PROJECTOR).set_value(True))
    assert query(page) == {"net": "resnet50", "projector": "1"}
    page = switch(page, "zh_CN")
    assert query(page) == {"net": "resnet50", "projector": "1", "lang": "zh_CN"}
    page = run(page.button(key=W_LEAVE).click())
    assert query(page) == {"net": "resnet50", "lang": "zh_CN"}
    assert [button.key for button in page.button if button.key == W_LEAVE] == []


def test_charts_are_larger_in_the_projector_mode_and_the_shared_ones_stay_as_they_are() -> None:
    traces = [cache.get_trace(PRESETS[name]) for name in ("resnet18", "resnet152")]
    figure = chart_along(traces, "params", "light").figure
    before = figure.to_json()
    large = enlarge_chart(figure, 2)
    assert large.layout.height == 2 * figure.layout.height
    assert large.layout.margin.l == 2 * figure.layout.margin.l
    assert large.layout.font.size == 2 * figure.layout.font.size == 24
    assert large.layout.xaxis.tickfont.size == large.layout.legend.font.size == 24
    assert large.layout.xaxis.title.text == figure.layout.xaxis.title.text
    assert [len(line.x) for line in large.data] == [len(line.x) for line in figure.data]
    assert figure.to_json() == before
    titled = chart_values(np.arange(6.0), "Values", "channel", "mean")
    assert enlarge_chart(titled, 2).layout.title.font.size == 2 * titled.layout.title.font.size


def test_links_to_the_pages_take_along_what_the_reader_chose() -> None:
    page = open_page("net=resnet50&lang=zh_CN&projector=1")
    links = [dict(parse_qsl(link.proto.query_string)) for link in page.get("page_link")]
    assert len(links) >= 2
    assert all({LANGUAGE: "zh_CN", PROJECTOR: "1"}.items() <= link.items() for link in links)
