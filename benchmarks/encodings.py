"""Measure how texts in old encodings are read, beside charset-normalizer alone.

    python benchmarks/encodings.py [FOLDER]

The texts are spaCy's example sentences (spacy 3.8.18, MIT), which pip fetches into the FOLDER (a temporary
one when left out): all of a language as one text, and two by two, stored in the encodings that its files
used to have. Read right is what comes back as it was; a letter that the encoding lacks is left out before.
citewell's rules were written looking at these texts.
"""

import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from benchmarks.sentences import PACKAGES, fetch, literal
from citewell.errors import LoadError
from citewell.text.decoding import decode

ENCODINGS = {
    "ru": "cp1251 koi8-r cp866 mac-cyrillic iso8859-5",
    "uk": "cp1251 koi8-u",
    "bg": "cp1251",
    "pl": "cp1250 iso8859-2 mac-latin2 cp852",
    "cs": "cp1250 iso8859-2",
    "sk": "cp1250",
    "hu": "cp1250 iso8859-2",
    "ro": "cp1250 iso8859-16",
    "hr": "cp1250",
    "fr": "cp1252 mac-roman cp850 iso8859-15",
    "de": "cp1252 mac-roman cp850",
    "es": "cp1252 mac-roman",
    "sv": "cp1252 mac-roman",
    "pt": "cp1252",
    "da": "cp1252",
    "fi": "cp1252",
    "tr": "cp1254 iso8859-9",
    "lt": "cp1257",
    "el": "cp1253 iso8859-7",
    "he": "cp1255",
    "ar": "cp1256",
    "zh": "gb18030 big5",
    "ja": "shift_jis euc_jp iso2022_jp",
    "ko": "euc_kr cp949",
}


def main() -> None:
    """Print how many texts are read right, refused and read wrong, and what is wrong."""
    counts = {"citewell": Counter[str](), "charset-normalizer": Counter[str]()}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        fetch(folder, "spacy", PACKAGES["spacy"])
        for language, encoding, data in texts(folder):
            wanted = data.decode(encoding)
            outcome = judge(read(data), wanted)
            counts["citewell"][outcome] += 1
            guess = from_bytes(data).best()
            counts["charset-normalizer"][judge(str(guess) if guess else None, wanted)] += 1
            if outcome != "right":
                print(f"{outcome}: {language} {encoding} {wanted[:60]!r}")
    for name, count in counts.items():
        print(f"{name:20}", *(f"{count[outcome]:4} {outcome}" for outcome in ("right", "refused", "wrong")))


def texts(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield a language, an encoding, and bytes that are not ASCII."""
    with zipfile.ZipFile(next(folder.glob("spacy-*.whl"))) as archive:
        for language, names in ENCODINGS.items():
            found = literal(archive.read(f"spacy/lang/{language}/examples.py").decode())
            pairs = [found[at : at + 2] for at in range(0, len(found) - 1, 2)]
            for encoding in names.split():
                for sentences in (found, *pairs):
                    data = " ".join(sentences).encode(encoding, errors="ignore")
                    if not data.isascii() or encoding.startswith("iso2022"):
                        yield language, encoding, data


def read(data: bytes) -> str | None:
    """Return the text that citewell reads; None when it refuses."""
    try:
        return decode(data).text
    except LoadError:
        return None


def judge(text: str | None, wanted: str) -> str:
    """Say what a reading is."""
    if text is None:
        return "refused"
    return "right" if text == wanted else "wrong"


if __name__ == "__main__":
    main()
