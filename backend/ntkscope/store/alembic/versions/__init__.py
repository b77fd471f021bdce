"""One file for each revision, in statements of its own time: the tables go on to change."""
