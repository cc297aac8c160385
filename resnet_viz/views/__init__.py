"""F3, no torch and no Streamlit: renders records and arrays as text, rows and images; here: styles and escaping."""
