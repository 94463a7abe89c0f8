"""An index that lies in Milvus: its vectors, words, texts, offsets and places, for many readers at once.

`client.py` alone knows pymilvus. `layout.py` says what lies where, `record.py` what a generation holds,
`reading.py` makes a collection of it, `writing.py` writes the next one, and `store.py` is the door.
"""
