"""The app as a server: import of torch, host checks, concurrency limits, layout processes, upload limits."""
