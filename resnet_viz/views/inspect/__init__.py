"""All there is to say of one node or run."""
