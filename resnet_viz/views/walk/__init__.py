"""The code walk as text, as exported files, and as the payload for the browser."""
