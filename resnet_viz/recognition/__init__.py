"""Tells which ResNet's tensors these are, from their names and shapes alone."""
