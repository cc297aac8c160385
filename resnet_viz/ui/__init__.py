"""F4: the only folder that imports Streamlit."""
