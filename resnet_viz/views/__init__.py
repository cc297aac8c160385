"""F3: a Trace or arrays become text, rows and pictures; no torch, no Streamlit."""
