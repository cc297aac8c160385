"""The page Learn: the paper's structure table, lessons, exercises, beliefs, terms."""
