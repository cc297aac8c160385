"""Weights into a net: files, published sets, downloads."""
