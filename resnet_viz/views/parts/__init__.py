"""A net cut into what people name: parts, runs, blocks."""
