"""What the feature maps of a node show, in a sentence or two."""

from __future__ import annotations

from resnet_viz.i18n import _
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.views.parts.words import POOLS


def explain_maps(trace: Trace, node: Node, is_random: bool = False) -> str:
    """Returns what a map of the node shows, by the op that computes it; `is_random`: the weights were never trained."""
    words = _group_words(trace, node) if node.children else _op_words(node)
    said = [words.format(node=node.id)]
    if is_random:
        said.append(_("The weights are random: the patterns are real, what they would mean is not."))
    return " ".join(said)


def _group_words(trace: Trace, node: Node) -> str:
    last = trace.last_op(node)
    if len(last.out_shape) != 4:
        return _op_words(last)
    if isinstance(node, Block) and node.add is not None and last.op == "relu":
        return _(
            "Each small picture is one channel of the output of {node}: F(x) plus the shortcut, after the ReLU, so "
            "nothing is below 0."
        )
    if last.op == "relu":
        return _("Each small picture is one channel of the output of {node}, after its last ReLU: nothing is below 0.")
    return _("Each small picture is one channel of the output of {node}.")


def _op_words(node: Node) -> str:
    if len(node.out_shape) != 4:
        return _flat_words(node)
    if node.kind == "input":
        return _("Each small picture is one colour channel of the input, as the net gets it: normalised.")
    if node.op in POOLS:
        return _pool_words(node)
    words = {
        "conv2d": _(
            "Each small picture is one channel of the output of {node}: how strongly one filter responds at each "
            "place, before any normalisation and ReLU."
        ),
        "batch_norm": _(
            "Each small picture is one channel of the output of {node}: the responses of one filter, shifted and "
            "scaled by the batch norm."
        ),
        "relu": _(
            "Each small picture is one channel of the output of {node}: where its filter responds; the ReLU has made "
            "everything negative 0."
        ),
        "add": _(
            "Each small picture is one channel of the output of {node}: F(x) plus the shortcut, place by place, before "
            "the ReLU."
        ),
    }
    return words.get(node.op or "", _("Each small picture is one channel of the output of {node}."))


def _pool_words(node: Node) -> str:
    if node.out_shape[2:] == (1, 1):
        return _("Each square is one channel of the output of {node}: the mean of a whole map as one number.")
    if node.op == "max_pool2d":
        return _("Each small picture is one channel of the output of {node}: the greatest value of each window.")
    return _("Each small picture is one channel of the output of {node}: the mean of each window.")


def _flat_words(node: Node) -> str:
    if node.op == "linear":
        return _("Each square is one output of {node}, a single number: of the last layer, the score of one class.")
    return _("Each square is one number of the output of {node}; it has no places any more.")
