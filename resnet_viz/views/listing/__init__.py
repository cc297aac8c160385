"""A net in lines: outline, table, summary, source."""
