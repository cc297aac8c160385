"""The paper's structure table, computed and printed."""
