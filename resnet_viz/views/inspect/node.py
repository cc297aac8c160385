"""All details of one node or run as plain records, for the inspector."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Block, Field, Node, Stage, Trace
from resnet_viz.units import format_bytes
from resnet_viz.views.inspect.formulas import (
    Formula,
    byte_formulas,
    field_formulas,
    macs_formulas,
    params_formulas,
    size_formulas,
)
from resnet_viz.views.inspect.names import Name, names_of
from resnet_viz.views.inspect.parameters import ParamRow, ParamSum, param_rows, param_sums
from resnet_viz.views.inspect.shortcut import Shortcut, explain_shortcut
from resnet_viz.views.inspect.source import SourceLines, source_of
from resnet_viz.views.parts.runs import Run
from resnet_viz.views.parts.subject import Subject, Thing, subject_of
from resnet_viz.views.parts.words import WEIGHTED, field_of, layer_text, stage_names


@dataclass(frozen=True, slots=True)
class SizeChange:
    """A dimension's name, and its size before and after a node (None if absent there)."""

    name: str
    before: int | None
    after: int | None

    @property
    def is_changed(self) -> bool:
        """Whether the size differs."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Inspection:
    """All sections; those that do not apply are empty or None. Figures of a run are totals over its blocks."""

    id: str
    kind: str
    """Localised text, as in `conv2d 3×3, 256 /2` or `35 equal blocks (Bottleneck)`."""
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    changes: tuple[SizeChange, ...]
    attributes: tuple[tuple[str, str], ...]
    n_params: int
    n_macs: int | None
    """None where none is known."""
    macs_at_least: bool
    act_bytes: int
    memory: str
    """Localised text: the bytes newly allocated, or the op whose memory is reused."""
    field: tuple[Field, Field] | None
    shortcut: Shortcut | None
    params: tuple[ParamRow, ...]
    param_sums: tuple[ParamSum, ...]
    formulas: tuple[Formula, ...]
    macs_note: str
    """Why there is no formula for the MACs; empty if there is one."""
    source: tuple[SourceLines, ...]
    names: tuple[Name, ...]


def inspect_node(trace: Trace, thing: Thing) -> Inspection:
    """Returns all details of a node or a run of a Trace."""
    subject = subject_of(thing)
    first = subject.first
    rows = param_rows(trace, subject)
    macs = macs_formulas(trace, subject)
    in_shape, out_shape = trace.in_shape(first), subject.last.out_shape
    op = first if first.kind == "op" else None
    return Inspection(
        id=subject.id,
        kind=kind_text(thing),
        in_shape=in_shape,
        out_shape=out_shape,
        changes=_changes(in_shape, out_shape),
        attributes=_attributes(op) if op else (),
        n_params=subject.n_params,
        n_macs=subject.macs.n,
        macs_at_least=subject.macs.at_least,
        act_bytes=subject.act_bytes,
        memory=_memory_text(trace, subject),
        field=field_of(trace, subject.last),
        shortcut=explain_shortcut(trace, first) if isinstance(first, Block) else None,
        params=rows,
        param_sums=param_sums(rows),
        formulas=(*macs, *(_op_formulas(trace, op) if op else params_formulas(subject))),
        macs_note="" if macs else _macs_note(subject),
        source=source_of(trace, subject),
        names=names_of(trace, thing),
    )


def kind_text(thing: Thing) -> str:
    """Returns a short localised description of a node or run."""
    if isinstance(thing, Run):
        n = len(thing.blocks)
        return n_("{n} block ({block})", "{n} equal blocks ({block})", n).format(n=n, block=thing.first.block_type)
    if isinstance(thing, Stage):
        return _("stage · {name}").format(name=stage_names(thing))
    if isinstance(thing, Block):
        return thing.block_type
    if thing.op in WEIGHTED and thing.attrs:
        return f"{thing.op} {layer_text(thing)}"
    return thing.op or thing.kind


def _op_formulas(trace: Trace, node: Node) -> list[Formula]:
    return [*size_formulas(trace, node), *field_formulas(trace, node), *byte_formulas(node)]


def _changes(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[SizeChange, ...]:
    """Changes per dimension, without the batch; when maps become a vector, each dimension has one size only."""
    names = (_("channels"), _("height"), _("width"))
    if len(before) == len(after) == 4:
        return tuple(SizeChange(name, *sizes) for name, *sizes in zip(names, before[1:], after[1:], strict=True))
    if len(before) == len(after) == 2:
        return (SizeChange(_("features"), before[1], after[1]),)
    gone = [SizeChange(name, size, None) for name, size in zip(names, before[1:], strict=False)]
    come = [SizeChange(name, None, size) for name, size in zip((_("features"),), after[1:], strict=False)]
    return (*gone, *come)


def _attributes(node: Node) -> tuple[tuple[str, str], ...]:
    """The op's arguments, under torch's names."""
    return tuple((name, _value_text(value)) for name, value in node.attrs.items())


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        is_pair = len(value) == 2 and value[0] == value[1] and not isinstance(value[0], str)
        return str(value[0]) if is_pair else ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _memory_text(trace: Trace, subject: Subject) -> str:
    node = subject.first
    if node.kind == "input":
        return format_bytes(subject.act_bytes)
    if node.kind == "op" and (node.is_inplace or node.is_view):
        writer = next(op.id for op in trace.nodes.values() if op.kind in ("input", "op") and op.storage == node.storage)
        words = _("written in place, into the memory of {op}") if node.is_inplace else _("a view of {op}, no copy")
        return words.format(op=writer)
    return _("{size} newly allocated").format(size=format_bytes(subject.act_bytes))


def _macs_note(subject: Subject) -> str:
    if subject.macs.n is None:
        return _("Not known: torch has no formula for what it computes.")
    if subject.macs.at_least:
        return _("What is known of them: for some of what is computed inside, torch has no formula.")
    if subject.first.op == "deform_conv2d":
        return _("Those of the convolution it stands for; reading values between pixels is not counted.")
    if subject.macs.n and not subject.first.is_estimated:
        return _("Convolutions, matrix products and attention in it, by torch's own formulas: no rule knows this op.")
    if subject.macs.n:
        return _("The sum over all that is computed inside.")
    return _("None: only convolutions, linear layers, matrix products and attention are counted.")
