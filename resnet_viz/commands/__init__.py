"""The commands about files of weights: what a file holds, and the file under other names."""
