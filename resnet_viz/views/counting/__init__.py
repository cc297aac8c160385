"""How other tools count a net: their rules, their totals from a Trace, and the totals that they gave when measured."""
