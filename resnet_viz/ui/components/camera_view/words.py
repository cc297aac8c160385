"""All that the camera says: its buttons, and why there is no picture."""

from __future__ import annotations

from resnet_viz.i18n import _


def view_words() -> dict[str, str]:
    """The words by key, in the reader's language."""
    return {
        "video": _("What the camera sees"),
        "live": _("Live"),
        "liveTitle": _("Send one frame after the other, each as soon as the last one is shown"),
        "photograph": _("Take a photograph"),
        "turnOn": _("Turn on"),
        "turnOff": _("Turn off"),
        "remove": _("Remove the picture"),
        "starting": _("Waiting for the camera …"),
        "off": _("The camera is off."),
        "refused": _(
            "The camera may not be used here: allow it in the browser's settings for this page, then turn it on."
        ),
        "missing": _("No camera was found: connect one and turn it on, or upload a picture."),
        "busy": _("The camera cannot be used now; another program may have it. Close that one, then turn it on."),
        "insecure": _(
            "The browser gives a camera only to pages that come over https or from this machine. Upload a picture."
        ),
        "lost": _("The camera has stopped. Turn it on again."),
    }
