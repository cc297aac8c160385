"""Widgets that choose a scene: the picture and its crop, the weights, the device."""
