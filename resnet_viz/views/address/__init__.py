"""Views and their addresses, and what comes of an address by a change."""
