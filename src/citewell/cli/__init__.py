"""Speak on the terminal: one reader of an Answer, the keeper of an index, and the one who measures."""
