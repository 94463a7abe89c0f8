"""The text of a page is what its reader sees of its article: nothing joined, withdrawn, hidden or lost."""

# ruff: noqa: E501 - a page or a part of one is a line

import time
from pathlib import Path

import pytest

from web_pages import added, page, read

# Raised figures.


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>It holds 10<sup>5</sup> becquerels.</p>", "It holds 10⁵ becquerels."),
        ("<p>It flew 4.2 &times; 10<sup>7</sup> km.</p>", "It flew 4.2 × 10⁷ km."),
        ("<p>It holds 10<sup>&minus;3</sup> grams.</p>", "It holds 10⁻³ grams."),
        ("<p>The plot has 40 m<sup>2</sup>.</p>", "The plot has 40 m²."),
        ("<p>It holds 10<span style='vertical-align:super'>5</span> bits.</p>", "It holds 10⁵ bits."),
        ("<p>It holds 10<span class=up>5</span> bits.</p>", "It holds 10⁵ bits."),
        ("<p>It employs 1,250<sup>3</sup> people.</p>", "It employs 1,250 people."),
        ("<p>It employs 61<sup><a href='#fn2'>2</a></sup> people.</p>", "It employs 61 people."),
        ("<p>It employs 61<a href='#fn2' class='footnote-ref'><sup>2</sup></a> people.</p>", "It employs 61 people."),
        ("<p>It is 10<sup id='fnref1'><a href='#fn1' rel='footnote'>1</a></sup> years old.</p>", "It is 10 years old."),
        ("<p>It was built in 1921<sup class='reference'><a href='#cite_note-4'>[4]</a></sup> by monks.</p>", "It was built in 1921 by monks."),
        ("<p>It was built in 1921<a class='footnote-reference brackets' href='#id2' role='doc-noteref'>1</a> by monks.</p>", "It was built in 1921 by monks."),
        ("<p>Sales rose to 18<sup>a</sup> million.</p>", "Sales rose to 18 million."),
        ("<p>The containers<sup>1</sup> sank.</p>", "The containers sank."),
        ("<p>They sank.<sup>12, 13</sup> Nobody was hurt.</p>", "They sank. Nobody was hurt."),
        ("<p>They sank<sup>*</sup>.</p>", "They sank."),
        ("<p>The dose was 2<sup>1</sup>/<sub>2</sub> grams.</p>", "The dose was 2½ grams."),
        ("<p>The dose was 2 <sup>3</sup>&frasl;<sub>16</sub> grams.</p>", "The dose was 2 ³⁄₁₆ grams."),
        ("<p>CO<sub>2</sub> fell on the 4<sup>th</sup> of July.</p>", "CO₂ fell on the 4th of July."),
        ("<p>It is log<sub>2</sub>8.</p>", "It is log₂8."),
        ("<p>It is <math><msup><mn>10</mn><mn>5</mn></msup></math> bits.</p>", "It is 10⁵ bits."),
        ("<p>It is <math><mfrac><mn>1</mn><mn>12</mn></mfrac></math> of it.</p>", "It is 1/12 of it."),
    ],
)  # fmt: skip
def test_raised_figures_make_no_other_number(body: str, text: str, tmp_path: Path) -> None:
    assert added(tmp_path, body, "<style>.up { font-size: 70%; vertical-align: super }</style>") == text


@pytest.mark.parametrize(
    "note",
    [
        "<aside role='doc-footnote' id='n3'>Without the crews.</aside>",
        "<ol class='footnotes'><li id='n3'>Without the crews. <a href='#r3' class='footnote-backref'>↩</a></li></ol>",
        "<div class='footnote' id='n3'><sup>3</sup> Without the crews.</div>",
        "<p id='n3'><sup>3</sup> Without the crews.</p>",
        "<p><a name='n3'></a><sup>3</sup> Without the crews.</p>",
        "<p><a id='n3' href='#r3'>[3]</a> Without the crews.</p>",
        "<p><sup><a id='n3' href='#r3'>3</a></sup> Without the crews.</p>",
        "<dl><dt id='n3'></dt><dd class='footnote'>Without the crews.</dd></dl>",
    ],
)
def test_a_note_is_kept_and_known_by_its_sign(note: str, tmp_path: Path) -> None:
    article = read(
        tmp_path, page(f"<p>It employs 1,250<sup><a id='r3' href='#n3'>3</a></sup> people.</p>{note}")
    )
    (mark,) = (mark for mark in article.marks if mark.kind == "note")

    assert "employs 1,250 people." in article.text
    assert article.text[mark.start : mark.end].removeprefix("1. ") == "Without the crews."
    assert mark.label in {"3", ""} if "<dl>" in note else mark.label == "3"


# What was struck out.


@pytest.mark.parametrize(
    "body",
    [
        "<p><del>It killed nine.</del> It killed two.</p>",
        "<p><s>It killed nine.</s> It killed two.</p>",
        "<p><strike>It killed nine.</strike> It killed two.</p>",
        "<p><span style='text-decoration: line-through'>It killed nine.</span> It killed two.</p>",
        "<p><span style='text-decoration:underline LINE-THROUGH red'>It killed nine.</span> It killed two.</p>",
        "<p><span style='text-decoration-line:line-through'>It killed nine.</span> It killed two.</p>",
        "<p><span class='gone'>It killed nine.</span> It killed two.</p>",
        "<p class='old'>It killed <b>nine.</b></p><p>It killed two.</p>",
        "<del><p>It killed nine.</p></del><p>It killed two.</p>",
        "<div id='first'><p>It killed nine.</p></div><p>It killed two.</p>",
        "<ul><li class='gone'>It killed nine.</li></ul><p>It killed two.</p>",
        "<p><span class='line-through'>It killed nine.</span> It killed two.</p>",
        "<p><del datetime='2021-01-01'>It killed <em>nine</em>.</del><ins>It killed two.</ins></p>",
    ],
)
def test_what_was_struck_out_leaves_the_text_and_is_told(body: str, tmp_path: Path) -> None:
    style = (
        "<style>/* a */ .gone, p.old { text-decoration: line-through } @media screen { #first p "
        "{ text-decoration-line: underline line-through } }</style>"
    )
    article = read(tmp_path, page(body, style))

    assert "nine" not in article.text
    assert article.text.endswith("It killed two.")
    assert any("struck out" in warning and "nine" in warning for warning in article.warnings)


# What nobody sees.

STYLE = """<style>
.off { display: none } #secret { visibility: hidden } .tiny { font-size: 0 } .far { position: absolute; left: -9999px }
.clip { position: absolute; clip: rect(0, 0, 0, 0); width: 1px; height: 1px; overflow: hidden } .clear { opacity: 0 }
.white { color: #FFF } .ghost { color: transparent } .dark { background: #102030 } .box > .deep .in { display: none !important }
.indent { text-indent: -9999px } .zero { height: 0; overflow: hidden } .inset { clip-path: inset(50%) }
@media print { .paper { display: none } } @media (max-width: 400px) { .wide { display: none } }
@media screen and (min-width: 600px) { .phone { display: none } }
.pane { display: none } .pane.active { display: block } #fold { display: none } #box:checked ~ #fold { display: block }
</style>"""


@pytest.mark.parametrize(
    "body",
    [
        "<p hidden>It killed nine.</p>",
        "<p hidden=''>It killed nine.</p>",
        "<template><p>It killed nine.</p></template>",
        "<p style='display:none'>It killed nine.</p>",
        "<p style='DISPLAY : NONE !important'>It killed nine.</p>",
        "<p style='visibility:hidden'>It killed nine.</p>",
        "<div style='visibility:hidden'><p>It killed nine.</p></div>",
        "<p class='off'>It killed nine.</p>",
        "<p id='secret'>It killed nine.</p>",
        "<p class='tiny'>It killed nine.</p>",
        "<p style='font-size:0px'>It killed nine.</p>",
        "<p style='font: 0/0 a'>It killed nine.</p>",
        "<p class='far'>It killed nine.</p>",
        "<p style='position:fixed;top:-200em'>It killed nine.</p>",
        "<p class='clip'>It killed nine.</p>",
        "<p class='clear'>It killed nine.</p>",
        "<p style='opacity:0.0'>It killed nine.</p>",
        "<p class='white'>It killed nine.</p>",
        "<p style='color:rgb(255, 255, 255)'>It killed nine.</p>",
        "<p><font color='white'>It killed nine.</font></p>",
        "<p class='ghost'>It killed nine.</p>",
        "<div class='dark'><p style='color:#102030'>It killed nine.</p></div>",
        "<p style='background:black;color:#000'>It killed nine.</p>",
        "<div class='box'><div class='deep'><i><b class='in'>It killed nine.</b></i></div></div>",
        "<p class='indent'>It killed nine.</p>",
        "<div class='zero'>It killed nine.</div>",
        "<p class='inset'>It killed nine.</p>",
        "<p style='filter: opacity(0)'>It killed nine.</p>",
        "<p style='font-size:1px;color:#fefefe'>It killed nine.</p>",
        "<p style='transform:scale(0)'>It killed nine.</p>",
        "<p class='phone'>It killed nine.</p>",
        "<p class='sr-only'>It killed nine.</p>",
        "<dialog>It killed nine.</dialog>",
        "<p aria-label='It killed nine.'></p>",
        "<img alt='It killed nine.' src='a.jpg'>",
        "<script>It killed nine.</script>",
        "<!-- It killed nine. -->",
        "<p>Dead<span style='display:none'>: nine</span></p>",
    ],
)
def test_what_nobody_sees_is_not_in_the_text(body: str, tmp_path: Path) -> None:
    text = added(tmp_path, f"{body}<p>It killed two.</p>", STYLE)

    assert "nine" not in text
    assert text.endswith("It killed two.")


@pytest.mark.parametrize(
    "body",
    [
        "<details><summary>More</summary><p>It killed two.</p></details>",
        "<details>It killed two.</details>",
        "<p hidden='until-found'>It killed two.</p>",
        "<div class='dark'><p class='white'>It killed two.</p></div>",
        "<div style='background:url(a.png)'><p class='white'>It killed two.</p></div>",
        "<table bgcolor='#000000'><tr><td>Toll</td><td><font color='white'>It killed two.</font></td></tr></table>",
        "<p class='paper'>It killed two.</p>",
        "<p class='wide'>It killed two.</p>",
        "<p class='off' style='display:block'>It killed two.</p>",
        "<div class='tiny'><p style='font-size:14px'>It killed two.</p></div>",
        "<div style='visibility:hidden'><p style='visibility:visible'>It killed two.</p></div>",
        "<button role='tab' aria-controls='t2'>More</button><div id='t2' role='tabpanel' hidden>It killed two.</div>",
        "<button aria-expanded='false' aria-controls='m'>More</button><div id='m' style='display:none'>It killed two.</div>",
        "<a data-bs-toggle='collapse' data-bs-target='#c' href='#c'>More</a><div id='c' class='off'>It killed two.</div>",
        "<button onclick=\"openTab('x9')\">More</button><div id='x9' class='off'>It killed two.</div>",
        "<div class='pane active'>One.</div><div class='pane'>It killed two.</div>",
        "<input type='checkbox' id='box'><label for='box'>More</label><div id='fold'>It killed two.</div>",
        "<p aria-hidden='true'>It killed two.</p>",
    ],
)
def test_what_a_reader_sees_or_can_unfold_is_in_the_text(body: str, tmp_path: Path) -> None:
    assert "It killed two." in added(tmp_path, body, STYLE)


def test_text_that_only_colour_or_place_hides_is_told_without_its_words(tmp_path: Path) -> None:
    article = read(
        tmp_path, page("<p class='white'>Ms Holt told.</p><p class='far'>Or ten.</p><p>Two.</p>", STYLE)
    )

    assert article.warnings == ("5 words that are formatted so that no reader sees them: left out.",)


def test_elements_that_nobody_closed_lose_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, page("<font>x " * 1000 + "It killed two.")).text.endswith("It killed two.")


def test_what_is_nested_too_deeply_to_be_read_is_told(tmp_path: Path) -> None:
    article = read(tmp_path, page("<font>x " * 3000 + "It killed two."))
    assert "two" in article.text or any("not read" in warning for warning in article.warnings)


@pytest.mark.parametrize(
    "piece",
    [
        "<p>", "<div>x", "<li>x", "<td>", "a<sup>3</sup>", "<a href='#x'>1</a> ", "<del>x</del>y", "<br>",
        "<p class='a b' style='color:#fff'>x</p>", "<p id=a>x<a href='#a'><sup>1</sup></a>", "<tr><td rowspan=9>x",
        "<sup>1</sup>/<sub>2</sub>", "<table><td><table><td>x</table></table>", "<button aria-controls='a b'>",
        "<section class=modal><h2>x</h2>cookies we use consent</section>", "<style>.a .b{color:red}</style>",
    ],
)  # fmt: skip
def test_a_page_of_eight_times_the_size_takes_eight_times_the_time(piece: str, tmp_path: Path) -> None:
    style = (
        "<style>.a > .b p ~ p, .a .b .c p { display: none } p { color: red } * + * { color: black }</style>"
    )
    small, large = (page(piece * (size // len(piece)), style) for size in (10_000, 80_000))

    def seconds(markup: str) -> float:
        began = time.process_time()
        read(tmp_path, markup)
        return time.process_time() - began

    # Quadratic work would take 64 times as long; a busy machine takes longer now and then.
    once = min(seconds(small) for _ in range(3))
    assert min(seconds(large) for _ in range(3)) < max(24 * once, 0.3)
