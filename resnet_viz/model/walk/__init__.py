"""torchvision's own lines, recorded while they build and run a net."""
