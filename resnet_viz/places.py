"""Where the app's own files lie: at the top of a checkout, or packed into an installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent
_PACKED = PACKAGE / "packed"
TOP = _PACKED if _PACKED.is_dir() else PACKAGE.parent
"""The folder of `app.py`, `.streamlit/config.toml` and `assets/`."""
ASSETS = TOP / "assets"
