"""Other people's residual nets: what each is traced to, against what was written down or counted by others."""
