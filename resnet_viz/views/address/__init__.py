"""View records, their addresses (URL query parameters), and the changes that lead to other views."""
