"""Ids of nodes of several nets in one drawing: `B/layer3.1..35` is a run of the second net."""

from __future__ import annotations

LETTERS = "ABCD"
"""Of the first net, the second one, …; at most so many stand in one drawing."""
_BETWEEN = "/"


def net_prefix(net: int) -> str:
    """What is put before the ids of a net, from 0."""
    return LETTERS[net] + _BETWEEN


def join_id(net: int, node_id: str) -> str:
    """The id of a node of a net, from 0."""
    return net_prefix(net) + node_id


def split_id(text: str) -> tuple[int, str] | None:
    """The net, from 0, and the node's own id; None where it begins with no net's letter.

    The first two characters decide, so that a node may be called anything.
    """
    letter, between, node_id = text[:1], text[1:2], text[2:]
    return (LETTERS.index(letter), node_id) if letter and letter in LETTERS and between == _BETWEEN else None
