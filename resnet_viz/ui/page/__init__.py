"""One file a page; a page reads widgets, calls, and shows."""
