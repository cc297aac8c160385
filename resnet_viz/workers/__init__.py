"""Processes that do what takes long: how they start and end, who goes first, and what is sent to and fro."""
