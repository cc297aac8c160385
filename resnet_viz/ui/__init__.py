"""F4, the only floor that imports Streamlit; its own files are shared by all pages: script, routes, links, switches."""
