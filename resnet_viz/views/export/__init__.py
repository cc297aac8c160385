"""A drawing to keep, in each format."""
