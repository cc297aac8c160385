"""What is looked at: the picture, its weights, the device."""
