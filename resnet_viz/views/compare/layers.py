"""Differences of two sequences of layers: layers that only one has, and settings of those that both have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.i18n import _
from resnet_viz.records.trace import Node
from resnet_viz.views.compare.rows import part_words
from resnet_viz.views.parts.block import chain_text, order_text, role, roles
from resnet_viz.views.parts.words import WEIGHTED, blocks_text, setting_text

DIFFERENCE_KINDS = ("added", "removed", "changed")
# Reported once per block, for any number of its layers.
ANYWHERE = ("norm", "activation")
_SETTINGS = ("kernel", "stride", "dilation", "groups", "bias")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, in one block or equally in several blocks of a stage."""

    kind: str
    """added | removed | changed"""
    stage: str
    """A stage's name in the paper, as in `conv3_x`; else input, stem, rest or head."""
    what: str
    """size | stage | blocks | block | layers | order | shortcut | gate | kernel | width | stride | dilation | groups |
    padding | bias | norm | activation"""
    before: str
    """As text; empty if something was added."""
    after: str
    """As text; empty if something was removed."""
    nodes: tuple[tuple[str, ...], tuple[str, ...]]
    """Ids of ops, blocks or stages in the first and in the second net; the first are empty if something was added, the
    second if it was removed."""
    place: str = ""
    """The layer's name in its block, as in `conv2`, elsewhere its id; empty if it is not one layer."""
    n_blocks: int = 0
    """Number of blocks that have it; 0 outside of blocks."""


Differences = Iterator[Difference]
PlaceName = Callable[[Node], str]
WordPair = tuple[str, str]


def changed(what: str, words: WordPair, ops: Sequence[Node], others: Sequence[Node]) -> Difference:
    """Returns a Difference in what both nets have."""
    return Difference("changed", "", what, *words, (_ids(ops), _ids(others)))


def one_sided(what: str, words: WordPair, ops: Sequence[Node], others: Sequence[Node]) -> Difference:
    """Returns a Difference in what only one has; the other's words and nodes are empty."""
    return Difference("removed" if ops else "added", "", what, *words, (_ids(ops), _ids(others)))


def chains(before: Sequence[Node], after: Sequence[Node]) -> WordPair:
    """Returns two sequences of layers as text."""
    return chain_text(before), chain_text(after)


def in_sequence(before: Sequence[Node], after: Sequence[Node], place: PlaceName, what: str) -> Differences:
    """Yields differences by layer, and extra layers, if one contains the other in order; else one difference."""
    kinds, other_kinds = roles(before), roles(after)
    kept = _find_within(kinds, other_kinds)
    kept_before = _find_within(other_kinds, kinds) if kept is None else None
    if kept is None and kept_before is None:
        text = order_text if what == "order" else chain_text
        yield changed(what, (text(before), text(after)), before, after)
        return
    left = before if kept is not None else [before[n] for n in kept_before or ()]
    right = after if kept is None else [after[n] for n in kept]
    for one, other in zip(left, right, strict=True):
        yield from _in_layer(one, other, place(one))
    for op in _without(before, left):
        yield Difference("removed", "", _what(op), chain_text([op]), "", ((op.id,), ()), place(op))
    for op in _without(after, right):
        yield Difference("added", "", _what(op), "", chain_text([op]), ((), (op.id,)), place(op))


def _what(op: Node) -> str:
    """Norms come and go together: those of a block are one difference."""
    return "norm" if role(op) == "norm" else "layers"


def _find_within(short: Sequence[str], long: Sequence[str]) -> list[int] | None:
    """Returns the first indices in `long` of the subsequence `short`; None if it is none."""
    if short == long:
        return list(range(len(long)))
    found: list[int] = []
    for name in short:
        start = found[-1] + 1 if found else 0
        if name not in long[start:]:
            return None
        found.append(long.index(name, start))
    return found


def _without(ops: Sequence[Node], others: Sequence[Node]) -> list[Node]:
    known = {op.id for op in others}
    return [op for op in ops if op.id not in known]


def _in_layer(before: Node, after: Node, place: str) -> Differences:
    """Yields the differing settings of two layers of one role."""
    # Most of thousands of layers are equal: building texts for them is skipped.
    if (before.op, before.out_shape) == (after.op, after.out_shape) and before.attrs == after.attrs:
        return
    for what, words in _settings(before, after).items():
        if not _is_same(words):
            yield Difference("changed", "", what, *words, ((before.id,), (after.id,)), place)


def _settings(before: Node, after: Node) -> dict[str, WordPair]:
    """Returns the settings two layers of one role can differ in, each as both texts."""
    kind = role(before)
    if before.op != after.op:
        return {kind if kind in ANYWHERE else "layers": chains([before], [after])}
    found = {name: _setting(name, before, after) for name in _SETTINGS}
    if kind in WEIGHTED:
        axis = 1 if kind == "conv2d" else -1
        found["width"] = (str(before.out_shape[axis]), str(after.out_shape[axis]))
    # Padding that follows from another kernel or dilation is not reported.
    if _is_same(found["kernel"]) and _is_same(found["dilation"]):
        found["padding"] = _setting("padding", before, after)
    return found


def _setting(name: str, before: Node, after: Node) -> WordPair:
    return setting_text(name, before.attrs.get(name)), setting_text(name, after.attrs.get(name))


def _is_same(words: WordPair) -> bool:
    return words[0] == words[1]


def _ids(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.id for node in nodes)


def difference_text(difference: Difference) -> str:
    """Returns text as in `conv3_x, conv1, 1 block: stride 1 instead of 2`, `conv4_x: 34 blocks more`."""
    values = {"before": difference.before, "after": difference.after}
    if difference.what in ("stage", "blocks"):
        more, fewer = {
            "stage": (_("this stage is added: {after}"), _("this stage is missing: {before}")),
            "blocks": (_("{after} more"), _("{before} fewer")),
        }[difference.what]
        return f"{_where(difference)}: {(more if difference.kind == 'added' else fewer).format(**values)}"
    words = {
        "added": _("{what} added: {after}"),
        "removed": _("{what} removed: {before}"),
        "changed": _("{what} {after} instead of {before}"),
    }[difference.kind]
    return f"{_where(difference)}: {words.format(what=what_text(difference.what), **values)}"


def what_text(what: str) -> str:
    """Returns the display text of `Difference.what`."""
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
    has_count = difference.n_blocks and difference.what != "blocks"
    blocks = blocks_text(difference.n_blocks) if has_count else ""
    return ", ".join(filter(None, (part_words(difference.stage), difference.place, blocks)))
