"""Which ResNet: the settings, what each may be, what goes together, and what the net is called."""
