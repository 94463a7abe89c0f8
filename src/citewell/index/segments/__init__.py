"""Keep a large collection in segments on disk: folders that never change, named by their files' hashes.

A segment holds up to 131,072 passages: their articles, vectors and words. Adding articles writes a new one.
Removing writes anew the segments that held the articles. A generation names its segments, and the manifest
names the generation. Nothing but a few arrays is read when a segment is opened.
"""
