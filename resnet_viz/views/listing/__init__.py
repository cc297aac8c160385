"""A network as text: outline, table, summary, description and source code."""
