"""Measure what of real web pages is lost when they are loaded, and what is wrongly taken for the article.

    python -m benchmarks.pages FOLDER

FOLDER holds the documentation of Debian packages, HTML of many makers. This fetches and unpacks it:

    mkdir FOLDER && cd FOLDER && apt-get download PACKAGES && for file in *.deb; do dpkg -x $file .; done

with PACKAGES as `python -m benchmarks.pages --packages` prints them. For each layout a path says where its
pages have their article. Phrases of eight words of its paragraphs, items, cells, captions and headings, and
of what stands outside, are drawn from the markup by position. A page counts as lost when one phrase of its
article is not in the text, and as invented when one from outside is. Pages of our own stand for news, blogs,
shops and forums.
"""

import argparse
import io
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import lxml.html
import trafilatura

from benchmarks.news_pages import PAGES
from citewell.documents.loading import load

PHRASES = 25  # of a page's article, and as many from outside
WORDS, FEWEST_WORDS = 8, 4
BYTES = range(3_000, 400_000)  # of a page: a stub says nothing, and a book takes long
PER_LAYOUT = 6
PACKAGES = (
    "python-requests-doc python-markdown-doc libcairo2-doc libfftw3-doc debian-faq git-doc"
    " postgresql-doc-15 sqlite3-doc libxml2-doc"
    " r-doc-html nodejs-doc privoxy debconf-doc exim4-doc-html apache2-doc xapian-doc bzip2-doc"
)


def of_class(names: str) -> str:
    """Return the XPath of the first element of one of several classes."""
    tests = (f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in names.split())
    return f"//div[{' or '.join(tests)}]"


# Each layout: where its pages are, and where in them the article is (an XPath).
LAYOUTS = {
    "Sphinx": ("**/python-requests-doc/**/*.html", "//div[@role='main']|//div[@class='body']"),
    "mkdocs": (
        "**/python-markdown-doc/docs/**/*.html",
        "//div[@role='main']|//div[@id='main']|//article|//div[@class='body']",
    ),
    "gtk-doc": (
        "**/gtk-doc/html/cairo/*.html",
        of_class("chapter refentry section sect1 sect2 book part glossary index"),
    ),
    "Texinfo": ("**/libfftw3-dev/html/*.html", "//body"),
    "DocBook (Debian)": ("**/debian/FAQ/*.html", of_class("chapter appendix book article")),
    "AsciiDoc": ("**/git-doc/*.html", "//body"),
    "DocBook (PostgreSQL)": (
        "**/postgresql-doc-15/html/*.html",
        of_class("sect1 sect2 chapter refentry part preface"),
    ),
    "SQLite": ("**/doc/sqlite3/*.html", "//body"),
    "Doxygen": ("**/xapian-doc/apidoc/html/*.html", "//div[@class='contents']"),
    "Node": ("**/nodejs/api/*.html", "//div[@id='apicontent']"),
    "DocBook (Privoxy)": ("**/privoxy/user-manual/*.html", of_class("SECT1 ARTICLE")),
    "Exim": ("**/exim4-doc-html/spec_html/*.html", "//body"),
    "Apache": ("**/apache2-doc/manual/en/*.html", "//div[@id='page-content']"),
}
TEXTS = (
    "p",
    "li",
    "td",
    "th",
    "dd",
    "dt",
    "figcaption",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "pre",
)


class Case(NamedTuple):
    """A page and what its text has and has not."""

    layout: str
    markup: bytes
    inside: tuple[str, ...]
    outside: tuple[str, ...]


def folded(text: str) -> str:
    """Leave only letters and figures: how a text is set makes no difference here."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def phrases(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield the words at the beginning of each piece of text."""
    for block in element.iter(*TEXTS):
        pieces = [block.text or ""]
        for inner in block:
            if (
                inner.tag in {"b", "i", "em", "strong", "span", "tt", "var"}
                and not len(inner)
                and inner.get("class") is None
            ):
                pieces += [inner.text or "", inner.tail or ""]
            else:
                break
        words = folded("".join(pieces)).split()
        if len(words) >= FEWEST_WORDS:
            yield " ".join(words[:WORDS])


def spread(found: list[str], count: int) -> tuple[str, ...]:
    """Draw phrases at equal distances, each once."""
    found = list(dict.fromkeys(found))
    step = max(1, len(found) // count)
    return tuple(found[::step][:count])


def cases(folder: Path) -> Iterator[Case]:
    """Yield the pages with their phrases."""
    for layout, (glob, where) in LAYOUTS.items():
        paths = [
            path for path in sorted(folder.glob(glob)) if path.is_file() and path.stat().st_size in BYTES
        ]
        step = max(1, len(paths) // PER_LAYOUT)
        for path in paths[::step][:PER_LAYOUT]:
            markup = path.read_bytes()
            tree = lxml.html.parse(io.BytesIO(markup), lxml.html.HTMLParser(remove_comments=True)).getroot()
            for element in tree.xpath("//script|//style|//noscript"):
                element.drop_tree()
            mains = tree.xpath(where)
            if not mains:
                continue
            inside, article = list(phrases(mains[0])), f" {folded(' '.join(mains[0].itertext()))} "
            mains[0].drop_tree() if mains[0].tag != "body" else mains[0].clear()
            outside = [phrase for phrase in phrases(tree) if f" {phrase} " not in article]
            yield Case(layout, markup, spread(inside, PHRASES), spread(outside, PHRASES))
    for layout, own, kept, left in PAGES:
        yield Case(layout, own.encode(), tuple(map(folded, kept)), tuple(map(folded, left)))


def ours(markup: bytes) -> str:
    """Return the text as citewell loads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_bytes(markup)
        loaded = load([path])
        return "\n".join(document.text for document in loaded.documents)


def extracted(*, recall: bool = False, precision: bool = False) -> Callable[[bytes], str]:
    """Return what reads a page by trafilatura."""

    def read(markup: bytes) -> str:
        text = trafilatura.extract(
            markup.decode(errors="replace"),
            include_comments=False,
            favor_recall=recall,
            favor_precision=precision,
        )
        return text or ""

    return read


READERS: dict[str, Callable[[bytes], str]] = {
    "citewell": ours,
    "trafilatura": extracted(),
    "trafilatura, recall": extracted(recall=True),
    "trafilatura, precision": extracted(precision=True),
}


def main() -> int:
    """Print how many pages lose or invent a phrase, by reader."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--packages", action="store_true", help="print what to fetch")
    parser.add_argument("--show", action="store_true", help="print what citewell lost or invented")
    arguments = parser.parse_args()
    if arguments.packages or arguments.folder is None:
        print(PACKAGES)
        return 0
    pages = list(cases(arguments.folder))
    print(f"{len(pages)} pages, {len({page.layout for page in pages})} layouts\n")
    for name, read in READERS.items():
        lost, invented, times = 0, 0, []
        by_layout: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        phrases_lost = phrases_all = 0
        for page in pages:
            began = time.process_time()
            text = f" {folded(read(page.markup))} "
            times.append(1000 * (time.process_time() - began))
            gone = [phrase for phrase in page.inside if f" {phrase} " not in text]
            more = [phrase for phrase in page.outside if f" {phrase} " in text]
            phrases_lost, phrases_all = phrases_lost + len(gone), phrases_all + len(page.inside)
            lost, invented = lost + bool(gone), invented + bool(more)
            row = by_layout[page.layout]
            row[0], row[1], row[2] = row[0] + bool(gone), row[1] + bool(more), row[2] + 1
            if arguments.show and name == "citewell" and (gone or more):
                print(f"  {page.layout}: lost {gone[:3]} invented {more[:3]}")
        print(
            f"{name:24} lose one {lost:3}, phrases lost {phrases_lost:4} of {phrases_all}, have one from"
            f" outside {invented:3},"
            f" ms a page: median {statistics.median(times):5.1f}, mean {statistics.fmean(times):6.1f}"
        )
        print("    " + ", ".join(f"{layout} {row[0]}+{row[1]}/{row[2]}" for layout, row in by_layout.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
