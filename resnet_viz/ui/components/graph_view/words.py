"""Texts of the drawing on the page: buttons, legend, help, and messages to screen readers."""

from __future__ import annotations

from resnet_viz.i18n import _, current_language
from resnet_viz.views.compare.marks import list_marks
from resnet_viz.views.style import WIRES


def view_words() -> dict[str, object]:
    """Returns the texts by key, in the reader's language; the browser fills in `{n}` and the like."""
    return {
        "language": current_language().replace("_", "-"),
        "legend": _legend(),
        "styles": {
            **{role: WIRES[role].style for role in ("identity", "projection", "parameter-free")},
            **{mark.kind: mark.style for mark in list_marks()},
        },
        "levels": {"folded": _("Folded"), "block": _("Blocks"), "op": _("Ops")},
        "keys": _keys(),
        **_buttons(),
        **_card(),
        **_spoken(),
    }


def _legend() -> dict[str, str]:
    return {
        "identity": _("identity"),
        "projection": _("projection"),
        "parameter-free": _("parameter-free"),
        "add": _("add"),
        "run": _("run of equal blocks"),
        **{mark.kind: f"{mark.sign} {mark.name}" for mark in list_marks()},
    }


def _buttons() -> dict[str, str]:
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "fit": _("Fit"),
        "fitTitle": _("Show the whole drawing"),
        "natural": "1:1",
        "naturalTitle": _("Natural size"),
        "goTitle": _("Go to the selection"),
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


def _card() -> dict[str, str]:
    return {
        "facts": _("Facts of the selection"),
        "network": _("The whole net"),
        "hint": _("Click a box for its facts; double-click to open it."),
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


def _spoken() -> dict[str, str]:
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
        (_("Drag, wheel"), _("Move; with Ctrl or ⌘ the wheel zooms, so does a pinch")),
    ]
