"""Markdown is read as it is rendered: nothing of its marks stands in the text, and nothing is lost."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import rules_core

from citewell import plugins
from citewell.documents.loader import Article
from citewell.documents.loaders import md
from citewell.text.normalisation import normalise


def read(tmp_path: Path, text: str, name: str = "dam.md") -> Article:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (article,) = plugins.load("loaders", "md").load(path)
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("It holds 10<sup>5</sup> litres.", "It holds 10⁵ litres."),
        ("It holds 10^5^ litres.", "It holds 10⁵ litres."),
        ("The plot has 40 m^2^.", "The plot has 40 m²."),
        ("It employs 1,250<sup>3</sup> people.", "It employs 1,250 people."),
        ("It employs 61[^1] people.\n\n[^1]: In May.", "It employs 61 people.\n\n1. In May."),
        ("It employs 61^[In May.] people.", "It employs 61 people.\n\n1. In May."),
        ("H~2~O and a^b, `10^5^`, 5 ^ 2.", "H₂O and a^b, 10^5^, 5 ^ 2."),
        ("It is 2<sup>1</sup>/<sub>2</sub> metres.", "It is 2½ metres."),
        ("About ~5 km and ~7 km.", "About ~5 km and ~7 km."),
    ],
)
def test_raised_figures_make_no_other_number(markdown: str, text: str, tmp_path: Path) -> None:
    assert read(tmp_path, markdown).text == text


@pytest.mark.parametrize(
    "markdown",
    [
        "~~It holds 9 litres.~~ It holds 12.",
        "~~It holds\n9 litres.~~ It holds 12.",
        "<del>It holds 9 litres.</del> It holds 12.",
        "<s>It holds 9 litres.</s> It holds 12.",
        "~It holds 9 litres.~ It holds 12.",
        "~~It **holds** 9 [litres](x).~~ It holds 12.",
        '<span style="text-decoration:line-through">It holds 9 litres.</span> It holds 12.',
        "- ~~It holds 9 litres.~~\n\nIt holds 12.",
        "~~It holds 9 litres.~~  \nIt holds 12.",
    ],
)
def test_what_was_struck_out_leaves_the_text_and_is_told(markdown: str, tmp_path: Path) -> None:
    article = read(tmp_path, markdown)
    assert "9" not in article.text
    assert "It holds 12." in article.text
    assert any("struck out" in warning and "9 litres" in warning for warning in article.warnings)


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- It killed nine. -->",
        "<!--\nIt killed nine.\n\n-->",
        "<p hidden>It killed nine.</p>",
        '<div style="display:none">\n\nIt killed nine.\n\n</div>',
        "<template>It killed nine.</template>",
        "<script>It killed nine.</script>",
        '[//]: # "It killed nine."',
        "[nine]: https://nine.example",
        "![It killed nine.](a.jpg)",
        "<span style='color:white'>It killed nine.</span>",
    ],
)
def test_what_nobody_sees_is_not_in_the_text(hidden: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"It rose.\n\n{hidden}\n\nIt fell.").text == "It rose.\n\nIt fell."


@pytest.mark.parametrize(
    ("markdown", "text", "label"),
    [
        (
            "Catch in tonnes.\n\n| Harbour | 2021 |\n|---|---|\n| Skagen | 410 |",
            "Catch in tonnes.\n\nHarbour | 2021\nSkagen | 410",
            "Catch in tonnes: Harbour | 2021",
        ),
        ("Harbour | 2021\n--- | ---:\nSkagen | **410**", "Harbour | 2021\nSkagen | 410", "Harbour | 2021"),
        (
            "| A | B |\n|--|--|\n| 1 | a<br>b |\n| 2 | <ul><li>c</li><li>d</li></ul> |",
            "A | B\n1 | a; b\n2 | c; d",
            "A | B",
        ),
        ("| A | B |\n|--|--|\n| 1 |", "A | B\n1 |", "A | B"),
        (
            "<table><tr><th>A<th>B</tr><tr><td rowspan=2>x<td>1</tr><tr><td>2</tr></table>",
            "A | B\nx | 1\nx | 2",
            "A | B",
        ),
    ],
)
def test_a_row_is_a_line_and_its_table_s_header_is_known(
    markdown: str, text: str, label: str, tmp_path: Path
) -> None:
    article = read(tmp_path, markdown)
    (mark,) = (mark for mark in article.marks if mark.kind == "table")
    assert (article.text, mark.label) == (text, label)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("- A\n  - B\n- C", "- A\n  - B\n- C"),
        ("1. A\n   * B\n2. C", "1. A\n  - B\n2. C"),
        ("3) A\n\n   B\n\n4) C", "3. A\n\nB\n4. C"),
        ("* [x] A\n* [ ] B", "- [x] A\n- [ ] B"),
        ("> A\n> - B", "A\n\n- B"),
        ("Term\n: Words", "Term: Words"),
        ("```python\nLIMIT = 55  # bar\n```", "LIMIT = 55  # bar"),
        ("<details><summary>More</summary>\n\nA **b**\n\n</details>", "More\n\nA b"),
        ("A\\\nB  \nC", "A\nB\nC"),
        ("See [the *old* rule](https://e.org/a_(b).html 't') &amp; <https://e.org>.", "See the old rule & https://e.org."),
    ],
)  # fmt: skip
def test_what_is_rendered_is_the_text(markdown: str, text: str, tmp_path: Path) -> None:
    assert read(tmp_path, markdown).text == text


def test_headings_have_their_levels(tmp_path: Path) -> None:
    article = read(tmp_path, "Dams\n====\n\n### Locks\n\n<h4>Keys</h4>\n\nSluices\n---\n\n# One\n")
    marks = [(article.text[mark.start : mark.end], mark.level) for mark in article.marks]
    assert marks == [("Dams", 1), ("Locks", 3), ("Keys", 4), ("Sluices", 2), ("One", 1)]


@pytest.mark.parametrize(
    ("name", "markdown", "published"),
    [
        ("2019-10-12-dam.md", "It rose.", "2019-10-12"),
        ("2019_10_12.md", "It rose.", "2019-10-12"),
        ("2019-10-12-dam.md", "---\ndate: 2020-09-22T10:00:00Z\n---\nIt rose.", "2020-09-22"),
        ("dam.md", "---\ndate: 22 September 2020\n---\nIt rose.", "2020-09-22"),
        ("dam.md", "# Dam\n\n*22 September 2020*\n\nIt rose.", "2020-09-22"),
        ("dam.md", "# Dam\n\nPublished: Tuesday, September 22nd, 2020\n\nIt rose.", "2020-09-22"),
        ("dam.md", "# Dam\n\nOSLO, 22 September 2020 (NTB) — It rose.", "2020-09-22"),
        ("dam.md", "# Dam\n\nLast updated: 22 September 2020\n\nIt rose.", ""),
        ("dam.md", "On 3 March 1999 it rose.", ""),
        ("dam.md", "---\ndate: 0001-01-01\n---\nIt rose.", ""),
        ("dam-2019.md", "It rose.", ""),
    ],
)
def test_a_date_is_that_of_publication_or_none(
    name: str, markdown: str, published: str, tmp_path: Path
) -> None:
    assert read(tmp_path, markdown, name).published == published


def test_the_author_is_in_the_front_matter(tmp_path: Path) -> None:
    assert read(tmp_path, "---\nauthor: Ann Lee\n---\nIt rose.").author == "Ann Lee"


# What begins, ends and continues the blocks of Markdown, and words between them.
PIECES = (
    *("The", "tide", "é", "“Q", '"q"', "(x)", "z", ".", "!", "#", "+ x", "&", "&amp;", "http://x"),
    *(" ", "  ", "\t", "\u00a0", "\u2003", "\n", "\n\n", "\n\n\n", "    code"),
    *(
        "# ",
        "## ",
        "a | b",
        "|",
        "---|---",
        "---",
        "===",
        ": def",
        "~ def",
        ":",
        "~",
        "- ",
        "1. ",
        "1) x",
        "> ",
    ),
    *("```", "<div>", "</div>", "<b>", "<!--", "-->", "*", "_", "`", "[^1]", "[^1]: note", "[a]: /x", "[a]"),
    *("^", "2^3^", "H~2~O", "\\", "> "),
)
SLOW = md.make_parser()
SLOW.block.ruler.disable("prose")
SLOW.core.ruler.at("inline", rules_core.inline)
SLOW.core.ruler.enable("normalize")


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("# a | b\n---|---\nc | d")
@example("The tide\n\n: def")
@example("The tide\n===\n\nrose")
@example("The tide\n\n  ")
@example("The tide\n- rose")
@example("- The\n\n  tide\n\nrose\n")
def test_prose_that_is_read_at_once_is_written_as_rule_by_rule(text: str) -> None:
    clean = normalise(text)

    assert md.render(clean) == SLOW.render(clean)
