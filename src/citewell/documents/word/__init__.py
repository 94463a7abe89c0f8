"""Read WordprocessingML: the words that a person sees in the document, in their order."""
