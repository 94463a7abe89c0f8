"""How well the shipped reader finds what tables and lists say, by the way in which they are told.

`python benchmarks/tables.py [--way NAME]... [--kind KIND]...` makes up articles with figures drawn by a
seed, reads them with the loader of Markdown, and asks for each cell and each inner item once, and for rows,
columns and items that are not there. Printed are how many are found, how many answers the shipped threshold
shows that are right and wrong, and how many are shown where the article does not say.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from citewell.documents.loading import load
from citewell.documents.passages import Passage, split
from citewell.index.encoders.sentence_transformers import create as create_encoder
from citewell.reading import table_rows
from citewell.reading.readers import cross_encoder
from citewell.text.spans import Span

BEFORE = "The council met on Thursday and spoke about the coming year. A decision is expected in autumn.\n\n"
AFTER = "\n\nThe clerk keeps the list.\n"
# Kind, first column, its rows, the other columns, the caption, how a cell is asked for, and a row and a
# column that are not there.
TABLES = (
    ("table", "Harbour", "Skagen Hirtshals Thyboron Esbjerg Grenaa", "2019|2020|2021|2022", "Catch in tonnes",
     "What was the catch at {row} in {column}?", "Hanstholm", "2016"),
    ("table", "Town", "Lund Moss Hamar Brig Sion", "Beds|Nurses|Doctors", "Hospitals",
     "How many {column} does {row} have?", "Visp", "dentists"),
    ("table", "Country", "Germany Austria Sweden Italy", "Arrests|Firearms|Cash seized", "Police results",
     "How many {column} were there in {row}?", "Spain", "convictions"),
    ("table", "Team", "Reds Blues Greens Lions", "Won|Drawn|Lost", "League",
     "How many games has {row} {column}?", "Tigers", "postponed"),
    ("table", "Ship", "Anna Bertha Clara Dora", "Tonnes|Crew|Built", "Fleet",
     "What is the {column} of the {row}?", "Emma", "length"),
    ("header of two rows", "Harbour", "Skagen Hirtshals Thyboron",
     "2021 spring|2021 autumn|2022 spring|2022 autumn", "Catch of herring by harbour, in tonnes",
     "What was the catch at {row} in {column}?", "Hanstholm", "2019 spring"),
    ("header of two rows", "School", "Nordby Vester Kirke", "Boys 2020|Girls 2020|Boys 2021|Girls 2021",
     "Pupils by school", "How many {column} were at {row}?", "Ostby", "boys 2018"),
    ("unit in the caption", "Line", "A B C D", "2020|2021|2022", "Passengers of the tram, in thousands",
     "How many passengers did line {row} carry in {column}?", "F", "2017"),
    ("unit in the caption", "Region", "North South East West", "Wheat|Barley|Oats",
     "Harvest in 2021, in tonnes per hectare",
     "How many tonnes of {column} per hectare did the {row} harvest in 2021?", "Centre", "rice"),
    ("unit in the caption", "Month", "January March June October", "Rain|Sun",
     "Weather in Riga, rain in mm and sun in hours", "What was the {column} in {row}?", "August", "snow"),
    ("unit in the caption", "Site", "Kiel Bremen Rostock", "Workers|Apprentices",
     "Employees of the shipyards at the end of 2022", "How many {column} worked at {row}?", "Emden",
     "engineers"),
)  # fmt: skip
# The rows, the other cell, the question, and a row that is not there. The table has no header.
PAIRS = (
    ("Monday Tuesday Wednesday Saturday Sunday", "{h} to {H}", "When is it open on {row}?", "Friday"),
    ("adults children students pensioners", "{n} crowns", "How much do {row} pay?", "soldiers"),
    ("length width height weight", "{n} metres", "What is the {row} of the bridge?", "depth"),
    ("Berlin Hamburg Munich Cologne", "{n} flights", "How many flights go to {row}?", "Stuttgart"),
    ("flour sugar butter salt", "{n} grams", "How much {row} is needed?", "pepper"),
)
# The line above, an item, what it is of, each item in it with its question, and a question that it does not
# answer.
LISTS = (
    ("Prices from 1 May:", "A {row} costs {n} crowns", "bicycle horse car tent",
     (("in July {n} crowns", "What does a {row} cost in July?"),
      ("on Sundays {n} crowns", "What does a {row} cost on Sundays?")), "What does a {row} cost in March?"),
    ("Beds by ward:", "Ward {row} has {n} beds", "A B C",
     (("{n} for children", "How many beds for children are in ward {row}?"),
      ("{n} for visitors", "How many beds for visitors are in ward {row}?")),
     "How many beds for soldiers are in ward {row}?"),
    ("Opening hours:", "{row}", "Museum Library Pool",
     (("Monday {h} to {H}", "When is the {row} open on Monday?"),
      ("Sunday {h} to {H}", "When is the {row} open on Sunday?")), "When is the {row} open on Friday?"),
    ("Staff:", "{row}", "Lund Moss Hamar",
     (("{n} nurses", "How many nurses does {row} have?"),
      ("{n} doctors", "How many doctors does {row} have?")), "How many dentists does {row} have?"),
    ("The fleet:", "The {row} was built in {y}", "Anna Bertha Clara",
     (("repaired in {y}", "When was the {row} repaired?"), ("sold in {y}", "When was the {row} sold?")),
     "When was the {row} painted?"),
    ("Fines:", "Parking on the {row}: {n} euros", "pavement grass bridge",
     (("for lorries {n} euros", "What is the fine for lorries parking on the {row}?"),
      ("at night {n} euros", "What is the fine for parking on the {row} at night?")),
     "What is the fine for bicycles parking on the {row}?"),
)  # fmt: skip
VALUE = re.compile(r"\d+(?::\d+)?(?: to \d+:\d+)?")


@dataclass(frozen=True)
class Case:
    """An article in Markdown with its questions; the answer is None where the article does not say."""

    kind: str
    markdown: str
    questions: Sequence[tuple[str, str | None]]


def cases() -> Iterator[Case]:
    """Yield the articles, the same in each run."""
    draws = random.Random(1)  # noqa: S311  # figures of tables

    def draw(form: str) -> str:
        """Fill the gaps of a form with figures."""
        hours = {"h": f"{draws.randint(6, 11)}:15", "H": f"{draws.randint(14, 21)}:45"}
        return form.format(row="{row}", n=draws.randint(3, 999), y=draws.randint(1900, 2020), **hours)

    for kind, head, rows, columns, caption, question, no_row, no_column in TABLES:
        names = columns.split("|")
        cells = {(row, name): draw("{n}") for row in rows.split() for name in names}
        lines = [[head, *names], ["---"] * (len(names) + 1)]
        lines += [[row, *(cells[row, name] for name in names)] for row in rows.split()]
        grid = "\n".join(f"|{'|'.join(line)}|" for line in lines)
        asked = [(question.format(row=row, column=name.lower()), cell) for (row, name), cell in cells.items()]
        absent = [question.format(row=no_row, column=name.lower()) for name in names]
        absent += [question.format(row=row, column=no_column) for row in rows.split()]
        yield Case(kind, f"{caption}.\n\n{grid}", [*asked, *((one, None) for one in absent)])
    for rows, form, question, no_row in PAIRS:
        values = {row: draw(form) for row in rows.split()}
        grid = "".join(f"<tr><td>{row}</td><td>{value}</td></tr>" for row, value in values.items())
        asked = [(question.format(row=row), value) for row, value in values.items()]
        yield Case("no header", f"<table>{grid}</table>", [*asked, (question.format(row=no_row), None)])
    for lead, form, rows, inner, no_question in LISTS:
        items: list[str] = []
        questions: list[tuple[str, str | None]] = []
        for row in rows.split():
            items.append(f"- {draw(form)}".format(row=row))
            questions.append((no_question.format(row=row), None))
            for item, question in inner:
                items.append(f"  - {draw(item)}")
                questions.append((question.format(row=row), VALUE.findall(items[-1])[0]))
        yield Case("list in a list", "\n".join([f"{lead}\n", *items]), questions)


def is_right(answer: str, wanted: str) -> bool:
    """Whether an answer has the value that was wanted, and no other."""
    return VALUE.findall(answer) == VALUE.findall(wanted)


Row = Callable[[str, Span, Sequence[str]], list[str | Span]]
Item = Callable[[Passage, Span, Sequence[Span]], list[str | Span]]


def row_form(form: str) -> Row:
    """Return how a row is told, by a form of each cell's sentence."""

    def tell(text: str, row: Span, names: Sequence[str]) -> list[str | Span]:
        cells = [table_rows.strip(text, *found.span()) for found in CELL.finditer(text, row.start, row.end)]
        if len(cells) != len(names):
            return table_rows.told_row(text, row, names)
        pieces: list[str | Span] = []
        for name, cell in zip(names[1:], cells[1:], strict=True):
            known: dict[str, str | Span] = {"head": names[0], "row": cells[0], "column": name, "cell": cell}
            pieces += [known.get(part, part) for part in re.split(r"[{}]", form)]
        return pieces

    return tell


def item_form(between: str) -> Item:
    """Return how an inner item is told, by what stands between the items around it and the item."""

    def tell(passage: Passage, words: Span, parents: Sequence[Span]) -> list[str | Span]:
        held = [Span(span.start - passage.start, span.end - passage.start) for span in (*parents, words)]
        return [*[piece for span in held for piece in (span, between)][:-1], "."]

    return tell


CELL = table_rows.CELL
WAYS: dict[str, dict[str, Row | Item]] = {
    "as they stand": {"told_row": lambda *_: [], "told_item": lambda *_: []},
    "as told": {},
    "Skagen, 2021: 410.": {"told_row": row_form("{row}, {column}: {cell}. ")},
    "2021 of Skagen: 410.": {"told_row": row_form("{column} of {row}: {cell}. ")},
    "The 2021 of Skagen is 410.": {"told_row": row_form("The {column} of {row} is {cell}. ")},
    "In 2021, Harbour Skagen: 410.": {"told_row": row_form("In {column}, {head} {row}: {cell}. ")},
    "a bicycle costs 7, in July 9.": {"told_item": item_form(", ")},
    "a bicycle costs 7: in July 9.": {"told_item": item_form(": ")},
    "a bicycle costs 7, but in July 9.": {"told_item": item_form(", but ")},
}


def main() -> None:
    """Ask for everything in every way."""
    made = list(cases())
    kinds = list(dict.fromkeys(case.kind for case in made))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", action="append", choices=WAYS)
    parser.add_argument("--kind", action="append", choices=kinds)
    arguments = parser.parse_args()
    reader, encoder = cross_encoder.create(), create_encoder()
    calibration = reader.calibration
    table = Table("told", "kind", "found", "shown right", "shown wrong", "shown where it does not say")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.md"
        asked = []
        for case in made:
            path.write_text(BEFORE + case.markdown + AFTER, encoding="utf-8")
            (article,) = load([path]).documents
            asked.append((case, split(article, encoder.token_spans)))
    for way in arguments.way or WAYS:
        for kind in arguments.kind or kinds:
            outcomes: list[tuple[bool | None, bool]] = []
            with ExitStack() as stack:
                for name, told_as in WAYS[way].items():
                    stack.enter_context(patch.object(table_rows, name, told_as))
                for case, passages in asked:
                    for question, wanted in case.questions if case.kind == kind else ():
                        best = max(reader.read(question, passages), key=lambda reading: reading.score)
                        text = passages[0].document.text
                        answer = " ".join(text[span.start : span.end] for span in best.short)
                        shown = calibration.probability(best.score) >= calibration.threshold
                        outcomes.append((None if wanted is None else is_right(answer, wanted), shown))
            told = [(right, shown) for right, shown in outcomes if right is not None]
            absent = [shown for right, shown in outcomes if right is None]
            table.add_row(
                way, kind, f"{sum(right for right, _ in told)} of {len(told)}",
                str(sum(right and shown for right, shown in told)),
                str(sum(shown and not right for right, shown in told)), f"{sum(absent)} of {len(absent)}",
            )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
