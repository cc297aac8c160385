"""What a worker can be asked for, as plain records: a net's Trace, its code walks, its maps of a picture."""
