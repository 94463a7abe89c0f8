"""Read WordprocessingML: what a reader of the document sees, in its order."""
