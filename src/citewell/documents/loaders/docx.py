"""Read Word documents as a person sees them.

Headers and footers are not read: they repeat on every page. Text that is withdrawn or hidden, and parts that
cannot be read, are noted: `citewell.documents.word` says how.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.parser import parse_xml

from citewell.documents.archives import DAMAGE, check_archive
from citewell.documents.loader import Article
from citewell.documents.word.article import ArticleReader, Parts
from citewell.errors import LoadError

# python-docx begins every document with a template, made at this time: it is no date of a document. Dates
# before FIRST_YEAR are what programs write where they know no date.
TEMPLATE_CREATED = frozenset({datetime(2013, 12, 23, 23, 15, tzinfo=UTC)})
FIRST_YEAR = 1985
# The names that programs write where they do not know the author.
NOBODY = frozenset(
    {"python-docx", "apache poi", "docx4j", "un-named", "unknown", "microsoft office user", "user"}
)


class DocxLoader:
    """One article a file; title, author and date from its core properties, else the first heading."""

    suffixes = (".docx",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article; blank lines separate its paragraphs, line ends the rows of a table."""
        data = path.read_bytes()
        try:
            check_archive(data, path.name)
            document = docx.Document(io.BytesIO(data))
            reader = ArticleReader(parts_of(document))
            reader.read()
            title, published, author = properties(document)
        except DAMAGE as error:
            message = f"{path.name}: is damaged or not a Word document; save it anew, or its text as .txt"
            raise LoadError(message) from error
        yield Article(
            text=reader.builder.text,
            title=title or reader.title,
            published=published,
            author=author,
            marks=reader.builder.marks,
            warnings=reader.remarks.sentences,
        )


def parts_of(document: WordDocument) -> Parts:
    """Return the parts of a document that are needed to read its text."""

    def part(relationship: str) -> Any:
        try:
            found = document.part.part_related_by(relationship)
        except KeyError:
            return None
        # python-docx has already parsed some parts; its parser expands no entity.
        element = getattr(found, "element", None)
        return parse_xml(found.blob) if element is None else element

    return Parts(
        document=document.element.body,
        styles=part(RELATIONSHIP_TYPE.STYLES),
        numbering=part(RELATIONSHIP_TYPE.NUMBERING),
        settings=part(RELATIONSHIP_TYPE.SETTINGS),
        notes={
            "footnote": part(RELATIONSHIP_TYPE.FOOTNOTES),
            "endnote": part(RELATIONSHIP_TYPE.ENDNOTES),
        },
    )


def properties(document: WordDocument) -> tuple[str, str, str]:
    """Return the title, the day of creation and the author; each is "" where the file does not say."""
    try:
        # Without this look-up, python-docx makes up properties for a file that has none.
        document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)
    except KeyError:
        return "", "", ""
    core = document.core_properties
    author = "" if core.author.strip().lower() in NOBODY else core.author
    created = core.created
    if created is None:
        return core.title, "", author
    moment = created if created.tzinfo else created.replace(tzinfo=UTC)
    of_template = moment in TEMPLATE_CREATED or moment.year < FIRST_YEAR
    return core.title, "" if of_template else created.date().isoformat(), author


def create() -> DocxLoader:
    """Return the loader."""
    return DocxLoader()
