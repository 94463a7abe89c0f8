"""Read question and passage together. One file is one plugin; see `citewell.reading.reader.Reader`."""
