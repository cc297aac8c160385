"""The page Compare: two to four nets side by side."""
