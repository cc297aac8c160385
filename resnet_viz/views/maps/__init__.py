"""Feature maps as statistics, quantised levels, colours, tiles and images."""
