"""The inspector of the selected node or run: core facts first, the rest in expanders."""

from __future__ import annotations

import streamlit as st

from resnet_viz.i18n import _, current_language
from resnet_viz.records.macs import Macs
from resnet_viz.records.trace import Field, Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.explore.cut import show_cut
from resnet_viz.ui.explore.state import explore
from resnet_viz.ui.page.callouts import plain
from resnet_viz.units import format_exact, format_shape, format_share
from resnet_viz.views.address.view import View
from resnet_viz.views.inspect.formulas import Formula
from resnet_viz.views.inspect.names import Name, by_value
from resnet_viz.views.inspect.node import Inspection
from resnet_viz.views.inspect.parameters import ParamRow, role_text
from resnet_viz.views.inspect.shortcut import Shortcut
from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.parts.ids import Chosen
from resnet_viz.views.parts.runs import Run
from resnet_viz.views.parts.subject import Thing
from resnet_viz.views.parts.words import field_text, shortcut_text

_MOST_ROWS = 6
_LIST_HEIGHT = 130
_LABEL_WIDTH = 84
# So many characters of a name stand beside its label.
_MOST_BESIDE = 20

# Of a part that a pass has not come out of.
_NO_SHAPE = "✗"
W_NODE = "w_node"


def show_node(view: View, trace: Trace, at: Chosen | None) -> None:
    """Shows the inspector of the selected run or node; of the net if nothing is selected."""
    thing: Thing = at.thing if at else trace.network
    _choose_node(view, trace, thing)
    found = cache.get_inspection(view.spec, thing.id, current_language())
    labels, values = zip(*_facts(trace, found), strict=True)
    with st.container(key="inspector", gap="xsmall"):
        st.table({_("Fact"): labels, found.id: values}, border="horizontal", hide_index=True, hide_header=True)
        if found.shortcut:
            with st.expander(_("Why this shortcut"), key="inspector_shortcut"):
                _show_shortcut(found.shortcut, found.id)
        with st.expander(_("How it is counted"), key="inspector_counted"):
            _show_formulas(found)
        show_cut(view, trace, thing)
        if found.params:
            with st.expander(_("Parameters and buffers"), key="inspector_params"):
                _show_params(found)
        if found.names:
            with st.expander(_("Names"), key="inspector_names"):
                for label, name in by_value(found.names):
                    _show_name(label, name)
        if found.source:
            with st.expander(_("Source"), key="inspector_source"):
                _show_source(found.source)


def _choose_node(view: View, trace: Trace, thing: Thing) -> None:
    """A select box of all nodes; a selected run stands before its first block."""
    # One widget key per selection, so that the widget takes its value from the URL.
    key = f"{W_NODE}:{view.spec.to_query()}:{thing.id}"
    ids = list(trace.nodes)
    if isinstance(thing, Run):
        ids.insert(ids.index(thing.first.id), thing.id)
    st.selectbox(
        _("Node"),
        ids,
        index=ids.index(thing.id),
        key=key,
        on_change=_select_listed,
        args=(key,),
        help=_("Choose here, in the drawing or in the table; type to search."),
    )


def _select_listed(key: str) -> None:
    explore.change(node=st.session_state[key])


def _facts(trace: Trace, found: Inspection) -> list[tuple[str, str]]:
    facts = [
        (_("Kind"), found.kind),
        (_("Shape"), f"{format_shape(found.in_shape)} → {format_shape(found.out_shape) or _NO_SHAPE}"),
        (_("Change"), _change_text(found)),
        (_("Shortcut"), shortcut_text(found.shortcut.kind) if found.shortcut else ""),
        (_("Settings"), " · ".join(f"{name} {value}" for name, value in found.attributes)),
        (_("Parameters"), f"{format_exact(found.n_params)} ({format_share(found.n_params, trace.n_params)})"),
        (_("MACs"), _macs_text(trace, found)),
        (_("Receptive field"), _field_text(found.field)),
        (_("Activations"), found.memory),
    ]
    return [(label, value) for label, value in facts if value]


def _macs_text(trace: Trace, found: Inspection) -> str:
    """With the share of the whole, where all of it is known."""
    text = Macs(found.n_macs, found.macs_at_least).text
    return text if trace.macs_at_least else f"{text} ({format_share(found.n_macs or 0, trace.macs.known)})"


def _change_text(found: Inspection) -> str:
    """Only the sizes that change, in bold; nothing where a pass has ended before."""
    if not found.out_shape:
        return ""
    gone = [f"{change.name} {format_exact(change.before or 0)}" for change in found.changes if change.after is None]
    come = [f"{change.name} {format_exact(change.after or 0)}" for change in found.changes if change.before is None]
    if gone or come:
        return f"**{', '.join(gone)} → {', '.join(come)}**"
    sizes: dict[str, list[str]] = {}
    for change in found.changes:
        if change.is_changed:
            step = f"{format_exact(change.before or 0)} → {format_exact(change.after or 0)}"
            sizes.setdefault(step, []).append(change.name)
    return "; ".join(f"{', '.join(names)} **{step}**" for step, names in sizes.items())


def _field_text(field: tuple[Field, Field] | None) -> str:
    if field is None or field[0].jump is None or field[1].jump is None:
        return field_text(field)
    vertical, horizontal = field[0].jump, field[1].jump
    jump = str(vertical) if vertical == horizontal else f"{vertical}×{horizontal}"
    return _("{size}, moving by {jump} px").format(size=field_text(field), jump=jump)


def _show_formulas(found: Inspection) -> None:
    if found.macs_note:
        title = _("MACs")
        st.markdown(f"**{title}** :small[:gray[{found.macs_note}]]")
    for formula in found.formulas:
        st.markdown(f"**{formula.title}** :small[:gray[{formula.words}]]  \n{_sum_text(formula)}")


def _sum_text(formula: Formula) -> str:
    result = format_exact(formula.result)
    is_plain = formula.numbers == result
    unit = f" {formula.unit}" if formula.unit else ""
    return f"**{result}**{unit}" if is_plain else f"{formula.numbers} = **{result}**{unit}"


def _show_shortcut(shortcut: Shortcut, block_id: str) -> None:
    answers = {True: _("yes"), False: _("no")}
    reasons = [f"{reason.question} {reason.values}: **{answers[reason.holds]}**" for reason in shortcut.reasons]
    st.markdown("  \n".join([*reasons, shortcut.conclusion]))
    if shortcut.kind == "none":
        return
    prefix = f"{block_id.partition('..')[0]}."
    residual = " → ".join(op.removeprefix(prefix) for op in shortcut.residual)
    bypass = " → ".join(op.removeprefix(prefix) for op in shortcut.bypass) or _("x itself")
    title = _("Shortcut")
    st.markdown(f"**F(x)** {residual}  \n**{title}** {bypass}")


def _show_params(found: Inspection) -> None:
    if len(found.params) <= _MOST_ROWS:
        columns = (_("Tensor"), _("Shape and values"))
        rows = [_param_cells(row) for row in found.params]
    else:
        columns = (_("Tensors"), _("Values"))
        rows = [
            (f"{role_text(part.layer, part.role)} ×{part.n_tensors}", _size_text(part.size, part.is_buffer))
            for part in found.param_sums
        ]
    st.table(dict(zip(columns, zip(*rows, strict=True), strict=True)), border="horizontal", hide_index=True)
    st.caption(" ".join(_param_notes(found)))


def _param_cells(row: ParamRow) -> tuple[str, str]:
    name = row.key.rpartition(".")[2]
    size = _size_text(row.size, not row.is_counted)
    values = f"{'×'.join(map(str, row.shape))} = {size}" if len(row.shape) > 1 else size
    return f"`{name}` {role_text(row.layer, row.role)}", values


def _size_text(size: int, is_apart: bool) -> str:
    return f"({format_exact(size)})" if is_apart else format_exact(size)


def _param_notes(found: Inspection) -> list[str]:
    notes = [_("In all **{n}** parameters.").format(n=format_exact(found.n_params))]
    if any(row.is_buffer for row in found.params):
        notes.append(_("In brackets: buffers, which are not counted."))
    return notes


def _show_name(label: str, name: Name) -> None:
    """Each name with its own copy button, below or beside those who call it so; many keys as one list."""
    is_list = len(name.values) > _MOST_ROWS
    values = ("\n".join(name.values),) if is_list else name.values
    # Long names get the whole width: state dict keys, Hugging Face's paths, and what several libraries share.
    is_long = name.system == "state" or ", " in label or max(map(len, values)) > _MOST_BESIDE
    with st.container(horizontal=not is_long, gap="xxsmall" if is_long else "xsmall"):
        st.caption(label, width="stretch" if is_long else _LABEL_WIDTH)
        with st.container(gap="xxsmall", width="stretch"):
            for value in values:
                height = _LIST_HEIGHT if is_list else "content"
                st.code(value, language=None, wrap_lines=not is_list, height=height)  # type: ignore[arg-type]


def _show_source(found: tuple[SourceLines, ...]) -> None:
    """The lines that run it, and one line per caller."""
    executed, *callers = found
    # A Trace that was read may name its places as it likes.
    place, function = plain(executed.place), executed.function.replace("`", "'")
    st.caption(f"`{function}`  \n{place}, {_lines_text(executed)}")
    if executed.code:
        st.code(executed.code, language="python")
    for lines in callers:
        call = f" `{lines.code}`" if lines.code else ""
        text = _("Called by `{function}`, {lines}:").format(
            function=lines.function.replace("`", "'"), lines=_lines_text(lines)
        )
        st.caption(f"{text}{call}")


def _lines_text(lines: SourceLines) -> str:
    if lines.first == lines.last:
        return _("line {n}").format(n=lines.first)
    return _("lines {first}–{last}").format(first=lines.first, last=lines.last)
