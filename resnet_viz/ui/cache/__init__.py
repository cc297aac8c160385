"""What is costly and kept: every cache there is, each bounded."""
