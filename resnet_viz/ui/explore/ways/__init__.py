"""Ways to look at what a net makes of a picture, one file each."""
