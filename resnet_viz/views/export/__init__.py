"""Export of a drawing as SVG, PNG, PDF, DOT or JSON."""
