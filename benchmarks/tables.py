"""How well the shipped reader finds a cell, by the way in which rows are told: `python benchmarks/tables.py`.

Ten tables are made up, with figures drawn by a seed; each cell is asked for once. Printed are how many cells
are found, and how many answers the shipped threshold shows that are right and wrong.
"""

import random
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from citewell.reading.readers.cross_encoder import best_span, create
from citewell.reading.table_rows import plainly

# The first column, its rows, the other columns, the caption, and how a cell is asked for.
TABLES = (
    ("Harbour", "Skagen Hirtshals Thyboron Esbjerg Grenaa", "2019|2020|2021|2022", "catch in tonnes",
     "What was the catch at {row} in {column}?"),
    ("Town", "Lund Moss Hamar Brig Sion", "Beds|Nurses|Doctors", "hospitals",
     "How many {column} does {row} have?"),
    ("Country", "Germany Austria Sweden Italy", "Arrests|Firearms|Cash seized", "police results",
     "How many {column} were there in {row}?"),
    ("Team", "Reds Blues Greens Lions", "Won|Drawn|Lost", "league", "How many games has {row} {column}?"),
    ("Ship", "Anna Bertha Clara Dora", "Tonnes|Crew|Built", "fleet", "What is the {column} of the {row}?"),
)  # fmt: skip
Row = Callable[[str, str, Sequence[str], Sequence[str]], str]


def each(form: str) -> Row:
    """Tell each cell in a sentence."""
    return lambda head, row, columns, cells: " ".join(
        form.format(head=head, row=row, column=column, cell=cell)
        for column, cell in zip(columns, cells, strict=True)
    )


WAYS: dict[str, Row] = {
    "row as it stands": lambda _head, row, _columns, cells: " | ".join([row, *cells]),
    "Harbour: Skagen; 2021: 410; 2022: 388.": lambda head, row, columns, cells: (
        "; ".join(f"{name}: {cell}" for name, cell in zip([head, *columns], [row, *cells], strict=True)) + "."
    ),
    "Skagen, 2021: 410.": each("{row}, {column}: {cell}."),
    "Harbour Skagen, 2021: 410.": each("{head} {row}, {column}: {cell}."),
    "2021 of Skagen: 410.": each("{column} of {row}: {cell}."),
    "The 2021 of Skagen is 410.": each("The {column} of {row} is {cell}."),
}


def main() -> None:
    """Ask for every cell in every way."""
    reader = create()
    table = Table("told as", "found", "shown right", "shown wrong")
    for name, tell in WAYS.items():
        rng = random.Random(1)  # noqa: S311  # figures of tables
        outcomes: list[tuple[bool, float]] = []
        for head, rows, columns, caption, question in TABLES * 2:
            names = columns.split("|")
            cells = {(row, column): str(rng.randint(3, 999)) for row in rows.split() for column in names}
            lines = [tell(head, row, names, [cells[row, column] for column in names]) for row in rows.split()]
            header = [] if name in list(WAYS)[1:] else [" | ".join([head, *names])]
            text = "\n".join([f"{caption}.", *header, *lines])
            for (row, column), cell in cells.items():
                asked = question.format(row=row, column=column.lower())
                windows = reader._windows(asked, plainly(text))  # noqa: SLF001  # a text that is no passage
                score, span = max(filter(None, map(best_span, windows)))
                is_right = text[span.start : span.end].strip(" .") == cell
                outcomes.append((is_right, reader.calibration.probability(score)))
        shown = [
            is_right for is_right, probability in outcomes if probability >= reader.calibration.threshold
        ]
        found = sum(is_right for is_right, _ in outcomes)
        table.add_row(name, f"{found} of {len(outcomes)}", str(sum(shown)), str(len(shown) - sum(shown)))
    Console().print(table)


if __name__ == "__main__":
    main()
