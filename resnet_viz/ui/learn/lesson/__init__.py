"""Parts of the lessons: cards to choose from, the pane of the text, source with the meant lines, and trained maps."""
