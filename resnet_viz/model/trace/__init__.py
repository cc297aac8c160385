"""A module becomes a Trace, without its arithmetic and without harm."""
