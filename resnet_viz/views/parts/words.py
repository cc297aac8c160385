"""The words on boxes, wires and in tooltips. Whatever comes from a module's own names is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Block, Field, Node, Stage, Trace
from resnet_viz.units import (
    format_count,
    format_exact,
    format_macs,
    format_pixels,
    format_shape,
    format_short_shape,
)

WEIGHTED = ("conv2d", "linear")
POOLS = ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d")


def layer_text(node: Node) -> str:
    """A layer in the paper's manner: `3×3, 128 /2`; groups and dilation are told where they are not 1."""
    if node.op == "linear":
        return str(node.out_shape[-1])
    if node.op not in ("conv2d", "max_pool2d", "avg_pool2d"):
        return _("global") if node.op in POOLS else node.op or node.kind
    if "kernel" not in node.attrs:  # No rule knows it, as a convolution with padding="same".
        return node.op
    channels = f", {node.out_shape[1]}" if node.op == "conv2d" else ""
    marks = "".join(_mark(node, *mark) for mark in (("stride", "/"), ("dilation", "d"), ("groups", "g")))
    return f"{setting_text('kernel', node.attrs['kernel'])}{channels}{marks}"


def _mark(node: Node, name: str, prefix: str) -> str:
    """A setting behind its letter; nothing where it is not known, or 1 as usual."""
    value = node.attrs.get(name)
    text = "1" if value is None else setting_text(name, value)
    return "" if text == "1" else f" {prefix}{text}"


def setting_text(name: str, value: object) -> str:
    """A setting in words: a kernel as `3×3`, but a stride as `2` where both axes have it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, tuple):
        return str(value)
    return str(value[0]) if name != "kernel" and len(set(value)) == 1 else "×".join(map(str, value))


def setting_pair(node: Node, name: str) -> tuple[int, int]:
    """A setting of a window, vertical and horizontal: `kernel`, `stride`, `padding` or `dilation`."""
    value: Any = node.attrs[name]
    return value[0], value[1]


def stage_title(stage: Stage, separator: str = " · ") -> str:
    """Both names, the number of blocks, and what leaves: `conv4_x · layer3 · 36 blocks · 1024×14²`."""
    names = [stage.name] if stage.paper_name == stage.name else [stage.paper_name, stage.name]
    return separator.join([*names, blocks_text(stage.n_blocks), format_short_shape(stage.out_shape)])


def blocks_text(n: int) -> str:
    """A number of blocks in words."""
    return n_("{n} block", "{n} blocks", n).format(n=n)


def cost_lines(n_params: int, n_macs: int) -> list[str]:
    """Parameters and multiply-adds, as far as there are any."""
    lines = []
    if n_params:
        lines.append(_("{n} params").format(n=format_count(n_params)))
    if n_macs:
        lines.append(format_macs(n_macs))
    return lines


def field_text(field: tuple[Field, Field] | None) -> str:
    """A receptive field's size in pixels."""
    if field is None:
        return _("unknown")
    size = format_pixels(field[0].size, field[1].size)
    return size if field[0].jump is not None else _("{size}, the same everywhere").format(size=size)


def tooltip(trace: Trace, node: Node, title: str | None = None, times: int = 1) -> str:
    """The core facts of a node, a line each."""
    lines = [
        title or node.id,
        *([node.op] if node.op else []),
        f"{format_shape(trace.in_shape(node))} → {format_shape(node.out_shape)}",
        _("parameters {n}").format(n=format_exact(times * node.n_params)),
        format_macs(times * node.n_macs),
        _("receptive field {size}").format(size=field_text(node.field)),
    ]
    if isinstance(node, Block):
        lines.insert(1, _("{block}, shortcut: {kind}").format(block=node.block_type, kind=shortcut_text(node.shortcut)))
    return "\n".join(lines)


def shortcut_text(kind: str) -> str:
    """The kind of a shortcut in words."""
    return {
        "identity": _("identity"),
        "projection": _("projection"),
        "parameter-free": _("parameter-free"),
    }.get(kind, _("none"))


def distinct_names(traces: Sequence[Trace]) -> tuple[str, ...]:
    """The nets' names; those of one name with their input shapes where these differ, or else with numbers."""
    names = [trace.name for trace in traces]
    shaped = [f"{trace.name}, {format_shape(trace.input.shape)}" for trace in traces]
    chosen = [
        full if names.count(name) > 1 and shaped.count(full) == 1 else name
        for name, full in zip(names, shaped, strict=True)
    ]
    return _numbered(chosen)


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which each stands once: those that do not, with the numbers that give no other's name."""
    taken = {name for name in names if names.count(name) == 1}
    numbered = []
    for name in names:
        if names.count(name) > 1:
            name = next(other for n in count(1) if (other := f"{name} ({n})") not in taken)
            taken.add(name)
        numbered.append(name)
    return tuple(numbered)


def block_words(block_type: str) -> str:
    """A class of blocks in the paper's words; a class of somebody else's keeps its name."""
    return {
        "BasicBlock": _("basic"),
        "Bottleneck": _("bottleneck"),
        "PlainBasicBlock": _("plain basic"),
        "PlainBottleneck": _("plain bottleneck"),
        "PreActBasicBlock": _("pre-activation basic"),
        "PreActBottleneck": _("pre-activation bottleneck"),
    }.get(block_type, block_type)
