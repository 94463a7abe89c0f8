"""Read what a PDF says of itself: title, author, day, contents, the numbers of its pages."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePath
from typing import Any, NamedTuple

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdftypes import PDFObjRef, dict_value, list_value, resolve1
from pdfminer.utils import decode_text

from citewell.documents.pdf.damage import DAMAGE
from citewell.documents.pdf.headings import Bookmark

DAY = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
# Words that programs write where nobody gave a title or name.
NO_TITLE = re.compile(
    r"untitled|untitled document|document\d*|no title|title|microsoft (?:word|powerpoint|excel)(?: - .*)?"
    r"|\(?anonymous\)?|slide \d+|powerpoint presentation|print|about:blank"
    r"|.*\.(?:docx?|dvi|tex|indd|pptx?|xlsx?|odt|pdf|html?|qxd|txt|ps|fm|md)",
    re.IGNORECASE,
)
NO_AUTHOR = re.compile(
    r"\(?(?:unknown|anonymous|unspecified|author|user|users?\d*|admin|administrator|root|owner|default|guest"
    r"|windows user|microsoft(?: office user)?|.*\.(?:py|com)|pc\d*|hp|dell|lenovo|acer|asus)\)?",
    re.IGNORECASE,
)
MOST_BOOKMARKS = 5_000


class Facts(NamedTuple):
    """The facts that a file states of itself; "" for a missing one, or one that a program made up."""

    title: str
    author: str
    published: str


def facts_of(document: PDFDocument) -> Facts:
    """Return the title, the author and the day of creation, ISO 8601."""
    told: dict[str, str] = {}
    for info in document.info:
        for key in ("Title", "Author", "CreationDate"):
            value = resolve1(info.get(key))
            if isinstance(value, bytes) and key not in told:
                told[key] = " ".join(decode_text(value).replace("\x00", "").split())
    title, author = told.get("Title", ""), told.get("Author", "")
    return Facts(
        "" if NO_TITLE.fullmatch(title) or (PurePath(title).name != title and "/" not in title) else title,
        "" if NO_AUTHOR.fullmatch(author) else author,
        day_of(told.get("CreationDate", "")),
    )


def day_of(written: str) -> str:
    """Return a PDF's date as ISO 8601; "" where the text is no date.

    >>> day_of("D:20200922101500Z"), day_of("D:2020"), day_of("20209999")
    ('2020-09-22', '', '')
    """
    found = DAY.match(written)
    if not found or not found[3]:
        return ""
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return ""


def bookmarks_of(document: PDFDocument, pages: Mapping[object, int]) -> list[Bookmark]:
    """Return the file's bookmarks; leave damaged ones out.

    Args:
        document: The file.
        pages: The ordinals of its pages by object number.
    """
    found: list[Bookmark] = []
    try:
        for level, title, dest, action, _ in document.get_outlines():
            found.append(Bookmark(max(1, level), str(title), _page(document, dest, action, pages)))
            if len(found) >= MOST_BOOKMARKS:
                break
    except DAMAGE:
        pass
    return found


def _page(document: PDFDocument, dest: Any, action: Any, pages: Mapping[object, int]) -> int:
    """Return the ordinal of the page that a bookmark leads to, 0 where that cannot be told."""
    try:
        if dest is None and action is not None:
            dest = dict_value(action).get("D")
        dest = resolve1(dest)
        if isinstance(dest, bytes):
            dest = resolve1(document.get_dest(dest))
        elif hasattr(dest, "name"):
            dest = resolve1(document.get_dest(dest.name))
        if isinstance(dest, dict):
            dest = resolve1(dest.get("D"))
        target = list_value(dest)[0]
    except DAMAGE:
        return 0
    if isinstance(target, int):
        return target + 1
    return pages.get(target.objid, 0) if isinstance(target, PDFObjRef) else 0


def hidden_parts(document: PDFDocument) -> frozenset[int]:
    """Return the object numbers of the optional parts that are off when the file is opened."""
    try:
        usual = dict_value(dict_value(document.catalog.get("OCProperties", {})).get("D", {}))
        off = list_value(usual.get("OFF", []))
    except DAMAGE:
        return frozenset()
    return frozenset(one.objid for one in off if isinstance(one, PDFObjRef))


def strike_outs(page: Any) -> Iterator[tuple[float, float, float]]:
    """Yield the lines of a page's strike-out comments: left end, height, right end."""
    for reference in list_value(page.annots):
        comment = dict_value(reference)
        if getattr(resolve1(comment.get("Subtype")), "name", "") != "StrikeOut":
            continue
        corners = [
            float(value)
            for value in map(resolve1, list_value(comment.get("QuadPoints", [])))
            if isinstance(value, int | float)
        ]
        for begin in range(0, len(corners) - 7, 8):
            xs, ys = corners[begin : begin + 8 : 2], corners[begin + 1 : begin + 8 : 2]
            # Its box is as high as the line of text: the letters' middle is a little below its own.
            yield min(xs), min(ys) + 0.42 * (max(ys) - min(ys)), max(xs)
