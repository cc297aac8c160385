"""The drawing: a Trace as a Graphviz graph, and the graph rendered as an image."""
