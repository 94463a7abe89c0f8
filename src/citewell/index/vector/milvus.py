"""Name Milvus among the vector indexes; what lies there is read by `citewell.index.milvus`.

A collection in memory that is made beside an index in Milvus, as of a visitor's own articles, is small: it is
searched exactly, in memory, and nothing of it goes to Milvus.
"""

from citewell.index.vector.exact import ExactIndexes


def create() -> ExactIndexes:
    """Return the builder of the indexes of collections in memory."""
    return ExactIndexes()
