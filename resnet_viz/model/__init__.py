"""F2, the only floor that imports torch: builds, traces and runs nets, loads weights, records code walks."""
