"""Parsing of ids: a node, adjacent blocks (`layer3.1..35`), in a comparison with the network (`B/layer3.1..35`).

No other file parses ids. `range_id` in `runs.py` writes ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.views.parts.runs import Run, join_alike
from resnet_viz.views.parts.subject import Subject, Thing

LETTERS = "ABCD"
"""Letters of the first network, the second, …; their number is the most that one drawing can show."""
_BETWEEN = "/"
_DOTS = ".."


@dataclass(frozen=True)
class Chosen:
    """A parsed id: a node, or a range of adjacent blocks in one network. Created by the functions below."""

    trace: Trace = field(repr=False, compare=False)
    id: str
    """As in the drawing, without the network's letter: `layer3.5.conv2` or `layer3.1..35`."""
    node: Node
    """The node; for a range, its last block, which computes the range's output."""
    blocks: tuple[Block, ...] = ()
    """The blocks of a range in execution order; empty for a node."""
    net: int = 0
    """Index of the network in a comparison, from 0."""

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The node, or the blocks of a range in execution order."""
        return self.blocks or (self.node,)

    @cached_property
    def run(self) -> Run | None:
        """The range as a run; None for a node and for a range whose blocks differ."""
        return join_alike(self.trace, self.blocks) if len(self.blocks) > 1 else None

    @property
    def is_shown(self) -> bool:
        """Whether one drawn node can represent it, so that it can be selected: a node or a run."""
        return not self.blocks or self.run is not None

    @property
    def thing(self) -> Thing:
        """The run, or else the node: the inspector's argument."""
        return self.run or self.node

    @property
    def subject(self) -> Subject:
        """The node or the blocks as a Subject."""
        return Subject(self.id, self.nodes)


def chosen(trace: Trace, text: str | None) -> Chosen | None:
    """Returns the node or run with an id; None for no id, an unknown id, and a range of blocks that differ."""
    part = find_part(trace, text)
    return part if part and part.is_shown else None


def chosen_among(traces: Sequence[Trace], text: str | None) -> Chosen | None:
    """As `chosen`, for a comparison, where ids are prefixed with the network's letter."""
    part = find_part_among(traces, text)
    return part if part and part.is_shown else None


def find_part(trace: Trace, text: str | None) -> Chosen | None:
    """Returns the node or range with an id, whether its blocks are equal or not; None if there is none."""
    if text is None:
        return None
    node = trace.nodes.get(text)
    if node is not None:
        return Chosen(trace, text, node)
    blocks = _find_range(trace, text)
    return Chosen(trace, text, blocks[-1], blocks) if blocks else None


def find_part_among(traces: Sequence[Trace], text: str | None) -> Chosen | None:
    """As `find_part`, for a comparison, where ids are prefixed with the network's letter."""
    parsed = split_id(text or "")
    part = find_part(traces[parsed[0]], parsed[1]) if parsed and parsed[0] < len(traces) else None
    return replace(part, net=parsed[0]) if parsed and part else None


def clip_range(trace: Trace, text: str) -> str:
    """Returns a range, shortened to the blocks that the network has; any other id unchanged."""
    start, last = _split_range(trace, text)
    if start is None or not _is_number(last) or len(last) > 9:
        return text
    numbers = [_number(block) for block in _siblings(trace, start)]
    within = [number for number in numbers if _is_number(number) and int(number) <= int(last)]
    if last in numbers or not within:
        return text
    return start.id if _number(start) == within[-1] else f"{start.id}{_DOTS}{within[-1]}"


def net_prefix(net: int) -> str:
    """Returns the id prefix of the network with this index, from 0."""
    return LETTERS[net] + _BETWEEN


def join_id(net: int, node_id: str) -> str:
    """Returns the id of a node, prefixed for the network with this index."""
    return net_prefix(net) + node_id


def split_id(text: str) -> tuple[int, str] | None:
    """Returns the network's index and the node's id; None without a known prefix.

    Only the first two characters are checked, since node ids may contain any character.
    """
    letter, between, node_id = text[:1], text[1:2], text[2:]
    return (LETTERS.index(letter), node_id) if letter and letter in LETTERS and between == _BETWEEN else None


def _find_range(trace: Trace, text: str) -> tuple[Block, ...]:
    start, last = _split_range(trace, text)
    if start is None:
        return ()
    blocks = _siblings(trace, start)
    begin = blocks.index(start)
    # Blocks of one stage may bear the same number in different modules.
    numbers = [_number(block) for block in blocks[begin:]]
    return blocks[begin : begin + numbers.index(last) + 1] if last in numbers else ()


def _split_range(trace: Trace, text: str) -> tuple[Block | None, str]:
    """The first block of a range, and the number of its last one; (None, "") if `text` is no range."""
    first, dots, last = text.partition(_DOTS)
    start = trace.nodes.get(first) if dots else None
    return (start, last) if isinstance(start, Block) else (None, "")


def _siblings(trace: Trace, block: Block) -> tuple[Block, ...]:
    return trace.blocks_of(next(trace.ancestors(block)))


def _number(block: Block) -> str:
    return block.id.rpartition(".")[2]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
