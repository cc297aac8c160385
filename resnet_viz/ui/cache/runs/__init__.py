"""Training runs of a session: each in its thread that waits for the worker, kept within a bound of bytes."""
