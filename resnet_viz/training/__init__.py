"""Training runs as records and as files: the plan, the curves, and the weights at some moments."""
