"""Handle text: spans, encodings, sentences, words, numbers, tokens, and text made safe for a page.

In: bytes or a string. Out: a normalised string, and spans [start, end) into it in Unicode code points.
May import: errors.
"""
