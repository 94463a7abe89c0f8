"""Read the numbers of a text, in digits and in words."""

import re

from citewell.text.english import NUMBER_WORDS, TENS, UNITS

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def find_numbers(text: str) -> set[str]:
    """Return the numbers of a text in digits, without the commas of thousands.

    >>> sorted(find_numbers("Twenty-one of 1,200 boats"))
    ['1200', '21']
    """
    found = {match.replace(",", "").rstrip(".") for match in DIGITS.findall(text)}
    for word in re.findall(r"[a-z]+(?:-[a-z]+)?", text.casefold()):
        tens, _, unit = word.partition("-")
        if unit in UNITS and tens in TENS:
            found.add(str(NUMBER_WORDS[tens] + UNITS[unit]))
        else:
            found |= {str(NUMBER_WORDS[part]) for part in (tens, unit) if part in NUMBER_WORDS}
    return found
