"""Readers: question and passage, read together. One file is one plugin; see `citewell.protocols.Reader`."""
