"""Put an Assistant into other people's frameworks: one file for each, loaded when it is imported.

`telling` says what all of them say of a passage and of an answer.
"""
