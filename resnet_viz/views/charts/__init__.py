"""Plotly's figures."""
