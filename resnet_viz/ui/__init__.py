"""F4, the only floor that imports Streamlit; its own files, what all pages share: script, routes, links, switches."""
