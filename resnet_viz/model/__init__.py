"""F2, the only floor that imports torch: nets built, traced, run, filled with weights, walked through."""
