"""The parts of a network that views address: nodes, blocks, and runs of equal blocks."""
