"""Read question and passage together: find the answer, and how likely it is right.

In: a question that stands alone, and hits. Out: `Evidence`, surest first, with calibrated probabilities.
Plugins: `readers/`, each with its calibration file beside it.
May import: questions and what is above it.
"""
