"""Generators: evidence put into words. One file is one plugin; see `citewell.protocols.Generator`."""
