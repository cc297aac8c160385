"""Describes a ResNet: its settings, their allowed values and combinations, and its name."""
