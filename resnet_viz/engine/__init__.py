"""The other side of the workers: processes that import torch, hold nets and carry out jobs."""
