"""Tell the marks of notes and the links beside headings from the words of a page."""

import re

from lxml.etree import _Element as Element

_NOTE = re.compile(
    r"footnote|foot-note|fnref|noteref|note-ref|cite_note|cite-note|cite_ref|endnote|end-note|sidenote|\bftn"
    r"|\bfn[-_:.]?\w{0,4}\b"
    r"|\bnote[-_:.]?\d|\bref(?:erence)?s?\b|\bbib(?:r|lio)?\b|\bcitation\b|\ben[-_:.]?\d|\bsdfootnote"
    r"|\bsdendnote|\bR?EF\d",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"[\[(]?\s*(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§¶]{1,3}|(?:note|n\.?|nb) ?\d{1,3})\s*[\])]?", re.IGNORECASE
)
_BACK = re.compile(
    r"\W{0,3}(?:[↩↑^⏎⤴↵¶#§🔗⇧]\W{0,2}|\^|back|return|jump up|zurück|retour|back to text|link)?\W{0,3}",
    re.IGNORECASE,
)
_BACK_CLASS = re.compile(
    r"headerlink|footnote-?back|backref|reversefootnote|backlink|anchorjs|\banchor\b|permalink"
    r"|heading-?link|hash-?link|header-?anchor"
    r"|\bself-?link\b",
    re.IGNORECASE,
)
_LONGEST_SIGN = 12


def _named(element: Element) -> str:
    return " ".join(
        element.get(name) or "" for name in ("class", "id", "rel", "role", "epub:type", "type", "name")
    )


def text_of(element: Element) -> str:
    """Return an element's words on one line."""
    return " ".join("".join(element.itertext()).split())


def is_sign(said: str) -> bool:
    """Whether words can be the sign of a note."""
    return len(said) <= _LONGEST_SIGN and _SIGN.fullmatch(said) is not None


def note_of(element: Element) -> tuple[str, str] | None:
    """Return the sign and the target of a note's mark, where a link or raised text is such a mark.

    Raised text may be no link, and nothing may say that it marks a note. Then its place in the line
    decides what it is: see `citewell.text.raised`.
    """
    link = element if element.tag == "a" else next(element.iter("a"), None)
    href = (link.get("href") or "") if link is not None else ""
    names = f"{_named(element)} {_named(link) if link is not None else ''}"
    said_so = "doc-noteref" in names or "noteref" in names
    if element.tag == "a" and not said_so and "#" not in href:
        return None
    sign = text_of(element)
    if not sign or len(sign) > _LONGEST_SIGN:
        return None
    fits = _SIGN.fullmatch(sign) is not None
    if element.tag == "sup":
        is_note = said_so or ("#" in href and fits) or (fits and _NOTE.search(names) is not None)
    else:
        is_raised = next(element.iter("sup"), None) is not None
        is_note = said_so or (
            fits and "#" in href and (is_raised or _NOTE.search(f"{names} {href}") is not None)
        )
    if not is_note:
        return None
    return sign.strip("[]() "), href.partition("#")[2]


def is_back_link(element: Element) -> bool:
    """Whether a link only leads back from a note to the text, or to the heading beside the link."""
    names = _named(element)
    if "doc-backlink" in names:
        return True
    href = element.get("href") or ""
    if not href.startswith("#") and not _BACK_CLASS.search(names):
        return False
    said = text_of(element)
    return (
        len(said) <= _LONGEST_SIGN
        and _BACK.fullmatch(said) is not None
        and (bool(said) or _BACK_CLASS.search(names) is not None)
    )


def find_targets(root: Element) -> dict[str, str]:
    """Return the ids of a page's notes, each with the sign of the mark that links to the note."""
    targets: dict[str, str] = {}
    for element in root.iter("a", "sup"):
        found = note_of(element)
        if found and found[1]:
            targets.setdefault(found[1], found[0])
    return targets


def is_note(element: Element) -> bool:
    """Whether an element's markup declares a note."""
    role = element.get("role") or ""
    if role in {"doc-footnote", "doc-endnote"} or (element.get("epub:type") or "") in {
        "footnote",
        "endnote",
        "rearnote",
    }:
        return True
    classes = (element.get("class") or "").split()
    return element.tag in {"aside", "p", "div", "li", "dd", "tr"} and not {"footnote", "endnote"}.isdisjoint(
        classes
    )
