"""F3, no torch and no Streamlit: records and arrays become text, rows, pictures; its own files: colours and escapes."""
