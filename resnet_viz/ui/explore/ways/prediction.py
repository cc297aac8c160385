"""The net's prediction for the picture, and maps of the evidence in the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from resnet_viz.i18n import _
from resnet_viz.records.findings import LABELS, LOGIT, Prediction
from resnet_viz.records.trace import Block, Node, Trace
from resnet_viz.ui.cache.finds import (
    find_occlusion,
    get_grad_cam,
    get_input_gradient,
    get_predictions,
    get_prepared,
    make_occlusion,
)
from resnet_viz.ui.cache.scene import Maps, Scene
from resnet_viz.ui.explore.ways.way import Way
from resnet_viz.ui.page.callouts import plain
from resnet_viz.ui.page.choices import choose_one
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.state import PageState
from resnet_viz.ui.page.waiting import show_waiting
from resnet_viz.views.address.view import View
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.key import draw_key
from resnet_viz.views.maps.overlay import overlay_map, scale_cam
from resnet_viz.views.maps.pictures import fit
from resnet_viz.views.parts.ids import Chosen

_K = 5
_TABLE_HEIGHT, _PICTURE_SIDE = 215, 448
_MOST_CLASSES = 2_000
_METHODS = ("grad_cam", "gradient", "occlusion")

W_LABELS = "w_labels"
W_METHOD = "w_method"
W_CLASS = "w_class"
W_CAM_NODE = "w_cam_node"
W_OPACITY = "w_opacity"
W_OCCLUDE = "w_occlude"


def show_prediction(scene: Scene, at: Chosen, page: PageState[View]) -> None:
    """Shows the five likeliest classes, and a map of the evidence for one."""
    st.header(_("What it is taken for"), anchor=False)
    labels = _choose_labels(scene)
    with st.skeleton(height=_TABLE_HEIGHT):
        best = get_predictions(scene, _K, labels)
    _show_classes(scene, best)
    _tell_rule(best, labels)
    if scene.weights.is_random:
        st.info(
            _(
                "These are noise: with random weights the net has never learned a name. Each output is a random "
                "mixture of what comes in, much the same for every picture; one far ahead only says that numbers grow "
                "large in a deep random net."
            ),
            icon=":material/casino:",
        )
    elif not scene.weights.has_head:
        words = _("The file has no last layer, so this one is random: the names are noise, the maps before it are not.")
        st.info(words, icon=":material/content_cut:")
    _show_evidence(scene, at, labels, best)


def _choose_labels(scene: Scene) -> str:
    """Asks whether the classes exclude each other, where that cannot be known: for somebody's own weights."""
    if scene.weights.data is None or scene.weights.categories or scene.n_classes == 1:
        return LABELS[0]
    titles = {"one": _("One class for each picture"), "many": _("Any number of them")}
    return choose_one(_("What was learned"), {key: titles[key] for key in LABELS}, W_LABELS)


def _tell_rule(best: Sequence[Prediction], labels: str) -> None:
    """Says how the probability is made where it is not the softmax over all classes."""
    if any(found.kind != LOGIT for found in best):
        st.caption(_("The probabilities are the net's own."))
    elif len(best) == 1:
        st.caption(_("The net has one output: the probability of its class is the sigmoid of its logit."))
    elif labels == "many":
        st.caption(_("Each class for itself: its probability is the sigmoid of its logit. They do not sum to 1."))


def _show_classes(scene: Scene, best: tuple[Prediction, ...]) -> None:
    logits = {"logit": [found.score for found in best]} if all(found.kind == LOGIT for found in best) else {}
    st.dataframe(
        {
            "name": [scene.name_class(found.index) for found in best],
            "probability": [found.probability for found in best],
            **logits,
            "index": [found.index for found in best],
        },
        hide_index=True,
        column_config={
            "name": _("Class"),
            "probability": st.column_config.ProgressColumn(
                _("Probability"), format="percent", min_value=0.0, max_value=1.0
            ),
            "logit": st.column_config.NumberColumn(_("Logit"), format="%.2f"),
            "index": st.column_config.NumberColumn(_("Number")),
        },
        key="predictions",
        alt=_("The likeliest classes with their probabilities"),
    )


def _show_evidence(scene: Scene, at: Chosen, labels: str, best: tuple[Prediction, ...]) -> None:
    st.subheader(_("Where it looks"), anchor=False)
    methods = {
        "grad_cam": _("Grad-CAM"),
        "gradient": _("Input gradient"),
        "occlusion": _("Occlusion"),
    }
    with st.container(horizontal=True, vertical_alignment="top"):
        method = st.segmented_control(
            _("Method"),
            _METHODS,
            format_func=lambda key: methods[key],
            default=_METHODS[0],
            required=True,
            key=W_METHOD,
        )
        index = _choose_class(scene, best)
    with st.container(horizontal=True, vertical_alignment="top"):
        place = _choose_place(at.trace, at.node) if method == "grad_cam" else None
        opacity = st.slider(_("Opacity"), 0, 100, 55, key=W_OPACITY, format="%d %%", width=260)
    with st.skeleton(height=_PICTURE_SIDE):
        values = _work_out(scene, labels, (method, index), place)
    if values is None:
        return
    seen = get_prepared(scene.picture.key, scene.preparation, scene.picture.image).seen
    if method == "grad_cam":
        shown = scale_cam(values, (seen.height, seen.width))
    else:  # Pixel gradients are spiky: the square root shows the weaker ones, too.
        shown = np.sqrt(values) if method == "gradient" else np.maximum(values, 0)
    colours = Colours("Inferno")
    picture = overlay_map(seen, shown, opacity / 100, colours)
    words, name = _("{method} for {name}"), scene.name_class(index)
    caption, alt = (words.format(method=methods[method], name=text) for text in (plain(name), name))
    most = f"{shown.max():.3g}" if method == "occlusion" else _("most evidence")
    with st.container(width=_PICTURE_SIDE, gap="xxsmall"):
        st.image(picture_url(fit(picture, _PICTURE_SIDE)), caption=caption, alt=alt)
        st.html(draw_key(colours, False, "0" if method == "occlusion" else _("none"), most))
    if not values.any():
        st.caption(_("The map is 0 everywhere: nothing here speaks for this class."))
    elif values.min() == values.max():
        st.caption(_("The map has the same value everywhere: no place stands out."))


def _choose_class(scene: Scene, best: tuple[Prediction, ...]) -> int:
    """Returns a class: the likeliest come first, then all others up to _MOST_CLASSES."""
    first = [found.index for found in best]
    n = scene.n_classes
    others = sorted(set(range(n)) - set(first)) if n <= _MOST_CLASSES else []
    # The likeliest is part of the key: where it is another, as for other weights, it is chosen.
    key = f"{W_CLASS}:{first[0]}"
    chosen: int = st.selectbox(_("For the class"), first + others, format_func=scene.name_class, key=key, width=260)
    return chosen


def _choose_place(trace: Trace, node: Node) -> str:
    """Returns the block for Grad-CAM: the last one, or the selected one."""
    last = trace.blocks[-1].id
    block = next((part.id for part in (node, *trace.ancestors(node)) if isinstance(part, Block)), None)
    places = [last] if block in (None, last) else [last, str(block)]
    names = {last: _("After the last add ({block})").format(block=last)}
    place: str = st.segmented_control(
        _("At"),
        places,
        format_func=lambda key: names.get(key, _("After {block}").format(block=key)),
        default=last,
        required=True,
        key=f"{W_CAM_NODE}:{':'.join(places)}",
        help=_(
            "The output of the last block: the last place that still has positions. Before the add, the last "
            "convolution alone would leave out what came along the shortcut. Choose a block in the drawing to see it "
            "there, too."
        ),
    )
    return place


def _work_out(scene: Scene, labels: str, chosen: tuple[str, int], place: str | None) -> Maps | None:
    method, index = chosen
    if place is not None:
        return get_grad_cam(scene, place, index)
    if method == "gradient":
        return get_input_gradient(scene, index)
    st.caption(
        _(
            "An even patch covers one place after the other: bright is where the class becomes less likely for it. "
            "Places that make it likelier stay dark."
        )
    )
    found = find_occlusion(scene, index, labels)
    if found is not None:
        return found
    if not st.button(_("Cover place by place"), icon=":material/grid_on:", key=W_OCCLUDE):
        return None
    with show_waiting(lambda done, total: _("{done} of {total} places").format(done=done, total=total)):
        return make_occlusion(scene, index, labels)


WAY = Way("prediction", lambda: _("Prediction"), show_prediction)
