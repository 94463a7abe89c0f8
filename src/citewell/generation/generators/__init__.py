"""Generators: evidence in words. One file a plugin; see `citewell.protocols.Generator`."""
