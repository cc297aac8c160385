"""What the app is as a server: torch's one import, who is answered and in what order, and what a caller may take."""
