"""The paper's structure table: computed from Traces, explained, compared with print, and exported."""
