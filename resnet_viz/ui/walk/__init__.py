"""The page Code walk: torchvision's source, step by step."""
