"""Drawings that Graphviz has laid out: read, moved, and wrapped into rows."""
