"""Small nets that come trained with the package: which they are, how each was trained, and their files."""
