"""One name, several nets: what the libraries call ResNet-18 and ResNet-50, as it was found in their nets."""
