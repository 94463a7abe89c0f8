"""What a person wants: the intent of a question, a follow-up made to stand alone, questions to suggest.

In: a question as typed, and what was said before it. Out: its intent, questions that stand alone, candidates.
May import: index and what is above it.
"""
