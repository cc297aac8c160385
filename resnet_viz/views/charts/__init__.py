"""Charts as Plotly figures."""
