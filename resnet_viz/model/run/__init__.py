"""Runs a net on a picture: feature maps, predictions, gradients."""
