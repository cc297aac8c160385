"""Elements of the page that Streamlit has not: each a folder of Python, JavaScript and CSS."""
