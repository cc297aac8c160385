"""What an id means: a node, neighbouring blocks (`layer3.1..35`), and in a comparison of which net (`B/layer3.1..35`).

No other file reads an id's text. `range_id` in `runs.py` writes ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.views.parts.runs import Run, join_alike
from resnet_viz.views.parts.subject import Subject, Thing

LETTERS = "ABCD"
"""Of the first net, the second one, …; at most so many stand in one drawing."""
_BETWEEN = "/"
_DOTS = ".."


@dataclass(frozen=True)
class Chosen:
    """What an id means in one net: a node, or a range of neighbouring blocks. Made by the functions below."""

    trace: Trace = field(repr=False, compare=False)
    id: str
    """As the drawing has it, without the letter of its net: `layer3.5.conv2` or `layer3.1..35`."""
    node: Node
    """The node; of a range its last block, whose output leaves it."""
    blocks: tuple[Block, ...] = ()
    """Those of a range in running order; none for a node."""
    net: int = 0
    """Which net of a comparison, from 0."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The node, or the blocks of a range in running order."""
        return self.blocks or (self.node,)

    @cached_property
    def run(self) -> Run | None:
        """The blocks as a run: two or more equal ones. None for a node and for other ranges."""
        return join_alike(self.trace, self.blocks) if len(self.blocks) > 1 else None

    @property
    def is_shown(self) -> bool:
        """Whether one box can stand for it, so that it can be chosen: a node or a run."""
        return not self.blocks or self.run is not None

    @property
    def thing(self) -> Thing:
        """The run, or else the node: what the inspector takes."""
        return self.run or self.node

    @property
    def subject(self) -> Subject:
        """The node or the blocks as one."""
        return Subject(self.id, self.nodes)


def chosen(trace: Trace, text: str | None) -> Chosen | None:
    """The node or run of an id; None for no id, for what the net has not, and for a range of blocks that differ."""
    found = find_part(trace, text)
    return found if found and found.is_shown else None


def chosen_among(traces: Sequence[Trace], text: str | None) -> Chosen | None:
    """The same in a comparison, where the letter of its net stands before the id."""
    found = find_part_among(traces, text)
    return found if found and found.is_shown else None


def find_part(trace: Trace, text: str | None) -> Chosen | None:
    """The node or range of an id, whether its blocks are equal or not: what can be opened and folded."""
    if text is None:
        return None
    node = trace.nodes.get(text)
    if node is not None:
        return Chosen(trace, text, node)
    blocks = _find_range(trace, text)
    return Chosen(trace, text, blocks[-1], blocks) if blocks else None


def find_part_among(traces: Sequence[Trace], text: str | None) -> Chosen | None:
    """The same in a comparison, where the letter of its net stands before the id."""
    own = split_id(text or "")
    found = find_part(traces[own[0]], own[1]) if own and own[0] < len(traces) else None
    return replace(found, net=own[0]) if own and found else None


def clip_range(trace: Trace, text: str) -> str:
    """A range up to the last block that the net has of it; any other id as it is."""
    start, last = _split_range(trace, text)
    if start is None or not _is_number(last) or len(last) > 9:
        return text
    numbers = [_number(block) for block in _siblings(trace, start)]
    within = [number for number in numbers if _is_number(number) and int(number) <= int(last)]
    if last in numbers or not within:
        return text
    return start.id if _number(start) == within[-1] else f"{start.id}{_DOTS}{within[-1]}"


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


def _find_range(trace: Trace, text: str) -> tuple[Block, ...]:
    start, last = _split_range(trace, text)
    if start is None:
        return ()
    blocks = _siblings(trace, start)
    numbers = [_number(block) for block in blocks]
    return blocks[blocks.index(start) : numbers.index(last) + 1] if last in numbers else ()


def _split_range(trace: Trace, text: str) -> tuple[Block | None, str]:
    """The first block of a range, and the number of its last one; no block where it is no range."""
    first, dots, last = text.partition(_DOTS)
    start = trace.nodes.get(first) if dots else None
    return (start, last) if isinstance(start, Block) else (None, "")


def _siblings(trace: Trace, block: Block) -> tuple[Block, ...]:
    return trace.blocks_of(next(trace.ancestors(block)))


def _number(block: Block) -> str:
    return block.id.rpartition(".")[2]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
