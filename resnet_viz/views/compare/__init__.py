"""Comparison of several nets: aligned figures, differences, drawing and maps."""
