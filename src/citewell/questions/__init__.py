"""Find out what a person wants: detect the intent, make a follow-up stand alone, suggest questions.

In: a question as typed, and the conversation before it. Out: the question's intent, questions that
stand alone, and candidates for suggested questions.
May import: index and what is above it.
"""
