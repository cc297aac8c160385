"""Turns a module into a Trace, without doing its arithmetic and without changing it."""
