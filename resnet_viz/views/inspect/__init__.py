"""The details of one node or run: figures, formulas, parameters, shortcut, source and names."""
