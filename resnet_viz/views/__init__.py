"""F3, no torch and no Streamlit: records and arrays become text, rows and pictures; its own files, colours and escapes."""
