"""Count the English questions that are taken for another language, and the others that are taken for English.

    python benchmarks/languages.py FILE…

Each FILE holds questions: JSON lines with `question`, and `language` if that is not English; also as `.gz`.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from citewell.questions.language import ENGLISH, ENGLISH_WORDS, language_of
from citewell.text.words import folded_words


def main() -> None:
    """Read the files, print what is wrong and the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    counts: Counter[str] = Counter()
    words: Counter[int] = Counter()
    for question, language in (row for file in parser.parse_args().files for row in rows(file)):
        kind = "English" if language == ENGLISH else "other"
        counts[kind] += 1
        if kind == "English":
            words[min(len(ENGLISH_WORDS.intersection(folded_words(question))), 2)] += 1
        found = language_of(question)
        if (found == ENGLISH) != (language == ENGLISH):
            counts[f"{kind}, wrong"] += 1
            print(f"{language} taken for {found}: {question}")
    print(f"English: {counts['English']:,}, taken for another language: {counts['English, wrong']}")
    print(f"  with no English function word {words[0]:,}, with one {words[1]:,}")
    print(f"other languages: {counts['other']:,}, taken for English: {counts['other, wrong']}")


def rows(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each question and its language."""
    content = file.read_bytes()
    for line in (gzip.decompress(content) if file.suffix == ".gz" else content).splitlines():
        row = json.loads(line)
        yield row["question"], row.get("language", ENGLISH)


if __name__ == "__main__":
    main()
