"""Lexical indexes: shared words. One file is one plugin; see `citewell.index.protocols.LexicalIndex`."""
