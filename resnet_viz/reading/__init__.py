"""Reads files of weights without torch: what kind of file it is, and the names, shapes and dtypes in it."""
