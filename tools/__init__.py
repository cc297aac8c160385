"""Small programs that the Makefile calls; none of them needs an installed package."""
