"""From the ops of a pass to the nodes of a Trace: blocks, stages, the tree, receptive fields, edges."""
