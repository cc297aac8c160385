"""Pictures without torch: decodes uploaded bytes, and prepares a picture as a net's input."""
