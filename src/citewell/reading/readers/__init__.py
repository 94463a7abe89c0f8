"""Readers: question and passage, read together. One file a plugin; see `citewell.reading.reader.Reader`."""
