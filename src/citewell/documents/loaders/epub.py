"""Read books in EPUB: the chapters in the order of the book."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from citewell.documents.archives import DAMAGE, check_archive
from citewell.documents.loader import Article
from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder
from citewell.documents.web_page.reading import MARKUP_DAMAGE, read_fragment
from citewell.errors import LoadError
from citewell.text.decoding import decode
from citewell.text.spans import Span

CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
PAGES = frozenset({"application/xhtml+xml", "text/html"})
# These encrypt fonts only, also in books that anybody may read; other encrypted parts need a key.
FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


class EpubLoader:
    """One article a book; title, author and date from its package."""

    suffixes = (".epub",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        data = path.read_bytes()
        builder, remarks = TextBuilder(), Remarks()
        try:
            check_archive(data, path.name)
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if is_locked(archive):
                    message = f"{path.name}: is encrypted for one reader's device; it cannot be read"
                    raise LoadError(message)
                root = parse(archive.read("META-INF/container.xml"))
                package_name = root.find(f".//{CONTAINER}rootfile").get("full-path")
                package = parse(archive.read(package_name))
                for name in chapters(package, package_name):
                    add_chapter(archive, name, builder, remarks)
        except (*DAMAGE, *MARKUP_DAMAGE) as error:
            message = f"{path.name}: is damaged or no book in EPUB; save it anew, or its text as .txt"
            raise LoadError(message) from error
        fields = {
            name: (package.findtext(f".//{DC}{name}") or "").strip() for name in ("title", "creator", "date")
        }
        yield Article(
            text=builder.text,
            title=fields["title"],
            published=fields["date"][:10],
            author=fields["creator"],
            marks=builder.marks,
            warnings=remarks.sentences,
        )


def parse(data: bytes) -> Any:
    """Return the root of a part; entities are not expanded."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def is_locked(archive: zipfile.ZipFile) -> bool:
    """Whether a part other than a font is encrypted."""
    name = "META-INF/encryption.xml"
    if name not in archive.namelist():
        return False
    listed = archive.read(name)
    return listed.count(b"EncryptionMethod") > sum(listed.count(font) for font in FONTS)


def chapters(package: Any, name: str) -> Iterator[str]:
    """Yield the names of the parts of a book that are to be read, in the order of the book."""
    items = {item.get("id"): item for item in package.iter(f"{OPF}item")}
    for place in package.iter(f"{OPF}itemref"):
        item = items[place.get("idref")]
        if item.get("media-type") in PAGES and "nav" not in (item.get("properties") or "").split():
            yield beside(name, item.get("href"))


def beside(name: str, address: str) -> str:
    """Return the name of the part at an address that is relative to the part `name`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))


def add_chapter(archive: zipfile.ZipFile, name: str, builder: TextBuilder, remarks: Remarks) -> None:
    """Add the text and the marks of a chapter; its style sheets are read from the book."""

    def find_sheet(address: str) -> str:
        try:
            return decode(archive.read(beside(name, address))).text
        except KeyError:
            return ""

    chapter = read_fragment(decode(archive.read(name)).text, remarks, find_sheet)
    start = builder.add(chapter.text).start
    for mark in chapter.marks:
        builder.mark(mark.kind, Span(start + mark.start, start + mark.end), mark.label, mark.level)


def create() -> EpubLoader:
    """Return the loader."""
    return EpubLoader()
