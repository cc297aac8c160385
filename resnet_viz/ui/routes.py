"""What the app answers besides its pages: `GET /drawing?<address>`, a drawing for the browser to show.

A run of the page's script takes longer than a drawing. So the browser asks for drawings by itself, as soon as it knows
which one is wanted: that of an address, or of what comes of it by a change (`do`, `what`, `at`). The script runs as
well, from the same functions, and has the last word on what is shown.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit.config import get_option

from resnet_viz.errors import ResnetVizError
from resnet_viz.i18n import SOURCE_LANGUAGE, current_language, use_language
from resnet_viz.views.address import read_view, view_detail
from resnet_viz.views.changes import Change, change_view
from resnet_viz.views.detail import LEVELS

DRAWING = "drawing"
_REFUSED = 400


def find_drawing(params: Mapping[str, str]) -> bytes:
    """The drawing of an address, as `cache.Drawing.payload`. Raises ResnetVizError.

    `do` is what kind of change is to be made first (`changes.KINDS`), to `what`, and `at` which level; `lang` is the
    reader's language.
    """
    from resnet_viz.ui import cache  # when Streamlit runs, and not before: its caches ask where they are

    use_language(params.get("lang", SOURCE_LANGUAGE))
    language = current_language()  # one there is, whatever was asked for
    view, _notes = read_view(params)
    if "do" in params:
        change = Change(params["do"], params.get("what", ""), params.get("at", LEVELS[0]))
        view = change_view(view, change, cache.get_trace)
    detail, _unknown = view_detail(view, cache.get_trace(view.spec))
    return cache.get_drawing(view.spec, detail, view.form, language).payload


def _answer_drawing(request: Request) -> Response:
    """In a thread of its own, as every function here that is not `async`."""
    try:
        payload = find_drawing(request.query_params)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    headers = {"Cache-Control": "no-store"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        payload = gzip.decompress(payload)
    return Response(payload, media_type="application/json", headers=headers)


# Streamlit serves its own pages under this path, and routes of an app where they say.
_BASE = str(get_option("server.baseUrlPath")).strip("/")
ROUTES = (Route(f"/{_BASE}/{DRAWING}" if _BASE else f"/{DRAWING}", _answer_drawing, methods=["GET"]),)
