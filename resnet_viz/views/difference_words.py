"""A difference between two nets in a line of words."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.views.compare import part_words
from resnet_viz.views.difference_layers import Difference
from resnet_viz.views.labels import blocks_text


def difference_text(difference: Difference) -> str:
    """As in `conv3_x, conv1, 1 block: stride 1 instead of 2`, `conv4_x: 34 blocks more`."""
    own = {"before": difference.before, "after": difference.after}
    if difference.what in ("stage", "blocks"):
        more, fewer = {
            "stage": (_("this stage is added: {after}"), _("this stage is missing: {before}")),
            "blocks": (_("{after} more"), _("{before} fewer")),
        }[difference.what]
        return f"{_where(difference)}: {(more if difference.kind == 'added' else fewer).format(**own)}"
    words = {
        "added": _("{what} added: {after}"),
        "removed": _("{what} removed: {before}"),
        "changed": _("{what} {after} instead of {before}"),
    }[difference.kind]
    return f"{_where(difference)}: {words.format(what=what_text(difference.what), **own)}"


def what_text(what: str) -> str:
    """What a difference is in, in words."""
    return {
        "size": _("size"),
        "stage": _("stage"),
        "blocks": _("number of blocks"),
        "block": _("kind of block"),
        "layers": _("layers"),
        "order": _("order"),
        "shortcut": _("shortcut"),
        "gate": _("gate"),
        "kernel": _("kernel"),
        "width": _("width"),
        "stride": _("stride"),
        "dilation": _("dilation"),
        "groups": _("groups"),
        "padding": _("padding"),
        "bias": _("bias"),
        "norm": _("norm"),
        "activation": _("activation"),
    }[what]


def _where(difference: Difference) -> str:
    is_told = difference.n_blocks and difference.what != "blocks"
    blocks = blocks_text(difference.n_blocks) if is_told else ""
    return ", ".join(filter(None, (part_words(difference.stage), difference.place, blocks)))
