"""Compares a net with a trace file: whether it is still the same, and in which layers, shapes and names it is not."""
