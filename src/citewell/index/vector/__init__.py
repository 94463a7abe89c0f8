"""Vector indexes: the nearest vectors. One file is one plugin; see `citewell.index.protocols.VectorIndex`."""
