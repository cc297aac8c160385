"""A spec becomes a module, on a device that is there."""
