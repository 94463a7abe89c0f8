"""Encoders: texts to vectors. One file is one plugin; see `citewell.index.protocols.Encoder`.

An index is opened by its encoder's name: `create(model=encoder.name)` returns the same encoder.
"""
