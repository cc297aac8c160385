"""The differences between two Traces as lines, the most important first; none for the same net.

Compared are the input, the mode, stages and blocks, ops and their arguments, what goes from op to op, shapes and
dtypes, parameters, multiply-adds and names; not the device, the versions, the source lines and the name of the net.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from resnet_viz.checking.pairs import Pairs, pair_ops, renamed
from resnet_viz.i18n import _, n_
from resnet_viz.records.trace import Node, ParamMeta, TensorMeta, Trace
from resnet_viz.units import format_exact

_MOST = 3
"""Lines of one kind."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One line: what kind of difference, at which op of the reference or of the net, and in words."""

    kind: str
    """failed | input | mode | structure | removed | added | argument | order | shape | parameters | macs | name |
    total"""
    node: str | None
    text: str


def find_deviations(reference: Trace, net: Trace) -> tuple[Deviation, ...]:
    """Returns the differences of a net from a reference, few of each kind; empty if they are the same."""
    pairs = pair_ops(reference, net)
    kinds = (
        _of_failure(reference, net),
        _of_whole(reference, net),
        (
            Deviation("removed", op.id, _("{op} ({what}) is gone").format(op=op.id, what=_what(op)))
            for op in pairs.removed
        ),
        (Deviation("added", op.id, _("{op} ({what}) is new").format(op=op.id, what=_what(op))) for op in pairs.added),
        _of_ops(pairs),
        _of_wires(pairs),
        _of_shapes(pairs),
        _of_params(pairs),
        _of_macs(pairs),
        _of_names(pairs),
        _of_groups(reference, net, pairs),
        _of_totals(reference, net),
    )
    return tuple(deviation for kind in kinds for deviation in _few(list(kind)))


def _few(found: Sequence[Deviation]) -> Iterator[Deviation]:
    yield from found[:_MOST]
    if len(found) > _MOST:
        n = len(found) - _MOST
        text = n_("and {n} more of this kind", "and {n} more of this kind", n).format(n=format_exact(n))
        yield Deviation(found[0].kind, None, text)


def _of_one(kind: str, text: str, ops: Iterable[Node]) -> Iterator[Deviation]:
    return (Deviation(kind, op.id, text.format(op=op.id, what=_what(op))) for op in ops)


def _of_failure(reference: Trace, net: Trace) -> Iterator[Deviation]:
    ends = [trace.failed.node if trace.failed else None for trace in (reference, net)]
    if ends[0] != ends[1]:
        words = [_("ends with an error at {op}").format(op=end) if end else _("runs to its end") for end in ends]
        yield Deviation("failed", ends[1], _instead(_("The forward pass"), words[1], words[0]))


def _of_whole(reference: Trace, net: Trace) -> Iterator[Deviation]:
    inputs = [
        [_tensor(node.outputs[0]) for node in trace.nodes.values() if node.kind == "input"]
        for trace in (reference, net)
    ]
    if inputs[0] != inputs[1]:
        yield Deviation("input", None, _instead(_("The input"), ", ".join(inputs[1]), ", ".join(inputs[0])))
    if reference.mode != net.mode:
        yield Deviation("mode", None, _instead(_("The mode"), net.mode, reference.mode))
    counts = ["+".join(str(stage.n_blocks) for stage in trace.stages) or "0" for trace in (reference, net)]
    if counts[0] != counts[1]:
        yield Deviation("structure", None, _instead(_("Blocks per stage"), counts[1], counts[0]))


def _of_ops(pairs: Pairs) -> Iterator[Deviation]:
    for old, new in pairs.both:
        if old.op != new.op:
            yield Deviation("argument", new.id, _instead(new.id, _what(new), _what(old)))
            continue
        names = [name for name in {**old.attrs, **new.attrs} if _differs(name, old, new)]
        for name in names:
            text = _instead(f"{new.id}.{name}", _value(new, name), _value(old, name))
            yield Deviation("argument", new.id, text)


def _differs(name: str, old: Node, new: Node) -> bool:
    # By its text, in which True is not 1.
    return repr(old.attrs.get(name)) != repr(new.attrs.get(name))


def _of_wires(pairs: Pairs) -> Iterator[Deviation]:
    for old, new in pairs.both:
        sources = [pairs.names.get(source, source) for source in old.inputs]
        if sources != list(new.inputs) and set(sources) <= set(pairs.names.values()):
            text = _instead(_("What {op} gets").format(op=new.id), ", ".join(new.inputs), ", ".join(sources))
            yield Deviation("order", new.id, text)
    # Ops whose wires are the same may still run in another order.
    runs = [
        [old.id for old, new in pairs.both],
        [old.id for old, new in sorted(pairs.both, key=lambda pair: pair[1].order)],
    ]
    for first, second in zip(*runs, strict=True):
        if first != second:
            yield Deviation("order", second, _("{op} runs earlier than {other} now").format(op=second, other=first))
            break


def _of_shapes(pairs: Pairs) -> Iterator[Deviation]:
    """The first op with another output; what comes after it is a consequence."""
    found = [(old, new) for old, new in pairs.both if _tensors(old.outputs) != _tensors(new.outputs)]
    if found:
        old, new = found[0]
        text = _instead(_("The output of {op}").format(op=new.id), _tensors(new.outputs), _tensors(old.outputs))
        n = len(found) - 1
        more = n_("and of {n} op after it another, too", "and of {n} ops after it others, too", n).format(
            n=format_exact(n)
        )
        yield Deviation("shape", new.id, f"{text}; {more}" if n else text)


def _of_params(pairs: Pairs) -> Iterator[Deviation]:
    for old, new in pairs.both:
        words = [_params(op) for op in (old, new)]
        if words[0] != words[1]:
            text = _instead(_("Parameters of {op}").format(op=new.id), words[1] or _("none"), words[0] or _("none"))
            yield Deviation("parameters", new.id, text)


def _of_macs(pairs: Pairs) -> Iterator[Deviation]:
    """Where nothing else tells why: the shapes, the arguments and the parameters are the same."""
    for old, new in pairs.both:
        is_explained = (
            _what(old) != _what(new) or _tensors(old.outputs) != _tensors(new.outputs) or _params(old) != _params(new)
        )
        if old.macs != new.macs and not is_explained:
            yield Deviation(
                "macs", new.id, _instead(_("MACs of {op}").format(op=new.id), new.macs.exact, old.macs.exact)
            )


def _of_names(pairs: Pairs) -> Iterator[Deviation]:
    for (old, new), n in renamed(pairs).items():
        text = n_("{old} is named {new} now ({n} op)", "{old} is named {new} now ({n} ops)", n)
        yield Deviation("name", new, text.format(old=old, new=new, n=format_exact(n)))


def _of_groups(reference: Trace, net: Trace, pairs: Pairs) -> Iterator[Deviation]:
    """Parameters that no op has, and blocks that are others although their ops are the same."""
    own = [_params_of_groups(trace) for trace in (reference, net)]
    for name in {**own[0], **own[1]}:
        old, new = (params.get(name, _("none")) for params in own)
        if old != new:
            yield Deviation("parameters", None, _instead(name, new, old))
    if not (pairs.removed or pairs.added):
        for old_block, block in zip(reference.blocks, net.blocks, strict=False):
            if old_block.shortcut != block.shortcut:
                yield Deviation("structure", block.id, _instead(block.id, block.shortcut, old_block.shortcut))


def _of_totals(reference: Trace, net: Trace) -> Iterator[Deviation]:
    if reference.n_params != net.n_params:
        words = format_exact(net.n_params), format_exact(reference.n_params)
        yield Deviation("total", None, _instead(_("Parameters in total"), *words))
    if reference.macs != net.macs:
        yield Deviation("total", None, _instead(_("MACs in total"), net.macs.exact, reference.macs.exact))


def _instead(subject: str, new: str, old: str) -> str:
    return _("{subject}: {new} instead of {old}").format(subject=subject, new=new, old=old)


def _what(op: Node) -> str:
    shape = " ".join(str(op.attrs[name]) for name in ("kernel", "stride") if name in op.attrs)
    return f"{op.op} {shape}".strip()


def _value(op: Node, name: str) -> str:
    return repr(op.attrs[name])[:60] if name in op.attrs else _("none")


def _tensor(tensor: TensorMeta) -> str:
    return f"{_shape(tensor.shape)} {tensor.dtype}"


def _tensors(tensors: Iterable[TensorMeta]) -> str:
    return ", ".join(map(_tensor, tensors))


def _params(op: Node) -> str:
    """Names, shapes, dtypes, and what is frozen or shared: the names as the op has them, without its own."""
    return ", ".join(f"{param.name.rpartition('.')[2]} {_param(param)}" for param in op.params)


def _param(param: ParamMeta) -> str:
    shared = _("shared") if param.same_as else ""
    frozen = "" if param.is_trainable or param.is_buffer else _("frozen")
    return " ".join(word for word in (_shape(param.shape), param.dtype, frozen, shared) if word)


def _params_of_groups(trace: Trace) -> dict[str, str]:
    return {param.name: _param(param) for node in trace.nodes.values() if node.kind != "op" for param in node.params}


def _shape(shape: Sequence[int]) -> str:
    """With the batch, unlike in views: `1×64×56×56`; `1` for a single value."""
    return "×".join(map(str, shape)) or "1"
