"""Feature maps as levels, colours, tiles and pictures."""
