"""Choose the part of a page that is its article: menus, banners and lists of links leave the tree.

Three signs decide, the surest first: the tags and roles of HTML (`main`, `nav`), the share of a part's text
that is links, and the class names that frameworks use. A part with most of the page's prose always stays.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from citewell.documents.web_page.naming import CONSENT_NAMES, CONSENT_TERMS, LEFT_OUT, SURE_NAMES
from citewell.documents.web_page.visibility import GONE, leave_out

MAIN = "main article".split()
_OUTER = frozenset({"header", "footer", "aside", "menu"})
_ROLES = frozenset(
    "navigation banner contentinfo search complementary menu menubar toolbar dialog alertdialog"
    " tablist".split()
)
# In characters. A part whose name is in LEFT_OUT leaves the tree where it is short or mostly links. A part
# of this length belongs to the article, whatever its name.
_LONG = 600
_LINKED = 0.5
_ALL_LINKS = 0.8
_SOME_LINKS = 0.2  # share, inside an article
_MOST = 0.7  # share of a page's prose; where a part has less, other parts are likely to be the article's too
_NEARLY = 0.9  # share of the prose of the part around
# How many terms of consent make a banner: of a part that is named after cookies, and of any other part.
_FEW_TERMS, _ENOUGH_TERMS = 2, 3
_LONGEST_BANNER = 6000
_LEAST_REST = 30  # characters of prose outside a part; where there are fewer, the part stays


@dataclass(slots=True)
class Amount:
    """How much an element holds, in characters.

    Attributes:
        text: Characters of visible text.
        linked: Characters of visible text in links.
        links: Number of links.
        headings: Number of headings.
        titles: Number of headings of the first level.
    """

    text: int = 0
    linked: int = 0
    links: int = 0
    headings: int = 0
    titles: int = 0

    @property
    def prose(self) -> int:
        """Characters outside links."""
        return self.text - self.linked

    @property
    def share_of_links(self) -> float:
        """The share of the text that is in links, from 0 to 1."""
        return self.linked / self.text if self.text else 0.0


Amounts = dict[Element, Amount]
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def measure(root: Element) -> Amounts:
    """Return how much each element holds, in one pass."""
    amounts: Amounts = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        own = Amount()
        if element.tag != GONE and isinstance(element.tag, str):
            own.text = _length(element.text)
            for inner in element:
                part = amounts.get(inner)
                if part is not None:
                    own.text += part.text
                    own.linked += part.linked
                    own.links += part.links
                    own.headings += part.headings + (inner.tag in _HEADINGS)
                    own.titles += part.titles + (inner.tag == "h1")
                own.text += _length(inner.tail)
            if element.tag == "a" and element.get("href"):
                own.linked, own.links = own.text, 1
        amounts[element] = own
    return amounts


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def find_main(root: Element, amounts: Amounts) -> Element:
    """Return the element that holds the article; take the parts of it that are no article out of the tree."""
    body = root.find("body")
    if body is None:
        body = root
    for what in (_is_banner, _is_beside):
        _leave_out(body, amounts, what)
        amounts.update(measure(body))
    left = amounts
    found = _declared_main(body, left)
    main = body if found is None else found
    if found is None:
        _leave_out_links(body, left)
    if next(main.iter("h1"), None) is None and main is not body:
        _bring_title(body, main, left)
    return main


def _declared_main(body: Element, amounts: Amounts) -> Element | None:
    """Return the element that the page calls its main part, if it holds most of the prose."""
    enough = _MOST * amounts[body].prose
    best: Element | None = None
    for element in body.iter("main", "article", "div", "section", "td"):
        is_main = (
            element.tag in MAIN or element.get("role") == "main" or element.get("itemprop") == "articleBody"
        )
        # The innermost element with enough prose: a `main` may hold the article and a list of other articles.
        prose = amounts[element].prose
        if is_main and 0 < prose >= enough and (best is None or prose >= _NEARLY * amounts[best].prose):
            best = element
    return best


def _leave_out(
    body: Element, amounts: Amounts, is_none: Callable[[Element, Amount, int, bool], bool]
) -> None:
    """Empty the elements that are no part of an article, unless nothing of the page would be left."""
    whole = amounts[body].prose
    walk = etree.iterwalk(body, events=("start", "end"))
    inside: list[Element] = []  # the articles that are open; on a page without any, its main part
    has_article = next(body.iter("article"), None) is not None
    gone: list[Element] = []
    for event, element in walk:
        if event == "end":
            if inside and inside[-1] is element:
                inside.pop()
            continue
        if element.tag == "article" or (element.tag == "main" and not has_article):
            inside.append(element)
        if isinstance(element.tag, str) and element.tag != GONE and element is not body:
            amount = amounts[element]
            if whole - amount.prose >= _LEAST_REST and is_none(element, amount, whole, bool(inside)):
                gone.append(element)
                walk.skip_subtree()
    if gone and sum(amounts[element].prose for element in gone) > whole - _LEAST_REST:
        # Nothing would be left: the largest of these elements is the article.
        gone.remove(max(gone, key=lambda element: amounts[element].prose))
    for element in gone:
        leave_out(element)


def _is_beside(element: Element, amount: Amount, whole: int, is_inside: bool) -> bool:  # noqa: FBT001
    """Whether a part stands beside an article, by its tag, its role and its name."""
    if amount.prose > 0.5 * whole:  # most of a page is not beside its article
        return False
    tag, role = element.tag, (element.get("role") or "").lower()
    if tag == "nav" or (role in _ROLES and not (is_inside and role in {"complementary", "banner"})):
        return True
    if tag in _OUTER and not is_inside:
        return tag != "header" or not amount.titles or amount.share_of_links > _LINKED
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if not LEFT_OUT.search(names) or tag in {"html", "body", *MAIN} or amount.titles:
        return False
    if tag in {"table", "tr", "td", "th", "tbody"} and amount.share_of_links < _LINKED:
        return False
    return (
        amount.share_of_links > _LINKED
        or (amount.text < _LONG and not is_inside)
        or (is_inside and amount.text < _LONG and amount.links > 0 and amount.share_of_links > _SOME_LINKS)
    )


def _is_banner(element: Element, amount: Amount, whole: int, is_inside: bool) -> bool:  # noqa: FBT001
    """Whether a part asks for consent to cookies; an article about cookies has no banner's name."""
    if element.tag not in {"div", "section", "aside", "form", "p", "dialog", "footer"}:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"
    is_named = element.tag in {"footer", "dialog"} or CONSENT_NAMES.search(names) is not None
    if not 20 < amount.text < _LONGEST_BANNER:  # noqa: PLR2004
        return False
    if not is_named and (is_inside or element.tag == "p" or amount.prose > 0.5 * whole):
        return False
    said = " ".join("".join(element.itertext()).split())
    terms = sum(pattern.search(said) is not None for pattern in CONSENT_TERMS)
    return terms >= (_FEW_TERMS if SURE_NAMES.search(names) else _ENOUGH_TERMS)


def _leave_out_links(body: Element, amounts: Amounts) -> None:
    """Empty lists of links, where the page does not say which part is the article."""
    walk = etree.iterwalk(body, events=("start",))
    gone = []
    for _, element in walk:
        if (
            element.tag not in {"ul", "ol", "div", "section", "td", "table", "form", "p", "center"}
            or element is body
        ):
            continue
        amount = amounts.get(element)
        if amount and amount.links > 1 and amount.share_of_links > _ALL_LINKS and not amount.headings:
            gone.append(element)
            walk.skip_subtree()
    # On a page that is mostly links, the links are the content.
    if sum(amounts[element].text for element in gone) < 0.6 * amounts[body].text:
        for element in gone:
            leave_out(element)


def _bring_title(body: Element, main: Element, amounts: Amounts) -> None:
    """Move the page's first `h1` to the top of the article, which has no `h1` of its own."""
    title = next(body.iter("h1"), None)
    if title is not None and amounts[title].text:
        title.tail = None
        main.insert(0, title)
        title.tail, main.text = main.text, None
