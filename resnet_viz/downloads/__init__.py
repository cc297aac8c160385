"""The published weights' files on this machine: where they lie, whether they are whole, and their download."""
