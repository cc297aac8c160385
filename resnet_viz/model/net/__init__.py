"""Builds the module of a spec on an available device."""
