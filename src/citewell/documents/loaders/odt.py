"""Read OpenDocument texts, as LibreOffice writes them, the way a person sees them.

lxml reads the XML directly: the libraries for the format return the text without its looks, or the same XML
elements. Headers and footers are not read.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from citewell.documents.archives import DAMAGE, check_archive
from citewell.documents.loader import Article
from citewell.documents.opendocument import DC, NAMES, OFFICE, TextReader
from citewell.errors import LoadError


class OdtLoader:
    """One article a file; title, author and date from its metadata, else the first heading."""

    suffixes = (".odt",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article; blank lines separate its paragraphs, line ends the rows of a table."""
        data = path.read_bytes()
        try:
            check_archive(data, path.name)
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = set(archive.namelist())
                manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
                if b"encryption-data" in manifest:
                    message = f"{path.name}: has a password; save a copy without one"
                    raise LoadError(message)
                content = parse(archive.read("content.xml"))
                styles, meta = (
                    parse(archive.read(name)) if name in names else None
                    for name in ("styles.xml", "meta.xml")
                )
            body = content.find(f"{OFFICE}body/{OFFICE}text")
            reader = TextReader([root for root in (styles, content) if root is not None])
            reader.read(body)
        except DAMAGE as error:
            message = f"{path.name}: is damaged or no text of OpenDocument; save it anew, or its text as .txt"
            raise LoadError(message) from error
        fields = {} if meta is None else {one.tag: one.text or "" for one in meta.iter(etree.Element)}
        yield Article(
            text=reader.builder.text,
            title=fields.get(DC + "title") or reader.title,
            published=fields.get(NAMES["meta"] + "creation-date", "")[:10],
            author=fields.get(NAMES["meta"] + "initial-creator") or fields.get(DC + "creator", ""),
            marks=reader.builder.marks,
            warnings=reader.remarks.sentences,
        )


def parse(data: bytes) -> Any:
    """Return the root of a part; entities are not expanded."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def create() -> OdtLoader:
    """Return the loader."""
    return OdtLoader()
