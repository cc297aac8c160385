"""Several nets beside one another."""
