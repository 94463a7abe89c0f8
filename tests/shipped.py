"""Sentences of the shipped article that several tests speak of."""

ARRESTS = (
    "The arrests were carried out in the United States (121), Germany (42), the Netherlands (8), "
    "United Kingdom (4), Austria (3), and Sweden (1)."
)
HELPED = (
    "It was the result of a collaborative effort between the authorities of Austria, Cyprus, Germany, the "
    "Netherlands, Sweden, Australia, Canada, the United Kingdom and the United States."
)
