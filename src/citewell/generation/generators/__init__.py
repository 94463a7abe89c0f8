"""Generators: evidence in words. One file a plugin; see `citewell.generation.generator.Generator`."""
