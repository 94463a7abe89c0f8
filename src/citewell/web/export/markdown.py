"""Write a conversation as Markdown, with every untrusted text escaped."""

import re
from collections.abc import Iterator

from citewell.checking.citations import Citation
from citewell.documents.document import Document
from citewell.text.normalisation import normalise
from citewell.web.export.record import OFFSETS, KeptConversation, WordedAnswer, number_controls, word_answer

# Marks of emphasis, code, links, tags, references, tables, mathematics and mentions at any place, and the
# characters that turn a bare address into a link. Page generators read braces before Markdown does.
MARKS = re.compile(r"[\\`*_\[\]<>&~|$@#{}]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
# Line starts that begin a list, a rule or a table, or turn the line before into a heading.
OPENING = re.compile(r"\A(?:(?=[-+=:])|([0-9]{1,9})(?=[.)](?:\s|\Z)))")
# A web address without characters that end a link.
ADDRESS = re.compile(r"https?://[\w\-.~:/?#@!$&'()*+,=%\[\]]+", re.ASCII | re.IGNORECASE)


def inline(text: str) -> str:
    r"""Return text as one escaped line of Markdown; line ends become spaces.

    A character that changes the reading direction of the text around it is replaced by its number.

    >>> print(inline("# [x](javascript:y) cost $5\u202e"))
    \# \[x\](javascript:y) cost \$5⟨U+202E⟩
    """
    lines = (line.strip() for line in normalise(text).split("\n"))
    said = " ".join(line for line in lines if line)
    return OPENING.sub(r"\1\\", MARKS.sub(r"\\\g<0>", number_controls(said)))


def block(text: str) -> str:
    """Return text as paragraphs of Markdown with the same line breaks; "" for a blank text."""
    paragraphs: list[list[str]] = [[]]
    for line in normalise(text).split("\n"):
        if line.strip():
            paragraphs[-1].append(inline(line))
        else:
            paragraphs.append([])
    return "\n\n".join("\\\n".join(lines) for lines in paragraphs if lines)


def block_quote(text: str) -> str:
    """Return text as a quotation of Markdown."""
    return "\n".join(f"> {line}".rstrip() for line in block(text).split("\n"))


def address(where: str) -> str:
    """Return the source of an article: a web address as a link, anything else as text."""
    return f"<{where}>" if ADDRESS.fullmatch(where) else inline(where)


def as_markdown(kept: KeptConversation) -> str:
    """Return a conversation as CommonMark without tags, images or links, except to the articles' sources."""
    parts = [
        f"# {inline(kept.title)}",
        f"Exported by citewell, {kept.exported}.",
        "## Articles",
        *([kept.scope] if kept.scope else []),
        *(article_item(number, document) for number, document in enumerate(kept.documents, start=1)),
        inline(OFFSETS),
    ]
    for number, answer in enumerate(kept.answers, start=1):
        parts += turn(number, word_answer(answer))
    return "\n\n".join(parts) + "\n"


def article_item(number: int, document: Document) -> str:
    """Return the metadata of an article as an item of the list."""
    facts = (
        ("Source", address(document.source)),
        ("Published", inline(document.published)),
        ("Id", inline(document.id)),
        ("SHA-256", document.sha256),
    )
    item = f"{number}. "
    known = [f"{' ' * len(item)}- {label}: {fact}" for label, fact in facts if fact]
    return "\n".join([f"{item}{inline(document.title)}", *known])


def turn(number: int, said: WordedAnswer) -> Iterator[str]:
    """Yield the blocks of one exchange; a label of ours precedes each untrusted text."""
    yield f"## {number}. {inline(said.question)}"
    if said.understood:
        yield f"**Understood as:** {inline(said.understood)}"
    if said.short:
        yield f"**Short answer:** {inline(said.short)}"
    for statement in said.statements:
        yield block(f"{statement.text}{statement.markers}")
    if said.reason:
        yield f"**No answer:** {inline(said.reason)}"
    if said.message:
        yield block(said.message)
    if said.passages:
        yield f"**{said.label}:**"
    for citation in said.passages:
        yield block_quote(citation.quote)
        yield proof(citation)
    if said.sure:
        yield f"**Confidence:** {inline(said.sure)}"


def proof(citation: Citation) -> str:
    """Return the place of a quote in its article."""
    where = f"id {citation.document_id} · characters [{citation.start}, {citation.end})"
    return inline(f"[{citation.number}] {citation.where} · {where}")
