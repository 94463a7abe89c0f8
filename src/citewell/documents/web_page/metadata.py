"""Read a page's metadata: title, author, address and date of publication."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element as Element
from trafilatura.metadata import examine_meta, extract_author, extract_meta_json, extract_title, extract_url
from trafilatura.settings import Document as Known

from citewell.documents.dates import date_of_name, dateline, iso_date

__all__ = ["About", "date_of_name", "dateline", "read"]

# The JSON-LD types whose date is an article's; the date of a WebSite or Organization is not.
_ARTICLES = frozenset(
    (
        "Article NewsArticle BlogPosting Report ScholarlyArticle TechArticle WebPage LiveBlogPosting"
        " AnalysisNewsArticle ReportageNewsArticle OpinionNewsArticle ReviewNewsArticle BackgroundNewsArticle"
        " AdvertiserContentArticle SatiricalArticle MedicalScholarlyArticle SocialMediaPosting CreativeWork"
        " Review"
    ).split()
)
# The names of meta elements that hold an article's date of publication, the surest first.
_DATES = tuple(
    (
        "article:published_time og:article:published_time og:published_time datepublished"
        " citation_publication_date citation_online_date citation_date dc.date.issued dcterms.issued"
        " dc.issued"
        " dcterms.created dc.date dcterms.date dc.date.created parsely-pub-date sailthru.date pubdate"
        " publishdate publish-date publish_date publication_date publication-date article.published"
        " cxenseparse:recs:publishtime date_published originalpublicationdate article_date_original"
        " bt:pubdate"
        " date"
    ).split()
)
# Programs that write the date on which they generated the page, not the date on which a person wrote it.
_GENERATORS = (
    "javadoc",
    "doxygen",
    "latex2html",
    "texi2html",
    "makeinfo",
    "word",
    "libreoffice",
    "openoffice",
)
_LONGEST_AUTHOR = 200


@dataclass(frozen=True, slots=True)
class About:
    """A page's metadata; a field is "" where the page does not say."""

    title: str = ""
    author: str = ""
    address: str = ""
    published: str = ""
    body: str = ""


def read(root: Element) -> About:
    """Return the metadata in a page's head, JSON-LD and byline."""
    known: Known = examine_meta(root)
    if known.author and " " not in known.author:
        known.author = None
    # Malformed JSON-LD is ignored.
    with suppress(ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        known = extract_meta_json(root, known)
    records = list(_records(root))
    author = known.author or extract_author(root) or ""
    return About(
        title=known.title or extract_title(root) or "",
        author=author if len(author) <= _LONGEST_AUTHOR else "",
        address=known.url or extract_url(root, None) or "",
        published=_published(root, records),
        body=max(
            (text for record in records if isinstance(text := record.get("articleBody"), str)),
            key=len,
            default="",
        ),
    )


def _published(root: Element, records: list[dict[str, Any]]) -> str:
    """Return the date of publication that a page declares."""
    for record in records:
        kinds = record.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(kind in _ARTICLES for kind in kinds) and (found := iso_date(record.get("datePublished"))):
            return found
    metas = {
        (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower(): meta.get("content")
        or ""
        for meta in reversed(list(root.iter("meta")))
    }
    generator = metas.get("generator", "").lower()
    is_made = any(name in generator for name in _GENERATORS)
    for name in _DATES:
        is_sure = not (is_made and name in {"date", "dc.date", "dcterms.created"})
        if is_sure and (found := iso_date(metas.get(name))):
            return found
    for element in root.iter("time", "span", "abbr", "div", "p"):
        is_said = (
            "datePublished" in (element.get("itemprop") or "").split() or element.get("pubdate") is not None
        )
        if not is_said:
            is_said = bool(
                {"published", "dt-published", "entry-date"} & set((element.get("class") or "").split())
            )
        if is_said and (
            found := iso_date(element.get("datetime") or element.get("content") or element.get("title"))
        ):
            return found
    return ""


def _records(root: Element) -> Iterator[dict[str, Any]]:
    """Yield the objects of a page's JSON-LD."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                stack = [json.loads(script.text or "", strict=False)]
            except (ValueError, RecursionError):
                continue
            while stack:
                at = stack.pop()
                if isinstance(at, list):
                    stack += reversed(at)
                elif isinstance(at, dict):
                    yield at
                    stack += [at[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in at]
