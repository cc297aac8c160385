"""HTTP routes of the app besides its pages: `/drawing?<address>`, a drawing; `/tiles?<address>`, channels of maps;
`/walk_record?<net>`, the code walks of a net; `/sheet?<address>`, exercises to print; `/health`, the server's status.

A rerun of the page's script takes longer than a request. So the browser requests at once what a click asks for: the
drawing of an address, or of the address after a change (`do`, `what`, `at`); the channels of the selected node. The
script reruns as well, calls the same functions, and determines what is shown in the end.

A page replaces what is wrong in its address and shows a notice; a route responds with 400. A question that is out of
date when it arrives, since the camera has sent another picture, is no fault: 204, without content.
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
from resnet_viz.spec.shown import ShownNet, read_shown
from resnet_viz.ui.components.paths import DRAWING, HEALTH, SHEET, TILES, WALK, route_path
from resnet_viz.ui.server.answering import LARGE, MAPS, QUICK, Lane, answering
from resnet_viz.ui.server.engine import engine_failure, is_engine_loaded
from resnet_viz.views.address.changes import Change, change_view
from resnet_viz.views.address.compare import NETS, CompareView, read_compare
from resnet_viz.views.address.compare_changes import change_compare, settle_parts
from resnet_viz.views.address.learn import read_learn
from resnet_viz.views.address.view import read_view, view_detail
from resnet_viz.views.address.width import WIDE, read_wide
from resnet_viz.views.parts.detail import LEVELS, Detail

_OUTDATED, _REFUSED, _BROKEN = 204, 400, 503
_GZIP = 16
"""Added to the window size, it makes zlib write a gzip header."""


def find_drawing(params: Mapping[str, str]) -> bytes:
    """Returns the drawing of an address, as `cache.Drawing.payload`. Raises ResnetVizError.

    `do` is the kind of a change to make first (`changes.CHANGE_KINDS`), `what` its target, `at` its level; `lang` is
    the reader's language; `wide`, how many points rows are wide (`read_wide`).
    """
    from resnet_viz.ui.cache import nets as cache  # not at the top: the server starts without (`ahead.py`)

    use_language(params.get("lang", SOURCE_LANGUAGE))
    language = current_language()  # one with a catalogue, whatever `lang` is
    change = Change(params["do"], params.get("what", ""), params.get("at", LEVELS[0])) if "do" in params else None
    if NETS in params:
        return _find_comparison(params, change, language)
    _read_net(params)
    view, notes = read_view(params)
    _refuse(notes)
    if change is not None:
        view = change_view(view, change, cache.get_trace)
    # Without parts to look up nobody here needs the Trace, which takes long to get if it is that of a large net.
    detail = view_detail(view, cache.get_trace(view.spec))[0] if view.parts else Detail(view.level)
    return cache.get_drawing(view.spec, detail, view.form, language, read_wide(params.get(WIDE))).payload


def _find_comparison(params: Mapping[str, str], change: Change | None, language: str) -> bytes:
    """Returns the drawing of several nets; ids in it, and in a change, begin with their net (`parts/ids.py`)."""
    from resnet_viz.ui.cache import nets as cache  # as above
    from resnet_viz.ui.cache.comparisons import get_comparison

    view, notes = read_compare(params)
    _refuse(notes)
    if change is not None:
        view = change_compare(view, change, cache.get_trace)
    # Without the selection, which does not change the drawing nor its cache key.
    drawn = settle_parts(CompareView(view.specs, view.level, parts=view.parts), cache.get_trace)
    return get_comparison(drawn, language, read_wide(params.get(WIDE))).payload


def _read_net(params: Mapping[str, str]) -> ShownNet | None:
    """Returns the net that an address names, or None. Raises SpecError."""
    named = {key: value for key, value in params.items() if key in QUERY_KEYS}
    return read_shown(named) if named else None


def _refuse(notes: Sequence[str]) -> None:
    """Raises SpecError if there are notes on what is wrong in an address."""
    if notes:
        raise SpecError(" ".join(notes))


def _answer_drawing(request: Request) -> Response:
    try:
        payload = find_drawing(request.query_params)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    return _packed(request, payload, "application/json")


def find_tiles(params: Mapping[str, str]) -> bytes:
    """Returns channels of a node of a session's scene, as `pack_tiles` packs them. Raises ResnetVizError.

    `sight` is the token of the session's Sight, `scene` names its scene, `node` a node (empty: the first), `lang` is
    the reader's language; the rest is a `Layout`.
    """
    from resnet_viz.ui.cache import sight  # as above

    use_language(params.get("lang", SOURCE_LANGUAGE))
    return sight.find_sight(params.get("sight", "")).answer(params)


def _answer_tiles(request: Request) -> Response:
    from resnet_viz.ui.cache import sight  # as above

    try:
        tiles = find_tiles(request.query_params)
    except sight.OutdatedError:
        return Response(status_code=_OUTDATED)
    except ResnetVizError as error:
        return JSONResponse({"error": str(error)}, _REFUSED)
    # Z_RLE: maps have few repeated strings, and run lengths alone take a fraction of the time. Streamlit's own
    # compression would be thorough, and delay other requests.
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS + _GZIP, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    return _packed(request, packer.compress(tiles) + packer.flush(), "application/octet-stream")


def write_paper(params: Mapping[str, str]) -> str:
    """Returns a sheet of exercises, or with `key` its answer key, as an HTML page to print. Raises ResnetVizError.

    Of the address, that of the page Learn, only the sheet's number and nets are used; `lang` is the language.
    """
    from resnet_viz.ui.cache.teaching import get_exercises  # as above
    from resnet_viz.views.teach.exercises.sheet import write_key, write_sheet

    use_language(params.get("lang", SOURCE_LANGUAGE))
    view, notes = read_learn(params)
    _refuse(notes)
    exercises = get_exercises(view.asked, view.sheet, current_language())
    names = [spec.name for spec in view.asked]
    write = write_key if "key" in params else write_sheet
    return write(exercises, view.sheet, names)


def _answer_sheet(request: Request) -> Response:
    try:
        page = write_paper(request.query_params)
    except ResnetVizError as error:
        return PlainTextResponse(str(error), _REFUSED)
    # The page has no script, and an injected one would not run.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return HTMLResponse(page, headers={"Cache-Control": "no-store", "Content-Security-Policy": policy})


def find_walks(params: Mapping[str, str]) -> bytes:
    """Returns both code walks of an address's net, as `cache.get_walk_payload`. Raises ResnetVizError."""
    from resnet_viz.ui.cache.walks import get_walk_payload  # as above

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
    """Returns a response of gzipped data, decompressed for a client that does not accept gzip."""
    headers = {"Cache-Control": "no-store"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        data = gzip.decompress(data)
    return Response(data, media_type=media_type, headers=headers)


async def _answer_health(request: Request) -> Response:
    """Responds with the server's status: 503 and the reason if torch cannot be loaded; the server then exits soon."""
    failure = engine_failure()
    status = {"status": "failed" if failure else "ok", "torch": "loaded" if is_engine_loaded() else "not loaded yet"}
    if failure:
        status["torch"] = failure
    return JSONResponse(status, _BROKEN if failure else 200, headers={"Cache-Control": "no-store"})


def _lane_of(request: Request) -> Lane:
    """Returns LARGE for an address with a large net, so that other requests do not wait for it."""
    from resnet_viz.ui.cache import nets as cache  # as above

    return LARGE if cache.is_large(*_specs_of(request.query_params)) else QUICK


def _specs_of(params: Mapping[str, str]) -> Sequence[ShownNet]:
    """Returns the nets of an address; what is wrong in it is reported by the handler."""
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
