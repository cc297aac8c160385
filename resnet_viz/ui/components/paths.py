"""Names and URL paths of the app's routes besides its pages."""

from __future__ import annotations

from streamlit.config import get_option

DRAWING, TILES, WALK, SHEET, HEALTH = "drawing", "tiles", "walk_record", "sheet", "health"
# Streamlit serves its own pages under this base path, but not the routes of an app.
_BASE = str(get_option("server.baseUrlPath")).strip("/")


def route_path(name: str) -> str:
    """Returns the URL path of a route on the server, as in `/sheet`."""
    return f"/{_BASE}/{name}" if _BASE else f"/{name}"
