"""The schema of trace files: its name and version, the words that occur, and how large a file may be.

`docs/schema/trace-1.schema.json` says the same as JSON Schema, `docs/trace_files.md` in words.
"""

from __future__ import annotations

SCHEMA, VERSION = "resnet_viz trace", 1
ENDINGS = (".trace.json", ".trace.json.gz")

MOST_BYTES = 64 * 2**20
"""Of the text, after decompression."""
MOST_VALUES = 10_000_000
"""Of the text, whatever they are: as Python's objects they take up to a hundred times as many bytes."""
MOST_NODES = 100_000
MOST_EDGES = 400_000
MOST_DEPTH = 64
"""Groups in groups."""
MOST_TEXT = 10_000
"""Characters of one text, such as a name or a warning."""
MOST_NUMBER = 2**63 - 1
"""Of a whole number, with either sign."""
MOST_AXES = 16
"""Of a shape."""
MOST_NESTING = 8
"""Lists in lists, in an argument of an op."""

KINDS = ("network", "input", "stem", "stage", "block", "shortcut", "head", "group", "op")
SHORTCUTS = ("identity", "projection", "parameter-free", "gated", "none")
ROLES = ("main", "identity", "projection", "parameter-free", "gated", "gate")
MODES = ("eval", "train")
ORIGINS = ("rule", "run")

NODE_COLUMNS = (
    *("id", "kind", "parent", "op", "attrs", "module", "call", "order", "inputs", "outputs", "is_inplace", "is_view"),
    *("storage", "n_params", "n_macs", "macs_at_least", "act_bytes", "live_bytes", "field", "is_global", "source"),
    *("is_estimated", "params"),
)
EDGE_COLUMNS = ("src", "dst", "slot", "tensor", "role")
TOTALS = ("n_params", "weight_bytes", "n_macs", "macs_at_least", "act_bytes", "peak_bytes")
