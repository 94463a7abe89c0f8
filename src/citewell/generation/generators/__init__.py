"""Put evidence into words: each file is a plugin; see `citewell.generation.generator.Generator`."""
