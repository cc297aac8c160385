"""Text of nodes, edges and tooltips, unescaped: names from modules are escaped where they are rendered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from resnet_viz.i18n import _, n_
from resnet_viz.records.macs import Macs
from resnet_viz.records.trace import Block, Field, Node, Stage, Trace
from resnet_viz.units import (
    format_count,
    format_exact,
    format_pixels,
    format_shape,
    format_short_shape,
)

WEIGHTED = ("conv2d", "linear")
POOLS = ("max_pool2d", "avg_pool2d", "adaptive_avg_pool2d")


def layer_text(node: Node) -> str:
    """Returns a layer in the paper's notation: `3×3, 128 /2`; groups and dilation only if they are not 1."""
    if node.op == "linear":
        return str(node.out_shape[-1]) if node.out_shape else node.op  # One that failed gives nothing.
    if node.op not in ("conv2d", "max_pool2d", "avg_pool2d"):
        return _("global") if node.op in POOLS else node.op or node.kind
    # No rule covers it, such as a convolution with padding="same", or it failed.
    if "kernel" not in node.attrs or len(node.out_shape) < 2:
        return node.op
    channels = f", {node.out_shape[1]}" if node.op == "conv2d" else ""
    marks = "".join(_mark(node, *mark) for mark in (("stride", "/"), ("dilation", "d"), ("groups", "g")))
    return f"{setting_text('kernel', node.attrs['kernel'])}{channels}{marks}"


def _mark(node: Node, name: str, prefix: str) -> str:
    """A setting after its letter; empty if unknown or 1."""
    value = node.attrs.get(name)
    text = "1" if value is None else setting_text(name, value)
    return "" if text == "1" else f" {prefix}{text}"


def setting_text(name: str, value: object) -> str:
    """Returns a setting as text: a kernel as `3×3`, a stride as `2` if both axes are equal."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, tuple):
        return str(value)
    return str(value[0]) if name != "kernel" and len(set(value)) == 1 else "×".join(map(str, value))


def setting_pair(node: Node, name: str) -> tuple[int, int]:
    """Returns a window setting (vertical, horizontal): `kernel`, `stride`, `padding` or `dilation`."""
    value: Any = node.attrs[name]
    return value[0], value[1]


def failure_lines(trace: Trace, node: Node) -> list[str]:
    """Returns lines with the shape that a node got and the one it needs, if the pass ended at or in it; else none."""
    failed = trace.failed
    if failed is None or not is_failed(trace, node):
        return []
    lines = [] if failed.got is None else [_("got {shape}").format(shape=any_shape(failed.got))]
    return lines if failed.needs is None else [*lines, _("needs {shape}").format(shape=any_shape(failed.needs))]


def is_failed(trace: Trace, node: Node) -> bool:
    """Whether the pass ended with an error at a node, or in it."""
    if trace.failed is None:
        return False
    op = trace.nodes[trace.failed.node]
    return node.id == op.id or any(group.id == node.id for group in trace.ancestors(op))


def any_shape(shape: Sequence[int | None]) -> str:
    """Returns a shape with its batch, a question mark for a size that is free: `?×64×?×?`."""
    return "×".join("?" if size is None else str(size) for size in shape)


def stage_title(stage: Stage, separator: str = " · ") -> str:
    """Returns both names, the number of blocks and the output shape: `conv4_x · layer3 · 36 blocks · 1024×14²`."""
    shape = format_short_shape(stage.out_shape)  # Empty where the pass ended in it.
    return separator.join([stage_names(stage, separator), blocks_text(stage.n_blocks), *([shape] if shape else [])])


def stage_names(stage: Stage, separator: str = " · ") -> str:
    """Returns the paper's name and the module's, `conv4_x · layer3`; one where they are the same."""
    return separator.join(dict.fromkeys([stage.paper_name, stage.name]))


def blocks_text(n: int) -> str:
    """Returns a number of blocks as text."""
    return n_("{n} block", "{n} blocks", n).format(n=n)


def cost_lines(n_params: int, macs: Macs) -> list[str]:
    """Returns lines with parameters and multiply-adds, each only if it is not 0."""
    lines = []
    if n_params:
        lines.append(_("{n} params").format(n=format_count(n_params)))
    if macs.n != 0:
        lines.append(macs.text)
    return lines


def field_text(field: tuple[Field, Field] | None) -> str:
    """Returns a receptive field's size in pixels as text; behind a global pool it is the whole picture."""
    if field is None:
        return _("unknown")
    sizes = field_sizes(field)
    return format_pixels(*sizes) if sizes else _("the whole picture")


def field_sizes(field: tuple[Field, Field] | None) -> tuple[int, int] | None:
    """Returns a receptive field's height and width in pixels; None if it is unknown or the whole picture.

    A net has one receptive field, that after its last stage. Behind a global pool the sum of what all positions see,
    padding included, would be a second and larger number that says nothing of the net.
    """
    return None if field is None or field[0].jump is None else (field[0].size, field[1].size)


def field_of(trace: Trace, node: Node) -> tuple[Field, Field] | None:
    """Returns a node's receptive field: of the whole net, that after its last stage."""
    return trace.field if node.kind == "network" else node.field


def macs_rule() -> str:
    """Returns the sentence that stands wherever the multiply-adds of a whole net are shown."""
    return _("Multiply-adds: the paper calls them FLOPs, other counters give twice as many.")


def tooltip(trace: Trace, node: Node, title: str | None = None, times: int = 1) -> str:
    """Returns a node's main figures, one per line; counts are multiplied by `times`, the number of equal blocks."""
    lines = [
        title or node.id,
        *([node.op] if node.op else []),
        f"{format_shape(trace.in_shape(node))} → {format_shape(node.out_shape)}",
        _("parameters {n}").format(n=format_exact(times * node.n_params)),
        node.macs.times(times).text,
        _("receptive field {size}").format(size=field_text(field_of(trace, node))),
    ]
    if trace.failed is not None and is_failed(trace, node):
        lines += [f"✗ {trace.failed.message}", *failure_lines(trace, node)]
    if isinstance(node, Block):
        lines.insert(1, _("{block}, shortcut: {kind}").format(block=node.block_type, kind=shortcut_text(node.shortcut)))
    return "\n".join(lines)


def shortcut_text(kind: str) -> str:
    """Returns the localised name of a shortcut kind."""
    return {
        "identity": _("identity"),
        "projection": _("projection"),
        "parameter-free": _("parameter-free"),
        "gated": _("gated"),
    }.get(kind, _("none"))


def distinct_names(traces: Sequence[Trace]) -> tuple[str, ...]:
    """Returns unique network names: equal ones get their input shapes if these differ, else numbers."""
    names = [trace.name for trace in traces]
    shaped = [f"{trace.name}, {format_shape(trace.input.shape)}" for trace in traces]
    chosen = [
        full if names.count(name) > 1 and shaped.count(full) == 1 else name
        for name, full in zip(names, shaped, strict=True)
    ]
    return _numbered(chosen)


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Unique names: duplicates get the first numbers that give no existing name."""
    taken = {name for name in names if names.count(name) == 1}
    numbered = []
    for name in names:
        if names.count(name) > 1:
            name = next(other for n in count(1) if (other := f"{name} ({n})") not in taken)
            taken.add(name)
        numbered.append(name)
    return tuple(numbered)


def block_words(block_type: str) -> str:
    """Returns the paper's name for a block class; other classes keep their name."""
    return {
        "BasicBlock": _("basic"),
        "Bottleneck": _("bottleneck"),
        "PlainBasicBlock": _("plain basic"),
        "PlainBottleneck": _("plain bottleneck"),
        "PreActBasicBlock": _("pre-activation basic"),
        "PreActBottleneck": _("pre-activation bottleneck"),
    }.get(block_type, block_type)
