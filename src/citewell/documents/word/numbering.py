"""Count the items of lists and the headings that are numbered, as Word shows them."""

import re
from typing import Any, NamedTuple

from citewell.documents.word.names import child, number, value, w

BULLET = "-"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = list(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                  "m cm d cd c xc l xl x ix v iv i".split(), strict=True))  # fmt: skip
# Larger numbers are damage.
_LARGEST = 100_000
_LETTERS = 26


def written(count: int, form: str) -> str:
    """Return a number as a list shows it.

    >>> [written(4, form) for form in ("decimal", "lowerRoman", "upperLetter", "decimalZero")]
    ['4', 'iv', 'D', '04']
    """
    count = max(0, min(count, _LARGEST))
    if form.endswith("Roman") and count < 5_000:  # noqa: PLR2004  # longer ones have no letter
        rest, letters = count, ""
        for worth, letter in _ROMAN:
            times, rest = divmod(rest, worth)
            letters += letter * times
        return letters.upper() if form.startswith("upper") else letters
    if form.endswith("Letter") and count:
        times, place = divmod(count - 1, _LETTERS)
        letters = chr(ord("a") + place) * min(times + 1, 9)
        return letters.upper() if form.startswith("upper") else letters
    if form in {"none", "bullet"}:
        return ""
    return f"{count:02}" if form == "decimalZero" else str(count)


class Place(NamedTuple):
    """Where an item stands among the items of lists.

    Attributes:
        list_id: The id of its list.
        level: Its level in the list, from 0.
        indent: How far its level is indented, in twentieths of a point; 0 where the list does not say.
    """

    list_id: str
    level: int
    indent: int

    def is_in(self, other: "Place") -> bool:
        """Whether an item stands in another item, which is before it."""
        if self.list_id == other.list_id:
            return self.level > other.level
        return self.indent > other.indent


class Numbering:
    """The lists of a document, and the count of each list so far."""

    def __init__(self, root: Any) -> None:
        """Read the lists.

        Args:
            root: The element of the part of numberings, or None.
        """
        self._levels: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        for abstract in root.iterchildren(w("abstractNum")):
            levels = {number(level, "ilvl"): level for level in abstract.iterchildren(w("lvl"))}
            self._levels[value(abstract, "abstractNumId")] = levels
        for one in root.iterchildren(w("num")):
            abstract_id = value(child(one, "abstractNumId"))
            starts = {
                number(override, "ilvl"): number(child(override, "startOverride"))
                for override in one.iterchildren(w("lvlOverride"))
                if child(override, "startOverride") is not None
            }
            self._lists[value(one, "numId")] = (abstract_id, starts)

    def place(self, id_: str, level: int) -> "Place":
        """Return where a paragraph of a list stands."""
        levels = self._levels.get(self._lists.get(id_, ("", {}))[0], {})
        indent = child(child(levels.get(level), "pPr"), "ind")
        return Place(id_, level, number(indent, "left") or number(indent, "start"))

    def count(self, id_: str, level: int) -> str:
        """Count a paragraph of a list, and return the number or sign before it; "" for none."""
        if id_ not in self._lists:
            return ""
        abstract, starts = self._lists[id_]
        levels, counts = self._levels.get(abstract, {}), self._counts.setdefault(abstract, {})
        if level not in levels:
            return ""
        if level in starts and (id_, level) not in self._begun:
            counts[level] = starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else _start(levels[level])
        self._begun.add((id_, level))
        for deeper in [
            one for one in counts if one > level and value(child(levels.get(one), "lvlRestart")) != "0"
        ]:
            del counts[deeper]
        form = value(child(levels[level], "numFmt")) or "decimal"
        if form == "bullet":
            return BULLET
        legal = child(levels[level], "isLgl") is not None

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            of = value(child(levels.get(at), "numFmt")) or "decimal"
            count = counts.get(at, _start(levels.get(at)))
            return written(count, "decimal" if legal and of != "none" else of)

        return _PLACE.sub(shown, value(child(levels[level], "lvlText"))).strip()


def _start(level: Any) -> int:
    return number(child(level, "start"), default=1)
