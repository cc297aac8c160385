"""Texts of the drawing on the page: buttons, legend, help, and messages to screen readers."""

from __future__ import annotations

from typing import Literal, TypedDict

from resnet_viz.i18n import _
from resnet_viz.views.compare.marks import list_marks
from resnet_viz.views.parts.detail import LEVELS
from resnet_viz.views.parts.words import shortcut_text
from resnet_viz.views.style import WIRES, LineStyle

_SHORTCUTS = ("identity", "projection", "parameter-free", "gated")


class LegendEntry(TypedDict):
    """What a wire, a sign or an outline of the drawing means. `kind` is its class in the SVG."""

    kind: str
    what: Literal["wire", "add", "run", "mark"]
    style: LineStyle
    name: str


class ButtonWords(TypedDict):
    """Above the drawing."""

    zoomIn: str
    zoomOut: str
    fit: str
    fitTitle: str
    natural: str
    naturalTitle: str
    goTitle: str
    fullScreen: str
    help: str
    close: str
    search: str
    searchHint: str
    previous: str
    next: str
    show: str
    showTitle: str
    colourBy: str


class CardWords(TypedDict):
    """Below the drawing."""

    facts: str
    network: str
    hint: str
    hintTouch: str
    showAs: str
    opCount: str
    ins: str
    outs: str
    inside: str
    toAround: str
    toInput: str
    toOutput: str
    residual: str
    bypassing: str
    wire: str


class SpokenWords(TypedDict):
    """What a screen reader reads out."""

    pane: str
    spokenBox: str
    spokenFrame: str
    selected: str
    nothing: str
    shown: str
    trouble: str
    allClosed: str
    noInputs: str
    noOutputs: str
    found: str
    foundName: str
    noneFound: str


class GraphWords(ButtonWords, CardWords, SpokenWords):
    """All words of a drawing's view; the browser fills in `{n}` and the like."""

    legend: list[LegendEntry]
    levels: dict[str, str]
    """In the order of LEVELS."""
    keys: list[tuple[str, str]]


def view_words() -> GraphWords:
    """Returns the texts in the reader's language."""
    return {
        "legend": [*_shortcut_entries(), *_sign_entries()],
        "levels": level_names(),
        "keys": _keys(),
        **_buttons(),
        **_card(),
        **_spoken(),
    }


def level_names() -> dict[str, str]:
    """Returns the names of the levels, in their order."""
    return dict(zip(LEVELS, (_("Folded"), _("Blocks"), _("Ops")), strict=True))


def _shortcut_entries() -> list[LegendEntry]:
    return [
        {"kind": kind, "what": "wire", "style": WIRES[kind].style, "name": shortcut_text(kind)} for kind in _SHORTCUTS
    ]


def _sign_entries() -> list[LegendEntry]:
    return [
        {"kind": "add", "what": "add", "style": "solid", "name": _("add")},
        {"kind": "run", "what": "run", "style": "solid", "name": _("run of equal blocks")},
        *(
            LegendEntry(kind=mark.kind, what="mark", style=mark.style, name=f"{mark.sign} {mark.name}")
            for mark in list_marks()
        ),
    ]


def _buttons() -> ButtonWords:
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Fit"),
        "fitTitle": _("Show the whole drawing"),
        "natural": "1:1",
        "naturalTitle": _("Natural size"),
        "goTitle": _("Go to the selection"),
        "fullScreen": _("Full screen"),
        "help": _("Keys and mouse"),
        "close": _("Close"),
        "search": _("Search the drawing"),
        "searchHint": _("layer3.5, conv4_6, 512×28×28"),
        "previous": _("Previous match"),
        "next": _("Next match"),
        "show": _("Show"),
        "showTitle": _("Select this match, and open what it lies in"),
        "colourBy": _("Colour by"),
    }


def _card() -> CardWords:
    return {
        "facts": _("Facts of the selection"),
        "network": _("The whole net"),
        "hint": _("Click a box for its facts; double-click to open it."),
        "hintTouch": _("Tap a box for its facts; double-tap to open it."),
        "showAs": _("Show as"),
        "opCount": _("Ops ({n})"),
        "ins": _("Inputs"),
        "outs": _("Outputs"),
        "inside": _("Drawn inside"),
        "toAround": _("{name}, which it is drawn inside: select it"),
        "toInput": _("Input {name}: select it"),
        "toOutput": _("Output {name}: select it"),
        "residual": _("residual branch"),
        "bypassing": _("shortcut"),
        "wire": _("from {from} to {to}"),
    }


def _spoken() -> SpokenWords:
    return {
        "pane": _("Drawing; the arrow keys move it"),
        "spokenBox": _("{name}, {about}, {shape}, box {n} of {total}"),
        "spokenFrame": _("{name}, {about}, {shape}, frame"),
        "selected": _("{name} selected"),
        "nothing": _("Nothing selected"),
        "shown": _("{name} is shown as: {level}"),
        "trouble": _("The drawing could not be loaded. Is the server still there? Reload the page to try again."),
        "allClosed": _("All is closed here"),
        "noInputs": _("No input is drawn"),
        "noOutputs": _("No output is drawn"),
        "found": _("{n} of {total}"),
        "foundName": _("Match {n} of {total}: {name}"),
        "noneFound": _("No match"),
    }


def _keys() -> list[tuple[str, str]]:
    return [
        (_("Click, Space"), _("Select; a click beside everything selects nothing")),
        (_("Double-click, Enter"), _("Open one level deeper; a layer is selected")),
        (_("Backspace"), _("Close one level")),
        (_("Escape"), _("Up: to the frame around, then to nothing selected")),
        ("← →", _("Along the wires, the shortcut where there is a choice")),
        ("↑ ↓", _("Along the wires, the main branch where there is a choice; out of and into a frame")),
        (_("Home, End"), _("First and last box")),
        ("i, o", _("Select the input or the output of the selection")),
        ("/", _("Search; Enter and Shift+Enter go through the matches, Ctrl+Enter shows one, Escape clears")),
        ("+ − 0 1", _("Larger, smaller, all of it, natural size")),
        ("g", _("Go to the selection")),
        ("f", _("Full screen, and back")),
        (_("Drag, wheel"), _("Move; with Ctrl or ⌘ the wheel zooms, so does a pinch")),
    ]
