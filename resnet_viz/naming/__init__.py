"""The tensors of a ResNet by name and shape, without torch, and what other libraries call them."""
