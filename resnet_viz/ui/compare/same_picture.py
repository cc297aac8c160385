"""The same picture through several nets: maps of corresponding places, their norms, and predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import _, current_language, n_
from resnet_viz.records.preparation import Preparation
from resnet_viz.records.trace import Trace
from resnet_viz.spec.named import Net
from resnet_viz.ui.cache.finds import get_map_rows, get_predictions
from resnet_viz.ui.cache.pictures import Picture
from resnet_viz.ui.cache.scene import Scene, Weights, usual_preparation
from resnet_viz.ui.page import reader
from resnet_viz.ui.page.callouts import mark_random, plain, show_error
from resnet_viz.ui.page.choices import choose_one
from resnet_viz.ui.page.pictures import picture_url
from resnet_viz.ui.page.trained import offer_trained
from resnet_viz.units import format_exact, format_value
from resnet_viz.views.charts.along import net_labels
from resnet_viz.views.compare.maps import SHOWN, MapRow, MapRows
from resnet_viz.views.compare.places import NetPlace, PlaceRow, depth_places, stage_places
from resnet_viz.views.maps.colours import Colours

W_WHERE, W_PERCENT, W_SHOW, W_SCALE = "w_same_where", "w_same_percent", "w_same_show", "w_same_scale"
WHERE = ("stages", "depth")
_K = 5
_TILE = 140
_PAIR = 2 * _TILE + 52
"""Width of two tiles with their frame, in pixels, which fits a phone."""
_CHANNELS = 8


def make_scenes(
    nets: Sequence[Net], weights: Sequence[Weights], device: str, shown: tuple[Picture, Preparation]
) -> tuple[Scene, ...]:
    """Returns a scene per net, with the same picture and crop, prepared for the net's weights and input."""
    picture, preparation = shown
    return tuple(
        Scene(net, device, loaded, picture, _prepared(net, loaded, preparation))
        for net, loaded in zip(nets, weights, strict=True)
    )


def _prepared(net: Net, weights: Weights, preparation: Preparation) -> Preparation:
    return replace(weights.preparation, size=usual_preparation(net).size, crop=preparation.crop)


def show_same_picture(
    scenes_of_nets: Sequence[Scene], traces: Sequence[Trace], on_weights: Callable[[dict[int, str]], None]
) -> None:
    """Shows predictions, maps of corresponding places and their norms, net beside net.

    `on_weights` gets the names of trained weights that the reader asks for, by the index of their net.
    """
    st.header(_("The same picture through each"), anchor=False)
    labels = net_labels(traces)
    _mark_random(scenes_of_nets, labels, on_weights)
    try:
        with st.spinner(_("Running {name} …").format(name=", ".join(labels))):
            _show_predictions(scenes_of_nets, labels)
            _show_maps(tuple(scenes_of_nets), traces, labels)
    except ResnetVizError as error:
        show_error(error)


def _mark_random(
    scenes_of_nets: Sequence[Scene], labels: Sequence[str], on_weights: Callable[[dict[int, str]], None]
) -> None:
    random = [at for at, scene in enumerate(scenes_of_nets) if scene.weights.is_random]
    if random:
        mark_random([labels[at] for at in random])
        nets = [scenes_of_nets[at].spec for at in random]
        offer_trained(nets, lambda names: on_weights({random[at]: name for at, name in names.items()}))


# Predictions


def _show_predictions(scenes_of_nets: Sequence[Scene], labels: Sequence[str]) -> None:
    st.subheader(_("What each takes it for"), anchor=False)
    for scene, label, place in zip(scenes_of_nets, labels, st.columns(len(labels)), strict=True):
        best = get_predictions(scene, _K)
        with place:
            mark = " :orange[:material/casino: " + _("noise: random weights") + "]" if scene.weights.is_random else ""
            st.markdown(f"**{plain(label)}**{mark}")
            st.dataframe(
                {
                    "name": [scene.name_class(found.index) for found in best],
                    "probability": [found.probability for found in best],
                },
                hide_index=True,
                column_config={
                    "name": _("Class"),
                    "probability": st.column_config.ProgressColumn(
                        _("Probability"), format="percent", min_value=0.0, max_value=1.0
                    ),
                },
                key=f"same_predictions:{label}",
                alt=_("The likeliest classes of {net} with their probabilities").format(net=label),
            )


# Maps


def _show_maps(scenes_of_nets: tuple[Scene, ...], traces: Sequence[Trace], labels: Sequence[str]) -> None:
    st.subheader(_("Maps of corresponding places"), anchor=False)
    rows, show, scale = _choose_rows(traces)
    colours = Colours(is_dark=reader.is_dark())
    chosen, language = (show, scale), current_language()
    made = [get_map_rows(scenes_of_nets, rows, at, chosen, colours, _CHANNELS, language) for at in range(len(rows))]
    st.caption(
        _("In each frame equal values have equal colours, whichever net they are of.")
        if scale == "common"
        else _("Each map has its own scale, whose ends stand below it: equal colours are not equal values.")
    )
    with st.container(horizontal=show != "channels"):
        for row, maps in zip(rows, made, strict=True):
            with st.container(border=True, gap="xsmall", width="stretch" if show == "channels" else _PAIR):
                _show_row(row, maps, labels, (show, scale))
    if show == "norm":
        st.caption(
            _(
                "The norm at each position is over all channels and grows with their number; "
                "the root mean square does not."
            )
        )
    _show_figures(rows, made, labels)


def _choose_rows(traces: Sequence[Trace]) -> tuple[tuple[PlaceRow, ...], str, str]:
    """Returns the places, what to show of them, and the scale."""
    wheres = {"stages": _("End of each stage"), "depth": _("One depth")}
    shows = {"norm": _("Norm"), "rms": _("Root mean square"), "channels": _("Strongest channels")}
    # A net of other norms is black beside one of large ones: each its own is the usual, and one for all a choice.
    scales = {"net": _("Each net its own"), "common": _("One for all nets")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        where = choose_one(_("Where"), {key: wheres[key] for key in WHERE}, W_WHERE)
        show = choose_one(_("Show"), {key: shows[key] for key in SHOWN}, W_SHOW)
        scale = choose_one(_("Scale"), scales, W_SCALE)
    if where == "stages":
        return stage_places(traces), show, scale
    percent = st.slider(
        _("Depth"),
        0,
        100,
        50,
        key=W_PERCENT,
        format="%d %%",
        help=_("The same share of each net's blocks: 0 % is its first block, 100 % its last."),
    )
    return (depth_places(traces, percent),), show, scale


def _show_row(row: PlaceRow, maps: MapRows, labels: Sequence[str], chosen: tuple[str, str]) -> None:
    """One place in each net, and the colour scale."""
    show, scale = chosen
    shown = list(zip(_present(row, labels), maps.rows, strict=True))
    st.markdown(f"**{row.title}**")
    for label, _place in _absent(row, labels):
        st.caption(_("{net} has no such stage.").format(net=plain(label)))
    captions = [_caption(label, place, map_row, scale) for (label, place), map_row in shown]
    alts = [_alt(label, place, map_row, show) for (label, place), map_row in shown]
    with st.container(horizontal=True, gap="small"):
        for caption, alt, (_names, map_row) in zip(captions, alts, shown, strict=True):
            st.image(
                picture_url(map_row.png), caption=caption, alt=alt, width="content" if show == "channels" else _TILE
            )
    if scale == "common" and maps.rows:
        _show_scale(maps)


def _present(row: PlaceRow, labels: Sequence[str]) -> list[tuple[str, NetPlace]]:
    return [(label, place) for label, place in zip(labels, row.places, strict=True) if place is not None]


def _absent(row: PlaceRow, labels: Sequence[str]) -> list[tuple[str, None]]:
    return [(label, place) for label, place in zip(labels, row.places, strict=True) if place is None]


def _show_scale(maps: MapRows) -> None:
    map_row = maps.rows[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(format_value(map_row.low), width="content")
        st.image(
            picture_url(maps.bar), width=_TILE, alt=_("Colours of the scale, from its least value to its greatest")
        )
        st.caption(format_value(map_row.high), width="content")


def _caption(label: str, place: NetPlace, map_row: MapRow, scale: str) -> str:
    words = f"**{plain(label)}** · {place.title} · {place.shape}"
    return words if scale == "common" else f"{words} · {format_value(map_row.low)} … {format_value(map_row.high)}"


def _alt(label: str, place: NetPlace, map_row: MapRow, show: str) -> str:
    if show == "channels":
        return _("Strongest channels of {node} in {net}: {channels}").format(
            node=place.node, net=label, channels=", ".join(map(str, map_row.channels))
        )
    what = _("Norm over all channels") if show == "norm" else _("Root mean square over all channels")
    return _("{what} at each position of {node} in {net}, from {low} to {high}").format(
        what=what, node=place.node, net=label, low=format_value(map_row.low), high=format_value(map_row.high)
    )


def _show_figures(rows: Sequence[PlaceRow], made: Sequence[MapRows], labels: Sequence[str]) -> None:
    """The statistics of all maps, one row per place and net."""
    lines = [
        (row.title, label, place.node, map_row)
        for row, maps in zip(rows, made, strict=True)
        for (label, place), map_row in zip(_present(row, labels), maps.rows, strict=True)
    ]
    st.dataframe(
        {
            "place": [title for title, _label, _node, _own in lines],
            "net": [label for _title, label, _node, _own in lines],
            "node": [node for _title, _label, node, _own in lines],
            "channels": [map_row.figures.n_channels for *_names, map_row in lines],
            "norm": [map_row.figures.norm for *_names, map_row in lines],
            "rms": [map_row.figures.rms for *_names, map_row in lines],
            "most": [map_row.figures.most for *_names, map_row in lines],
            "zeros": [map_row.figures.zeros for *_names, map_row in lines],
        },
        hide_index=True,
        column_config={
            "place": _("Place"),
            "net": _("Net"),
            "node": _("Node"),
            "channels": st.column_config.NumberColumn(_("Channels")),
            "norm": st.column_config.NumberColumn(_("Norm"), format="localized"),
            "rms": st.column_config.NumberColumn(_("Root mean square"), format="localized"),
            "most": st.column_config.NumberColumn(_("Greatest value"), format="localized"),
            "zeros": st.column_config.NumberColumn(_("Exactly 0"), format="percent"),
        },
        key="same_figures",
        alt=n_("Norms of {n} map", "Norms of {n} maps", len(lines)).format(n=format_exact(len(lines))),
    )
