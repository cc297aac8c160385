"""A session's current scene and the maps captured from it.

They end with it. The browser requests tiles from a route (`routes.py`), outside of
any script run, which finds the Sight by an unguessable token.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import streamlit as st

from resnet_viz.errors import DrawError, TraceError
from resnet_viz.i18n import _, current_language
from resnet_viz.records.trace import Node, Trace
from resnet_viz.ui.cache import nets as cache
from resnet_viz.ui.cache.finds import capture_maps, get_prepared
from resnet_viz.ui.cache.kept import FINDS
from resnet_viz.ui.cache.scene import Maps, Scene
from resnet_viz.ui.server.asking import acting_for, asker
from resnet_viz.views.maps.channels import ChannelStats, NodeStats, channel_stats, node_stats
from resnet_viz.views.maps.layout import Layout, read_layout, write_layout
from resnet_viz.views.maps.meaning import explain_maps
from resnet_viz.views.maps.packed import FieldView, describe_maps, make_tiles, pack_tiles
from resnet_viz.views.parts.ids import chosen

MOST_MAPS = 128 * 2**20
_FIRST = "conv1"
_sights: WeakValueDictionary[str, Sight] = WeakValueDictionary()

SIGHT = "sight"


@dataclass(frozen=True, slots=True, eq=False)
class NodeMaps:
    """The maps of a node, (C, H, W) or (C,), read-only, with statistics of each channel and of all."""

    maps: Maps
    channels: ChannelStats
    whole: NodeStats


class OutdatedError(TraceError):
    """The scene that is asked about is no longer the current one: no fault, the browser will hear of the new one."""


class Sight:
    """The current scene of a session, and the maps found in it."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self._scene: tuple[str, Scene, bytes] | None = None
        self._owner = asker()
        _sights[self.token] = self

    def set_scene(self, scene: Scene) -> None:
        """Sets the current scene. Must be called by a script run, whose session caches the prepared picture."""
        name = hashlib.blake2b(repr(scene.key).encode(), digest_size=12).hexdigest()
        prepared = get_prepared(scene.picture.key, scene.preparation, scene.picture.image)
        self._scene = (name, scene, prepared.thumbnail)

    def find(self, node_id: str) -> NodeMaps:
        """Returns the maps of a node. Raises SpecError if they exceed MOST_MAPS, and whatever `capture` raises."""
        name, scene, _thumbnail = self._current()
        return self._find(name, scene, node_id)

    def address(self, node_id: str, layout: Layout) -> str:
        """Returns the query by which the route `TILES` serves a node's tiles; of `first_node` if `node_id` is empty."""
        name, _scene, _thumbnail = self._current()
        named = {"sight": self.token, "scene": name, "node": node_id, "lang": current_language()}
        return urlencode({**named, **write_layout(layout)})

    def answer(self, params: Mapping[str, str]) -> bytes:
        """Returns the tiles of such a query, as `pack_tiles` packs them.

        Raises OutdatedError where another scene has taken the place of the query's, and ResnetVizError.
        """
        name, scene, thumbnail = self._current()
        if params.get("scene") != name:
            raise OutdatedError(_("Something else is looked at by now."))
        node = _find_node(scene, params.get("node", ""))
        layout = read_layout(params)
        found = self._find(name, scene, node.id)
        field_view = node.field and FieldView(node.field, scene.preparation.size, thumbnail, node.is_global)
        channels = layout.page_of(found.channels).channels
        tiles = make_tiles(
            found.maps,
            channels,
            layout.scaling,
            colours=layout.colours,
            field_view=field_view,
            name=node.id,
            stats=found.channels,
        )
        meaning = explain_maps(cache.get_trace(scene.spec), node, scene.weights.is_random)
        return pack_tiles(tiles, describe_maps(found.whole), meaning)

    def _find(self, name: str, scene: Scene, node_id: str) -> NodeMaps:
        def make() -> NodeMaps:
            maps = capture_maps(scene, node_id, MOST_MAPS)
            channels = channel_stats(maps)
            return NodeMaps(maps, channels, node_stats(maps, channels))

        # Script and route may request the same maps at once: the second waits, and gets the first one's.
        with acting_for(self._owner):
            return FINDS.get(("maps", name, node_id), make)

    def _current(self) -> tuple[str, Scene, bytes]:
        if self._scene is None:
            raise DrawError(_("There is no picture yet. Choose one first."))
        return self._scene


def own_sight() -> Sight:
    """Returns the Sight of the current session, made on first use."""
    if SIGHT not in st.session_state:
        st.session_state[SIGHT] = Sight()
    sight: Sight = st.session_state[SIGHT]
    return sight


def find_sight(token: str) -> Sight:
    """Returns the Sight of a token. Raises TraceError if there is none, or its session is over."""
    sight = _sights.get(token)
    if sight is None:
        raise TraceError(_("This session is over. Reload the page."))
    return sight


def first_node(trace: Trace) -> Node:
    """Returns the node shown before any is selected: the first convolutions, whose maps still resemble the picture."""
    return trace.nodes.get(_FIRST) or next((op for op in trace.ops if op.op == "conv2d"), trace.ops[0])


def _find_node(scene: Scene, node_id: str) -> Node:
    trace = cache.get_trace(scene.spec)
    found = chosen(trace, node_id or first_node(trace).id)
    if found is None:
        raise TraceError(
            _("{name} has no node “{got}”. Choose one in the drawing.").format(name=trace.name, got=node_id[:60])
        )
    return found.node
