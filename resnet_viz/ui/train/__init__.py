"""The page Training: two to four nets that learn side by side."""
