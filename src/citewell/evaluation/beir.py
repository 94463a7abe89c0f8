"""Read BEIR's folders (Thakur et al. 2021): queries, and the articles relevant to each query."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from citewell.documents.document import Document, document
from citewell.errors import LoadError, QuestionsFileError
from citewell.evaluation.questions import file_bytes, records

# A gain is a small grade; with more digits, two to the power of the gain would overflow.
GAIN = re.compile(r"-?[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class JudgedQueries:
    """Queries, and the articles relevant to each query.

    Attributes:
        name: The folder's name.
        sha256: The hash of the hashes of the files that were read, in order.
        documents: The articles, title and text.
        queries: The text of each judged query, by id.
        qrels: Gain by query and article.
        left_out: Articles without any text.
    """

    name: str
    sha256: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]
    left_out: tuple[str, ...] = ()

    def first(self, limit: int | None) -> "JudgedQueries":
        """Return the first `limit` queries, or all when it is None, with all articles."""
        kept = dict(list(self.queries.items())[:limit])
        return replace(self, queries=kept, qrels={id_: self.qrels[id_] for id_ in kept})


def read(folder: Path, split: str = "") -> JudgedQueries:
    """Read corpus.jsonl, queries.jsonl and qrels/<split>.tsv.

    Args:
        folder: The folder of these files.
        split: The name of the qrels file; "" means the only file, or "test" where there are several.

    Raises:
        QuestionsFileError: A file is missing, or its content is malformed.
    """
    known = sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))
    which = split or (known[0] if len(known) == 1 else "test")
    if which not in known:
        found = ", ".join(known) or "none"
        message = f"{folder}: has no qrels/{which}.tsv, as a BEIR folder has; there are: {found}"
        raise QuestionsFileError(message)
    paths = [folder / name for name in ("corpus.jsonl", "queries.jsonl", f"qrels/{which}.tsv")]
    data = [file_bytes(path) for path in paths]
    problems: list[str] = []
    documents, left_out = _articles(paths[0], data[0], problems)
    texts = _queries(paths[1], data[1], problems)
    qrels = _qrels(paths[2], data[2], problems)
    for query, (where, gains) in qrels.items():
        if query not in texts:
            problems.append(f"{where}: the query {query!r} is not in queries.jsonl")
        missing = [id_ for id_ in gains if id_ not in documents and id_ not in left_out]
        problems += [f"{where}: the article {id_!r} is not in corpus.jsonl" for id_ in missing]
    if problems:
        raise QuestionsFileError(*problems)
    hashes = "".join(hashlib.sha256(piece).hexdigest() for piece in data)
    return JudgedQueries(
        name=folder.name,
        sha256=hashlib.sha256(hashes.encode()).hexdigest(),
        documents=tuple(documents.values()),
        queries={id_: texts[id_] for id_ in qrels},
        qrels={id_: gains for id_, (_, gains) in qrels.items()},
        left_out=tuple(left_out),
    )


def _articles(path: Path, data: bytes, problems: list[str]) -> tuple[dict[str, Document], list[str]]:
    """Return the articles by id, and the ids of those without text."""
    documents: dict[str, Document] = {}
    left_out = []
    for where, record in records(path, data, problems):
        id_, text, title = record.get("_id"), record.get("text"), record.get("title") or ""
        if not isinstance(id_, str) or not isinstance(text, str) or not isinstance(title, str):
            problems.append(f"{where}: has no strings '_id' and 'text', or a 'title' that is none")
        elif id_ in documents:
            problems.append(f"{where}: the '_id' {id_!r} is taken")
        else:
            try:
                documents[id_] = document(f"{title}\n\n{text}" if title else text, id=id_, title=title)
            except LoadError:
                left_out.append(id_)
    return documents, left_out


def _queries(path: Path, data: bytes, problems: list[str]) -> dict[str, str]:
    texts = {}
    for where, record in records(path, data, problems):
        id_, text = record.get("_id"), record.get("text")
        if isinstance(id_, str) and isinstance(text, str) and text.strip():
            texts[id_] = text
        else:
            problems.append(f"{where}: has no strings '_id' and 'text'")
    return texts


def _qrels(path: Path, data: bytes, problems: list[str]) -> dict[str, tuple[str, dict[str, int]]]:
    """Return, by query, the place of its first judgement and the gain of each article.

    Each line holds a query, an article and a gain, separated by tabs; the first line may name the columns.
    """
    qrels: dict[str, tuple[str, dict[str, int]]] = {}
    for number, line in enumerate(data.decode(errors="replace").split("\n"), start=1):
        where, columns = f"{path}:{number}", line.rstrip("\r").split("\t")
        is_judgement = len(columns) == 3 and GAIN.fullmatch(columns[2]) is not None  # noqa: PLR2004 - BEIR's columns
        if is_judgement:
            qrels.setdefault(columns[0], (where, {}))[1][columns[1]] = int(columns[2])
        elif line.strip() and number > 1:
            problems.append(f"{where}: is not query, article and whole number, apart by tabs")
    if not qrels and not problems:
        problems.append(f"{path}:1: judges nothing")
    return qrels
