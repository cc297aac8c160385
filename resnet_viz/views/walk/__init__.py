"""The code walk in words, in files, and as the browser gets it."""
