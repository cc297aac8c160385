"""Where things lie that tests read, from whichever room they stand in."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The checkout."""
TORTURE = ROOT.parent / "shared" / "torture-images"
"""Odd pictures; there only for those who have them."""
DEMO = ROOT / "tests" / "browser" / "demo"
"""Small apps that show one component."""
