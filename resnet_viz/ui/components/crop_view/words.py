"""All that the picture with its frame says: labels, keys, and what is read out."""

from __future__ import annotations

from resnet_viz.i18n import _, current_language


def view_words() -> dict[str, str]:
    """The words by key, in the reader's language; `{left}` and the like are filled in the browser."""
    return {
        "language": current_language().replace("_", "-"),
        "picture": _("The picture, whole"),
        "frame": _("The part that the net sees. Arrow keys move it, plus and minus resize it, Home brings the middle"),
        "title": _("Drag to move, drag a corner to resize"),
        "middle": _("Middle"),
        "middleTitle": _("Back to the part that the weights expect"),
        "whereIs": _("Left {left}, top {top}, width {width}, height {height}"),
        "isMiddle": _("The middle, as the weights expect it"),
    }
