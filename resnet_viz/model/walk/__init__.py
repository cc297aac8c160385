"""Records the source lines, torchvision's and this package's, that run while a net is built or run."""
