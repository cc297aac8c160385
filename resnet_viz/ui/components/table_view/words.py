"""All that the table on the page says beside its values: headings, and what is read out."""

from __future__ import annotations

from resnet_viz.i18n import _, current_language, n_


def view_words() -> dict[str, str]:
    """The words by key, in the reader's language; `{row}` and the like are filled in the browser."""
    return {
        "language": current_language().replace("_", "-"),
        "table": _("Structure table"),
        "layerName": _("layer name"),
        "outputSize": _("output size"),
        "differs": _("differs"),
        "cell": _("{row} of {column}: {what}"),
        "net": _("{name}, {depth}"),
        "times": _("times {n}"),
        "plus": _("plus"),
        "hidden": _("hidden"),
        "none": _("no such part"),
    }


def depth_words(depth: int) -> str:
    """The depth of a net in words, as in `18 layers`."""
    return n_("{n} layer", "{n} layers", depth).format(n=depth)
