"""What of the drawing can be kept: formats, file names, and what is too large for a file or for the screen."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from resnet_viz.ui.explore.graph import W_LEVEL
from resnet_viz.ui.page.download import (
    W_KEEP_FIGURE,
    W_KEEP_FORMAT,
    W_KEEP_ONE_PAGE,
    W_KEEP_SCALE,
    W_KEEP_THEME,
    W_KEEP_USE,
)
from tests.pages import errors, maps, open_page, open_still, run, warnings
from tests.ui.explore.parts import drawing


def keep_labels(page: AppTest) -> set[str]:
    """What the Download button asks for."""
    widgets = [*page.segmented_control, *page.toggle, *page.number_input]
    return {widget.label for widget in widgets if str(widget.key).startswith("w_keep")}


def offered(page: AppTest) -> list[str]:
    return [button.proto.label for button in page.get("download_button") if "w_keep_file" in button.proto.id]


def test_only_what_matters_to_a_format_is_asked_for() -> None:
    page = open_still("net=resnet50&level=block")
    look = {"For", "Format", "Colours", "Transparent background"}
    wanted = {
        "svg": ({*look, "Legend"}, "resnet50-block.svg"),
        "png": ({*look, "Legend", "Scale"}, "resnet50-block-2x.png"),
        "pdf": ({*look, "Legend"}, "resnet50-block.pdf"),
        "dot": (look, "resnet50-block.dot"),
        "json": ({"For", "Format"}, "resnet50-block.json"),
    }
    for kind, (labels, name) in wanted.items():
        run(page.segmented_control(key=W_KEEP_FORMAT).set_value(kind))
        assert keep_labels(page) == labels
        assert offered(page) == [f"Download {name}"]
    run(page.segmented_control(key=W_KEEP_FORMAT).set_value("pdf"))
    run(page.segmented_control(key=W_KEEP_THEME).set_value("dark"))
    assert offered(page) == ["Download resnet50-block-dark.pdf"]


def test_only_what_matters_on_paper_is_asked_for() -> None:
    page = open_still("net=resnet50")
    run(page.segmented_control(key=W_KEEP_USE).set_value("pages"))
    printed = {"For", "Paper", "Fit one page", "Legend", "Print-safe colours"}
    assert keep_labels(page) == {*printed, "Scale"}
    run(page.toggle(key=W_KEEP_ONE_PAGE).set_value(True))
    assert keep_labels(page) == printed
    run(page.segmented_control(key=W_KEEP_USE).set_value("paper"))
    figure = {"For", "Width", "Format", "Type size in points", "Legend", "Print-safe colours"}
    assert keep_labels(page) == figure
    assert offered(page) == ["Download resnet50-folded-print-3-5in.pdf"]
    run(page.segmented_control(key=W_KEEP_FIGURE).set_value("png"))
    assert keep_labels(page) == {*figure, "Dots per inch"}


def test_a_file_too_large_is_told_instead_of_made() -> None:
    page = open_still("net=resnet152&level=block")
    run(page.segmented_control(key=W_KEEP_FORMAT).set_value("png"))
    run(page.number_input(key=f"{W_KEEP_SCALE}:png").set_value(8.0))
    (told,) = errors(page)
    assert "Choose a scale of at most" in told
    assert not offered(page)
    run(page.number_input(key=f"{W_KEEP_SCALE}:png").set_value(1.0))
    assert offered(page) == ["Download resnet152-block.png"]
    assert not errors(page)


def test_the_shade_on_the_screen_is_in_the_file_s_name() -> None:
    assert offered(open_still("net=resnet18&shade=macs&ops=layer2.0")) == ["Download resnet18-folded-opened-macs.svg"]


def test_a_drawing_of_too_many_boxes_is_refused_in_a_sentence() -> None:
    page = open_page("block=basic&layers=250,1,1,1&level=op&node=conv1&input_size=32x32")
    (told,) = warnings(page)
    assert "folded" in told
    assert not offered(page)
    assert maps(page) == "conv1"
    run(page.segmented_control(key=W_LEVEL).set_value("folded"))
    assert "n:layer1.0..249" in drawing(page)["svg"]
