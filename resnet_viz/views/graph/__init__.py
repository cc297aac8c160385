"""The drawing: a Trace as Graphviz's graph, and the graph as a picture."""
