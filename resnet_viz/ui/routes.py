"""What the app answers besides its pages: `/drawing?<address>`, a drawing; `/tiles?<address>`, channels of maps;
`/walk_record?<net>`, the code walks of a net; `/sheet?<address>`, exercises to print; and `/health`, how it is.

A run of the page's script takes longer than either. So the browser asks by itself, as soon as it knows what is wanted:
the drawing of an address, or of what comes of it by a change (`do`, `what`, `at`); the channels of the node that was
chosen. The script runs as well, from the same functions, and has the last word on what is shown.

A page shows something beside what is wrong with its address. A route has nobody to tell it to: it refuses.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from resnet_viz.errors import ResnetVizError, SpecError
from resnet_viz.i18n import SOURCE_LANGUAGE, current_language, use_language
from resnet_viz.spec.query import QUERY_KEYS
from resnet_viz.spec.resnet import PRESETS, ResNetSpec
from resnet_viz.ui.cache.comparisons import get_comparison
from resnet_viz.ui.cache.teaching import get_exercises
from resnet_viz.ui.cache.walks import get_walk_payload
from resnet_viz.ui.components.paths import DRAWING, HEALTH, SHEET, TILES, WALK, route_path
from resnet_viz.ui.server.answering import LARGE, MAPS, QUICK, Lane, answering
from resnet_viz.ui.server.engine import engine_failure, is_engine_loaded
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.compare import NETS, CompareView, read_compare
from resnet_viz.views.address.compare_changes import change_compare, settle_parts
from resnet_viz.views.address.learn import read_learn
from resnet_viz.views.address.view import read_view, view_detail
from resnet_viz.views.parts.detail import LEVELS

_REFUSED, _BROKEN = 400, 503
_GZIP = 16
"""Added to the size of its window, it tells zlib to write a gzip header."""


def find_drawing(params: Mapping[str, str]) -> bytes:
    """The drawing of an address, as `cache.Drawing.payload`. Raises ResnetVizError.

    `do` is what kind of change is to be made first (`changes.CHANGE_KINDS`), to `what`, and `at` which level; `lang`
    is the reader's language.
    """
    from resnet_viz.ui.cache import nets as cache  # when Streamlit runs, and not before: its caches ask where they are

    use_language(params.get("lang", SOURCE_LANGUAGE))
    language = current_language()  # one there is, whatever was asked for
    change = Change(params["do"], params.get("what", ""), params.get("at", LEVELS[0])) if "do" in params else None
    if NETS in params:
        return _find_comparison(params, change, language)
    _read_net(params)
    view, notes = read_view(params)
    _refuse(notes)
    if change is not None:
        view = change_view(view, change, cache.get_trace)
    detail, _unknown = view_detail(view, cache.get_trace(view.spec))
    return cache.get_drawing(view.spec, detail, view.form, language).payload


def _find_comparison(params: Mapping[str, str], change: Change | None, language: str) -> bytes:
    """The drawing of several nets; ids in it, and in a change to it, have their nets before them (`ids.py`)."""
    from resnet_viz.ui.cache import nets as cache

    view, notes = read_compare(params)
    _refuse(notes)
    if change is not None:
        view = change_compare(view, change, cache.get_trace)
    # What is chosen makes no other drawing.
    drawn = settle_parts(CompareView(view.specs, view.level, parts=view.parts), cache.get_trace)
    return get_comparison(drawn, language).payload


def _read_net(params: Mapping[str, str]) -> ResNetSpec | None:
    """The net that an address names, if it names one. Raises SpecError."""
    named = {key: value for key, value in params.items() if key in QUERY_KEYS}
    return ResNetSpec.from_query(named) if named else None


def _refuse(notes: Sequence[str]) -> None:
    """Raises SpecError where an address says something wrongly."""
    if notes:
        raise SpecError(" ".join(notes))


def _answer_drawing(request: Request) -> Response:
    try:
        payload = find_drawing(request.query_params)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    return _packed(request, payload, "application/json")


def find_tiles(params: Mapping[str, str]) -> bytes:
    """The channels of a node of what a session looks at, as `pack_tiles` gives them. Raises ResnetVizError.

    `sight` is the session's token, `scene` names what it looks at, `node` the node (none: the first one), `lang` the
    reader's language; the rest is a `Layout`.
    """
    from resnet_viz.ui.cache import sight  # as above

    use_language(params.get("lang", SOURCE_LANGUAGE))
    return sight.find_sight(params.get("sight", "")).answer(params)


def _answer_tiles(request: Request) -> Response:
    try:
        tiles = find_tiles(request.query_params)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    # Maps are noise to a search for repetitions: counting runs takes a fraction of the time. Left to Streamlit, the
    # compression would be thorough, and stand in the way of everything else.
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS + _GZIP, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    return _packed(request, packer.compress(tiles) + packer.flush(), "application/octet-stream")


def write_paper(params: Mapping[str, str]) -> str:
    """A sheet of exercises, or with `key` its key, as a page of HTML to print. Raises ResnetVizError.

    The address is that of the page Learn, of which the nets and the number of the sheet count; `lang` is the language.
    """
    from resnet_viz.views.teach.exercises.sheet import write_key, write_sheet

    use_language(params.get("lang", SOURCE_LANGUAGE))
    view, notes = read_learn(params)
    _refuse(notes)
    exercises = get_exercises(view.specs, view.sheet, current_language())
    return write_key(exercises, view.sheet) if "key" in params else write_sheet(exercises, view.sheet)


def _answer_sheet(request: Request) -> Response:
    try:
        page = write_paper(request.query_params)
    except ResnetVizError as error:
        return PlainTextResponse(str(error), _REFUSED)
    # The page has no script, and none that came into it would run.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return HTMLResponse(page, headers={"Cache-Control": "no-store", "Content-Security-Policy": policy})


def find_walks(params: Mapping[str, str]) -> bytes:
    """Both code walks of the net of an address, as `cache.get_walk_payload`. Raises ResnetVizError."""
    use_language(params.get("lang", SOURCE_LANGUAGE))
    spec = ResNetSpec.from_query({key: value for key, value in params.items() if key in QUERY_KEYS})
    return get_walk_payload(spec, current_language())


def _answer_walks(request: Request) -> Response:
    try:
        payload = find_walks(request.query_params)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    return _packed(request, payload, "application/json")


def _packed(request: Request, data: bytes, media_type: str) -> Response:
    """An answer that is compressed by gzip already, for whoever can read that."""
    headers = {"Cache-Control": "no-store"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        data = gzip.decompress(data)
    return Response(data, media_type=media_type, headers=headers)


async def _answer_health(request: Request) -> Response:
    """How the server is: 503, and what failed, once torch could not be loaded; the server then ends soon."""
    failure = engine_failure()
    told = {"status": "failed" if failure else "ok", "torch": "loaded" if is_engine_loaded() else "not loaded yet"}
    if failure:
        told["torch"] = failure
    return JSONResponse(told, _BROKEN if failure else 200, headers={"Cache-Control": "no-store"})


def _lane_of(request: Request) -> Lane:
    """By the nets of an address: what a large one takes, others are not to wait for."""
    from resnet_viz.ui.cache import nets as cache

    return LARGE if cache.is_large(*_specs_of(request.query_params)) else QUICK


def _specs_of(params: Mapping[str, str]) -> Sequence[ResNetSpec]:
    """The nets of an address; what it says wrongly is told when it is answered."""
    if NETS in params:
        return read_compare(params)[0].specs
    after = PRESETS.get(params.get("what", "")) if params.get("do") == "net" else None
    return (after or read_view(params)[0].spec,)


_ENDPOINTS = {
    DRAWING: answering(_answer_drawing, _lane_of),
    TILES: answering(_answer_tiles, lambda _request: MAPS),
    WALK: answering(_answer_walks, _lane_of),
    SHEET: answering(_answer_sheet, _lane_of),
    HEALTH: _answer_health,
}


ROUTES = tuple(Route(route_path(name), endpoint, methods=["GET"]) for name, endpoint in _ENDPOINTS.items())
