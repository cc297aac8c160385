"""Gradient and signal from block to block, in train and in eval mode, beside the same net with other shortcuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _
from resnet_viz.records.findings import HALF_MOST, MODES, NetNorms
from resnet_viz.records.trace import Trace
from resnet_viz.spec.resnet import ResNetSpec
from resnet_viz.spec.variants import variants_of
from resnet_viz.ui.cache.finds import get_norms
from resnet_viz.ui.cache.scene import Scene, Weights
from resnet_viz.ui.components.graph_view import measure_graph
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.state import PageState
from resnet_viz.units import format_exact
from resnet_viz.views.address.view import View, view_detail
from resnet_viz.views.charts.norms import NORM_QUANTITIES, NormLine, chart_norms
from resnet_viz.views.graph.measured import box_norms
from resnet_viz.views.parts.ids import Chosen

W_TARGET, W_BESIDE, W_MODE = "w_norm_class", "w_norm_beside", "w_norm_mode"
W_NORMS, W_SHADE = "w_norms", "w_norm_shade"
W_GRAPH = "w_graph"
"""The drawing of the page Explore."""


def show_gradients(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows the charts of the net, what they mean, and on request those of its variants."""
    st.header(_("Gradient and signal, block by block"), anchor=False)
    target = _choose_target(scene)
    found = list(_measure(scene, target))
    if found:
        lines = [NormLine(mode_words(norms.mode), norms) for norms in found]
        place = next((node.id for node in (at.node, *at.trace.ancestors(at.node)) if _is_place(node.id, lines)), None)
        key = f"{W_NORMS}:{place}"
        _show_charts(lines, _condition(scene.weights.is_random, *(norms.mode for norms in found)), key, page, place)
        st.markdown(plain(_ratio_words(found)))
        _shade_drawing(at.trace, found, page)
        for norms in found:
            _show_overflow(at.trace, norms, page)
    st.caption(
        _(
            "The gradient is that of the cross entropy, over all parameters of a block; the signal is what leaves it. "
            "One picture is the whole batch: in train mode batch norm takes mean and deviation of its positions, in "
            "eval mode those that it has kept, which in a fresh net are 0 and 1. The net itself is not changed."
        )
    )
    if isinstance(scene.spec, ResNetSpec):
        _show_beside(scene, scene.spec, target, page)


def _choose_target(scene: Scene) -> int:
    n = scene.n_classes
    return st.number_input(
        _("Class of the cross entropy"),
        0,
        n - 1,
        0,
        key=f"{W_TARGET}:{n}",
        width=240,
        help=_("Training would take the true class of the picture. Scores far from each other hide it in eval mode."),
    )


def _measure(scene: Scene, target: int) -> Iterator[NetNorms]:
    """Yields the figures of each mode; a mode without any says why."""
    for mode in MODES:
        try:
            yield get_norms(scene, target, mode)
        except ResnetVizError as error:
            st.caption(f"{plain(mode_words(mode))}: {plain(str(error))}")


def mode_words(mode: str) -> str:
    """Returns a mode's name."""
    return {"train": _("train mode"), "eval": _("eval mode")}[mode]


def _condition(is_start: bool, *modes: str) -> tuple[str, str]:
    """Returns what stands at an axis: the modes of its lines, and the step."""
    step = _("at the start (step 0)") if is_start else _("with these weights")
    return " / ".join(map(mode_words, modes)), step


def _is_place(node: str, lines: Sequence[NormLine]) -> bool:
    return any(place.node == node for place in lines[0].norms.places)


def _show_charts(
    lines: Sequence[NormLine], condition: Sequence[str], key: str, page: PageState[View], chosen: str | None = None
) -> None:
    for quantity in NORM_QUANTITIES:
        chart = chart_norms(lines, quantity, condition, reader.theme(), chosen)
        name = f"{key}:{quantity}"
        st.plotly_chart(
            reader.for_reader(chart.figure),
            key=name,
            on_select=lambda name=name: _choose_point(name, page),
            selection_mode="points",
            alt=chart.alt,
        )


def _choose_point(key: str, page: PageState[View]) -> None:
    points = st.session_state[key].selection.points
    if points:
        page.change(node=str(points[0]["x"]))


def _ratio_words(found: Sequence[NetNorms]) -> str:
    parts = [
        _("{ratio} in {mode}").format(ratio=f"{norms.ratio:.3g}", mode=mode_words(norms.mode))
        for norms in found
        if norms.ratio is not None
    ]
    if not parts:
        return _("The last convolution has no gradient here.")
    return _("Gradient of the first convolution over that of the last: {parts}.").format(parts="; ".join(parts))


def _shade_drawing(trace: Trace, found: Sequence[NetNorms], page: PageState[View]) -> None:
    """Colours the drawing above by the gradient of each box, on request."""
    names = {"": _("off"), **{mode: mode_words(mode) for mode in MODES}}
    mode = st.segmented_control(
        _("Colour the drawing by the gradient"),
        list(names),
        format_func=lambda key: names[key],
        default="",
        required=True,
        key=W_SHADE,
        help=_("On a logarithmic scale from the least to the largest of the boxes that are drawn."),
    )
    norms = next((norms for norms in found if norms.mode == mode), None)
    if norms is not None:
        detail, _unknown = view_detail(page.read(), trace)
        words = _("Norm of the gradient over all parameters of a box, {mode}").format(mode=names[norms.mode])
        measure_graph(W_GRAPH, words, box_norms(trace, detail, norms.gradients))


def _show_overflow(trace: Trace, norms: NetNorms, page: PageState[View]) -> None:
    """Says from which op on half precision cannot hold the values, with a button that chooses it."""
    if norms.overflow is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"overflow_{norms.mode}"):
        st.warning(plain(_overflow_words(norms)), icon=":material/warning:")
        if norms.overflow in trace.nodes:
            st.button(
                _("Show {node}").format(node=norms.overflow),
                icon=":material/my_location:",
                key=f"overflow_go:{norms.mode}",
                on_click=lambda: page.change(node=norms.overflow),
            )


def _overflow_words(norms: NetNorms) -> str:
    return _(
        "Half precision ends in {mode}: {node} is the first op with a value above {most}, the largest number of "
        "float16. The largest of the pass is {largest}."
    ).format(
        mode=mode_words(norms.mode),
        node=norms.overflow,
        most=format_exact(int(HALF_MOST)),
        largest=f"{norms.largest:.3g}",
    )


# The same net with other shortcuts


def _show_beside(scene: Scene, spec: ResNetSpec, target: int, page: PageState[View]) -> None:
    is_wanted = st.toggle(
        _("Beside the same net with other shortcuts, at the start"),
        key=W_BESIDE,
        help=_("Plain, options A, B and C, pre-activation, and zero-init, as far as the net allows; random weights."),
    )
    if not is_wanted:
        return
    names = {mode: mode_words(mode) for mode in MODES}
    mode = st.segmented_control(_("Mode"), MODES, format_func=lambda key: names[key], default=MODES[0], required=True,
                                key=W_MODE)  # fmt: skip
    lines = list(_measure_variants(scene, spec, target, mode))
    if not lines:
        return
    _show_charts(lines, _condition(True, mode), f"{W_NORMS}:{mode}", page)
    st.table(
        {
            _("Net"): [plain(line.label) for line in lines],
            _("First over last"): ["–" if line.norms.ratio is None else f"{line.norms.ratio:.3g}" for line in lines],
            _("Half precision ends at"): [plain(line.norms.overflow or "–") for line in lines],
        }
    )


def _measure_variants(scene: Scene, spec: ResNetSpec, target: int, mode: str) -> Iterator[NormLine]:
    names = variant_names()
    weights = Weights(preparation=scene.preparation)
    for word, variant in variants_of(spec).items():
        try:
            yield NormLine(names[word], get_norms(replace(scene, spec=variant, weights=weights), target, mode))
        except ResnetVizError as error:
            st.caption(f"{plain(names[word])}: {plain(str(error))}")


def variant_names() -> dict[str, str]:
    """Returns the names of VARIANTS."""
    return {
        "plain": _("plain"),
        "A": _("shortcut A"),
        "B": _("shortcut B"),
        "C": _("shortcut C"),
        "pre": _("pre-activation"),
        "zero": _("zero-init"),
    }


WAY = Way("gradients", lambda: _("Gradients"), show_gradients)
