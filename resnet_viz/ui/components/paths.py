"""Names and paths of what the app answers besides its pages."""

from __future__ import annotations

from streamlit.config import get_option

DRAWING, TILES, WALK, SHEET, HEALTH = "drawing", "tiles", "walk_record", "sheet", "health"
# Streamlit serves its own pages under this path, and routes of an app where they say.
_BASE = str(get_option("server.baseUrlPath")).strip("/")


def route_path(name: str) -> str:
    """Where a route lies on the server, as in `/sheet`."""
    return f"/{_BASE}/{name}" if _BASE else f"/{name}"
