"""A net and a picture: maps, predictions, gradients."""
