"""What is taught: lessons, beliefs, words, exercises, as data."""
