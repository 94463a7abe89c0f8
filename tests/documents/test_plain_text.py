"""Plain text is stored as it is; its headings, tables and date are known."""

from pathlib import Path

import pytest

from citewell import plugins
from citewell.documents.loader import Article

SECTIONS = "Harbours\n\nLund\n\nIt earned 14 million.\nIt is small.\n\nMoss\n\nIt earned 9 million.\n"


def read(tmp_path: Path, text: str, name: str = "tide.txt") -> Article:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (article,) = plugins.load("loaders", "txt").load(path)
    assert isinstance(article, Article)
    assert article.text == text
    return article


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        (SECTIONS, [("Harbours", 1), ("Lund", 2), ("Moss", 2)]),
        ("The tide\n\nIt rose.\n", [("The tide", 1)]),
        ("It rose.\n\n1 Damage\n\nNone.\n\n1.1 Boats\n\nTwo.\n", [("1 Damage", 1), ("1.1 Boats", 2)]),
        ("It rose.\n\nIt fell.\n", []),
        ("It rose\nand fell\n\nand rose.\n", []),
        ("- one\n\n- two\n\nIt rose.", []),
        ("It rose.\n\nThe end", []),
        ("Milk\n\nBread\n\nEggs\n\nIt rose.", [("Milk", 1), ("Eggs", 2)]),
    ],
)
def test_a_short_line_alone_over_a_paragraph_is_a_heading(
    text: str, headings: list[tuple[str, int]], tmp_path: Path
) -> None:
    article = read(tmp_path, text)
    assert [(article.text[mark.start : mark.end], mark.level) for mark in article.marks] == headings


@pytest.mark.parametrize(
    ("text", "marked", "label"),
    [
        ("Town\tBeds\nLund\t3\nMoss\t6\n", "Lund\t3\nMoss\t6", "Town | Beds"),
        ("It rose.\n\nTown\t2021\t2022\nA\t3\t4\nB\t6\t7", "A\t3\t4\nB\t6\t7", "Town | 2021 | 2022"),
        ("Lund\t3\nMoss\t6\nHamar\t9\n\nIt rose.", "Lund\t3\nMoss\t6\nHamar\t9", ""),
    ],
)  # fmt: skip
def test_lines_with_tabs_are_a_table(text: str, marked: str, label: str, tmp_path: Path) -> None:
    article = read(tmp_path, text)
    (mark,) = (mark for mark in article.marks if mark.kind == "table")
    assert (article.text[mark.start : mark.end], mark.label) == (marked, label)


@pytest.mark.parametrize(
    ("name", "text", "published"),
    [
        ("2019-10-12-tide.txt", "It rose.", "2019-10-12"),
        ("tide.txt", "The tide\n\n12 October 2019\n\nIt rose.", "2019-10-12"),
        ("tide.txt", "BERGEN, October 12, 2019 (NTB) – It rose.", "2019-10-12"),
        ("tide.txt", "On 12 October 2019 it rose.", ""),
    ],
)
def test_the_date_is_in_the_name_or_the_first_lines(
    name: str, text: str, published: str, tmp_path: Path
) -> None:
    assert read(tmp_path, text, name).published == published
