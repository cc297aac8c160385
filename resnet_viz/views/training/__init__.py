"""Training runs in words and files: what nets are called there, what a training costs, what came of it."""
