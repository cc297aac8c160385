"""Small data sets that come with installed libraries, as arrays: handwritten digits."""
