"""What every page is made of: its state in the address, its reader, its drawing, its notices."""
