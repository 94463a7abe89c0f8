"""Rich Text gives what its reader sees."""

from pathlib import Path

import pytest

from citewell.documents.document import document as checked
from citewell.documents.loader import Article
from citewell.documents.loaders.rtf import create
from citewell.errors import LoadError

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Calibri;}{\f1\fnil\fcharset2 Symbol;}"
    r"{\f2\fnil\fcharset204 Arial;}}{\colortbl ;\red255\green255\blue255;\red0\green0\blue0;}"
)


def load(tmp_path: Path, body: str) -> Article:
    path = tmp_path / "tide.rtf"
    path.write_bytes((HEAD + body + "}").encode("latin-1"))
    (article,) = create().load(path)
    assert checked(article.text, id="tide", marks=article.marks).text == article.text
    return article


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (r"It holds 10{\super 5} Bq.\par", "It holds 10⁵ Bq."),
        (r"It holds 10\super 5\nosupersub  Bq.\par", "It holds 10⁵ Bq."),
        (r"CO{\sub 2} fell.\par", "CO₂ fell."),
        (r"It employs 1,250{\super 3} people.\par", "It employs 1,250 people."),
        (r"It killed {\strike nine }two.\par", "It killed two."),
        (r"It killed {\deleted nine }two.\par", "It killed two."),
        (r"It is {\v Ms Holt }here.\par", "It is here."),
        (r"It killed {\strike nine} two.\par", "It killed two."),
        (r"It is {\v Ms Holt} here.\par", "It is here."),
        (r"It is \v Ms Holt \v0 here.\par", "It is here."),
        (r"It is {\cf1 Ms Holt }here.\par", "It is here."),
        (r"It is {\cf1\highlight2 two }here.\par", "It is two here."),
        (r"It is {\fs2 Ms Holt }here.\par", "It is here."),
        (r"9 {\f1 m}g.\par", "9 μg."),
        (r"Gr\'f6\'dfer.\par", "Größer."),
        (r"{\f2 \'cf\'f0\'e8}.\par", "При."),
        (r"\u8364?5 and \u-10179?\u-8704? here.\par", "€5 and 😀 here."),
        (r"\uc2\u8364??5.\par", "€5."),
        (r"a\~b\_c\-d\emdash e.\par", "a\u00a0b-cd—e."),
        (r'{\field{\*\fldinst{HYPERLINK "x"}}{\fldrslt Annex 7}} lists.\par', "Annex 7 lists."),
        (r"{\header Page 1}{\*\unknown secret}It rose.\par It fell.", "It rose.\n\nIt fell."),
        (r"\trowd\intbl Boat\cell Holes\cell\row\trowd\intbl Anna\cell 2\cell\row\pard End.\par",
         "Boat | Holes\nAnna | 2\n\nEnd."),
        (r"{\pict\bin5 }}}}}It rose.}\par", "It rose."),
    ],
)  # fmt: skip
def test_words_are_read_as_they_look(body: str, shown: str, tmp_path: Path) -> None:
    article = load(tmp_path, body.replace("It rose.}", "}It rose.") if "bin5" in body else body)
    assert article.text == shown
    assert "Holt" not in str(article.warnings)
    assert bool(article.warnings) == any(word in body for word in ("nine", "Holt", "pict"))


def test_notes_headings_and_what_the_file_says_of_itself(tmp_path: Path) -> None:
    body = (
        r"{\info{\title The tide}{\author A. Berg}{\creatim\yr2020\mo9\dy22\hr10}}"
        r"\pard\outlinelevel1 Damage\par\pard It bought{\super\chftn{\footnote\pard {\super\chftn} Each cost"
        r" 5.}} lamps in May.\par End.\par"
    )
    article = load(tmp_path, body)
    assert article.text == "Damage\n\nIt bought lamps in May.\n\nEach cost 5.\n\nEnd."
    assert [(mark.kind, mark.label, mark.level) for mark in article.marks] == [
        ("heading", "", 2),
        ("note", "1", 0),
    ]
    assert (article.title, article.published, article.author) == ("The tide", "2020-09-22", "A. Berg")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(b"It rose.")
    with pytest.raises(LoadError, match="is no Rich Text"):
        list(create().load(tmp_path / "a.rtf"))
