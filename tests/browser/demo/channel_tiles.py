"""The route that makes the tiles of the page of channels, beside the app's own of the same path."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qs

import numpy as np
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from resnet_viz.records.trace import Field
from resnet_viz.ui.components.paths import TILES, route_path
from resnet_viz.views.maps.channels import channel_order, channel_stats, cut_page
from resnet_viz.views.maps.colours import Colours
from resnet_viz.views.maps.levels import Scaling
from resnet_viz.views.maps.packed import FieldView, make_tiles, pack_tiles
from tests.browser.demo.channel_maps import make_maps


def answer(request: Request) -> Response:
    """The tiles that the address of the page describes; `at` is the page of channels, and `node` names them."""
    params = request.query_params
    maps = make_maps(params.get("kind", "relu"))
    order = channel_order(channel_stats(maps), params.get("order", "index"))
    page = cut_page(order, int(params.get("size", "64")), int(params["at"]))
    scaling = Scaling(params.get("scope", "channel"), int(params.get("clip", "0")))
    colours = Colours(is_dark=params["dark"] == "1")
    node = params.get("node", "")
    if node == "broken":
        return Response(status_code=500)
    tiles = make_tiles(maps, page.channels, scaling, colours=colours, field_view=_field_view(params), name=node)
    return Response(pack_tiles(tiles, "What is said of all."))


def _field_view(params: Mapping[str, str]) -> FieldView | None:
    if "field" not in params:
        return None
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[..., 0], picture[..., 1] = np.arange(224)[:, None], np.arange(224)
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    size, jump = int(params["field"]), 16
    axis = Field(-(size // 2), size - size // 2 - 1, jump)
    return FieldView((axis, axis), (224, 224), file.getvalue(), "global" in params)


class _OfDemos(Route):
    """A route for the addresses of demos only, which say so."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_demo = scope["type"] == "http" and "demo" in parse_qs(scope["query_string"].decode())
        return super().matches(scope) if is_demo else (Match.NONE, {})


DEMO_TILES = _OfDemos(route_path(TILES), answer, methods=["GET"])
