"""Turn files and addresses into articles, and articles into passages.

In: paths, or a web address that a stranger gave. Out: `Document`s, a `Failure` for each file that could not
be read, and `Passage`s of whole sentences. One kind of file is one plugin in `loaders/`.
May import: text.
"""
