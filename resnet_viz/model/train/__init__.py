"""Trains nets of specs on small data sets, step by step, and measures their gradients."""
