"""Lexical indexes: shared words. One file is one plugin; see `citewell.protocols.LexicalIndex`."""
