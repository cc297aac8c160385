"""The page Explore: one net, its drawing, its nodes, its maps."""
