"""Architectures of installed libraries by name, built without weights: timm, torchvision, transformers."""
