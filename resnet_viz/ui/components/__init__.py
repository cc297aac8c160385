"""Custom Streamlit components: each a folder of Python, JavaScript and CSS."""
