"""Loads weights into a net: from files, or torchvision's published weights and their download."""
