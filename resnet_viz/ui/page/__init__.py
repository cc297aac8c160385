"""Shared parts of the pages: state in the address, language and projector mode, drawing, step player, notices."""
