"""Other people's nets: finds the original inside wrappers, and restores all that a pass changes."""
