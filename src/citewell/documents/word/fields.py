"""Follow Word's fields: Word shows the results of fields, not their codes."""

import re
from typing import Any

from citewell.documents.word.names import child, is_on, number, value, w
from citewell.documents.word.symbols import symbol

FIELD, CODE = w("fldChar"), w("instrText")
_SYMBOL = re.compile(r'^\s*SYMBOL\s+(0x[0-9a-f]{1,6}|\d{1,7})(?:.*?\\f\s*"?([^"\\]+))?', re.IGNORECASE)
_BOXES = {True: "☒", False: "☐"}


class Fields:
    """The position of the reading within the fields of a text.

    Fields whose begin and end do not match are damage. In such a text no words count as a code, since a code
    without an end would take all the words that follow.
    """

    def __init__(self, root: Any) -> None:
        """Begin in front of a text.

        Args:
            root: The element that holds it.
        """
        kinds = [value(mark, "fldCharType") for mark in root.iter(FIELD)]
        self._whole = kinds.count("begin") == kinds.count("end")
        # For each open field: its code so far, whether its result has begun, and the state of its form.
        self._open: list[tuple[list[str], bool, str]] = []

    @property
    def in_code(self) -> bool:
        """Whether the reading is inside the code of a field."""
        return bool(self._open) and self._whole and any(not result for _, result, _form in self._open)

    def read_code(self, text: str) -> None:
        """Append to the code of the innermost field."""
        if self._open:
            self._open[-1][0].append(text)

    def step(self, mark: Any) -> str:
        """Pass the begin, middle or end of a field, and return text that it shows beside its result."""
        kind = value(mark, "fldCharType")
        if kind == "begin":
            self._open.append(([], False, _form(mark)))
        elif self._open:
            code, has_result, form = self._open.pop()
            if kind == "separate":
                self._open.append((code, True, form))
            else:
                return form or ("" if has_result else _symbol("".join(code)))
        return ""


def _form(mark: Any) -> str:
    """Return the text that a check box or a drop-down list shows."""
    data = child(mark, "ffData")
    if data is None:
        return ""
    if (box := child(data, "checkBox")) is not None:
        state = child(box, "checked")
        state = child(box, "default") if state is None else state
        return _BOXES[state is not None and is_on(state)]
    if (choice := child(data, "ddList")) is not None:
        entries = [value(entry) for entry in choice.iterchildren(w("listEntry"))]
        chosen = child(choice, "result")
        at = number(child(choice, "default") if chosen is None else chosen)
        return entries[at] if 0 <= at < len(entries) else ""
    return ""


def _symbol(code: str) -> str:
    found = _SYMBOL.match(code[:200])
    if found is None:
        return ""
    number_ = int(found[1], 16) if found[1][:2].lower() == "0x" else int(found[1])
    return symbol((found[2] or "Symbol").strip(), number_)
