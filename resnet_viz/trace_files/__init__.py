"""A Trace as a file: JSON text that is written and read without torch, checked before any view sees it."""
