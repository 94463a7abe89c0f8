"""Tables, lists, captions and the main part of a page come out as its reader sees them."""

# ruff: noqa: E501 - a page or a part of one is a line

from pathlib import Path

import pytest

from web_pages import FIRST, SECOND, added, page, read

# Tables.


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("<ul><li>10 to 18</li></ul>", "10 to 18"),
        ("<ol><li>10 to 18</li></ol>", "1. 10 to 18"),
        ("<ul><li>10 to 12</li><li>14 to 18</li></ul>", "10 to 12; 14 to 18"),
        ("<dl><dt>day</dt><dd>10 to 18</dd></dl>", "day: 10 to 18"),
        ("<table><tr><td>10 to 18</td></tr></table>", "10 to 18"),
        ("<table><tr><td>shop</td><td>10 to 18</td></tr></table>", "shop, 10 to 18"),
        ("<p>10 to 12</p><p>14 to 18</p>", "10 to 12; 14 to 18"),
        ("<div><div><p>10 to 18</p></div></div>", "10 to 18"),
        ("10 to 12<br>14 to 18", "10 to 12; 14 to 18"),
        ("<span>10</span> to <b>18</b>", "10 to 18"),
        ("<ul><li>shop<ul><li>10 to 18</li></ul></li></ul>", "shop; 10 to 18"),
        ("<details><summary>open</summary>10 to 18</details>", "open; 10 to 18"),
        ("from 10<sup>1</sup> to 18", "from 10¹ to 18"),
        ("<del>9</del> 10 to 18", "10 to 18"),
    ],
)
def test_what_is_in_a_cell_is_its_row_s(cell: str, said: str, tmp_path: Path) -> None:
    body = f"<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Monday</td><td>{cell}</td></tr><tr><td>Friday</td><td>closed</td></tr></table>"
    assert added(tmp_path, body) == f"Day | Hours\nMonday | {said}\nFriday | closed"


@pytest.mark.parametrize(
    ("table", "label", "text"),
    [
        (
            "<caption>Catch in tonnes</caption><thead><tr><th>Harbour<th>2021<th>2022</thead><tr><td>Skagen<td>410<td>388",
            "Catch in tonnes: Harbour | 2021 | 2022",
            "Catch in tonnes\nHarbour | 2021 | 2022\nSkagen | 410 | 388",
        ),
        (
            "<tr><th rowspan=2>Harbour<th colspan=2>Catch<tr><th>2021<th>2022<tr><td>Skagen<td>410<td>388",
            "Harbour | Catch 2021 | Catch 2022",
            "Harbour | Catch 2021 | Catch 2022\nSkagen | 410 | 388",
        ),
        (
            "<tr><th>Harbour<th>Year<th>Catch<tr><td rowspan=2>Skagen<td>2021<td>410<tr><td>2022<td>388",
            "Harbour | Year | Catch",
            "Harbour | Year | Catch\nSkagen | 2021 | 410\nSkagen | 2022 | 388",
        ),
        (
            "<tr><th>Harbour<th>2021<th>2022<tr><td>Skagen<td colspan=2>closed",
            "Harbour | 2021 | 2022",
            "Harbour | 2021 | 2022\nSkagen | closed | closed",
        ),
        (
            "<tr><th>Harbour<th>Catch<tr><th colspan=2>North<tr><td>Skagen<td>410",
            "North: Harbour | Catch",
            "Harbour | Catch\nNorth\nSkagen | 410",
        ),
        (
            "<tr><td>Harbour<td>2021<td>2022<tr><td>Skagen<td>410<td>388<tr><td>Hirtshals<td>295<td>301",
            "Harbour | 2021 | 2022",
            "Harbour | 2021 | 2022\nSkagen | 410 | 388\nHirtshals | 295 | 301",
        ),
        ("<tr><th>Boat<td>Anna<tr><th>Built<td>1961", "", "Boat | Anna\nBuilt | 1961"),
        (
            "<tfoot><tr><td>All<td>705</tfoot><tr><th>Harbour<th>Catch<tr><td>Skagen<td>410",
            "Harbour | Catch",
            "Harbour | Catch\nSkagen | 410\nAll | 705",
        ),
        ("<tr><th>A<th>B<th>C<tr><td>1<td><td>3", "A | B | C", "A | B | C\n1 | | 3"),
    ],
)  # fmt: skip
def test_a_row_is_a_line_and_its_table_s_header_is_known(
    table: str, label: str, text: str, tmp_path: Path
) -> None:
    article = read(tmp_path, page(f"<p>{SECOND}</p><table>{table}</table>"))
    marks = [mark for mark in article.marks if mark.kind == "table"]

    assert article.text.endswith(f"\n\n{text}")
    assert {mark.label for mark in marks} == {label}
    assert all(article.text[mark.start : mark.end] in text for mark in marks)
    assert all(not article.text[mark.start : mark.end].startswith("Harbour") for mark in marks)


def test_a_line_over_a_table_says_what_is_in_it(tmp_path: Path) -> None:
    rows = "<tr><th>Harbour<th>2021<tr><td>Skagen<td>410"
    for over in ("<p>Catch in tonnes:</p>", "<figure><figcaption>Catch in tonnes</figcaption>"):
        (mark,) = (
            mark
            for mark in read(tmp_path, page(f"{over}<table>{rows}</table>")).marks
            if mark.kind == "table"
        )
        assert mark.label == "Catch in tonnes: Harbour | 2021"


def test_merged_cells_of_any_size_are_laid_out_in_bounds(tmp_path: Path) -> None:
    cells = "<td colspan=1000 rowspan=65534>a</td>" * 50
    text = read(tmp_path, page(f"<table>{f'<tr>{cells}</tr>' * 200}</table>")).text
    assert len(text) < 20_000_000


# Lists.


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<ul><li>A<ul><li>B</li></ul></li><li>C</li></ul>", "- A\n  - B\n- C"),
        ("<ul><li><span>A<ul><li><span>B</span></li></ul></span></li></ul>", "- A\n  - B"),
        ("<ul><li><p>A</p><ul><li><p>B</p></li></ul></li></ul>", "- A\n  - B"),
        ("<ul><li>A</li><ul><li>B</li></ul><li>C</li></ul>", "- A\n  - B\n- C"),
        ("<ol><li>A<ul><li>B</li></ul></li><li>C</li></ol>", "1. A\n  - B\n2. C"),
        ("<ol start=3 type=a><li>A<ol><li>B</li></ol></li></ol>", "c. A\n  1. B"),
        ("<ul><li>A<ol><li>B<ul><li>C</li></ul></li></ol></li></ul>", "- A\n  1. B\n    - C"),
        ("<ul><li>A <b>b</b><ul><li>B</li></ul>and more</li></ul>", "- A b\n  - B\n\nand more"),
        ("<ol reversed><li>A</li><li>B</li></ol>", "2. A\n1. B"),
        ("<ol><li value=7>A</li><li>B</li></ol>", "7. A\n8. B"),
        (
            "<dl><dt>Built</dt><dd>1961</dd><dt>Owner</dt><dd>Jens Dahl</dd></dl>",
            "Built: 1961\n\nOwner: Jens Dahl",
        ),
        ("<menu><li>A<menu><li>B</li></menu></li></menu>", "- A\n  - B"),
    ],
)
def test_an_item_stands_under_its_item(body: str, text: str, tmp_path: Path) -> None:
    assert added(tmp_path, body) == text


# Text that is lost by others.


@pytest.mark.parametrize(
    "body",
    [
        "<figure><img src='a.jpg'><figcaption>{}</figcaption></figure>",
        "<figure><figcaption><p>{}</p></figcaption><img src='a.jpg'></figure>",
        "<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>{}</p></div>",
        "<details><summary>Ship</summary>{}</details>",
        "<details open><summary>{}</summary></details>",
        "<p class='correction'>{}</p>",
        "<aside>{}</aside>",
        "<blockquote><p>{}</p></blockquote>",
        "<h4>{}</h4>",
        "<h6>{}</h6>",
        "<footer>{}</footer>",
        "<p class='small note'>{}</p>",
        "<section><div><div>{}</div></div></section>",
        "<pre>{}</pre>",
        "<address>{}</address>",
        "<fieldset><legend>{}</legend></fieldset>",
        "<center>{}</center>",
        "<h3><button aria-expanded='false'>{}</button></h3>",
        "<form><p>{}</p></form>",
        "<table><caption>{}</caption><tr><td>a<td>b</table>",
        "<ruby>{}</ruby>",
        "<svg><text>{}</text></svg>",
        "{}",
        "<p><a href='/x'>{}</a></p>",
        "<div class='promo-box related'><p>{}</p></div>",
    ],
)
def test_text_of_the_article_is_kept_in_any_element(body: str, tmp_path: Path) -> None:
    assert "The Maren was built at Svendborg." in added(
        tmp_path, body.format("The Maren was built at Svendborg.")
    )


def test_the_reading_of_a_character_stands_in_brackets(tmp_path: Path) -> None:
    for body in (
        "<p><ruby>漢<rt>kan</rt></ruby>.</p>",
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>.</p>",
    ):
        assert added(tmp_path, body) == "漢(kan)."


def test_a_page_of_several_articles_keeps_them_all(tmp_path: Path) -> None:
    for first, second in ((FIRST, SECOND), (f"{FIRST} {FIRST}", SECOND)):
        body = f"<main><article><p>{first}</p></article><article><p>{second}</p></article></main>"
        assert read(tmp_path, f"<html><body>{body}</body></html>").text == f"{first}\n\n{second}"


def test_headings_and_captions_are_known(tmp_path: Path) -> None:
    body = "<h2>Ships <a class='headerlink' href='#s'>¶</a></h2><h3>Maren</h3><figure><figcaption>At sea</figcaption></figure>"
    article = read(tmp_path, page(body))
    marks = [(mark.kind, article.text[mark.start : mark.end], mark.level) for mark in article.marks]
    assert marks == [
        ("heading", "Ferry", 1),
        ("heading", "Ships", 2),
        ("heading", "Maren", 3),
        ("caption", "At sea", 0),
    ]


# The main part.

BANNER = (
    "<p>We value your privacy. We and our 812 partners store and access information on your device, such as cookies, and"
    " process personal data such as unique identifiers for personalised advertising and content.</p><p>You may click to"
    " consent to our and our partners’ processing, or access more detailed information before consenting.</p>"
)
MENU = "<ul><li><a href='/'>Start page</a></li><li><a href='/s'>Sport page</a></li></ul>"
SHORT = "<h1>Ferry stops</h1><p>The ferry to Ærø stops on Sunday because of ice.</p><p>Mayor Holm expects it back.</p>"


@pytest.mark.parametrize(
    "body",
    [
        "<div class='modal'>{banner}</div><div id='page'><div class='txt'>{text}</div></div>",
        "<div id='page'>{text}</div><div id='cookie-law-info-bar'>{banner}<button>Accept</button></div>",
        "<section class='gdpr-consent'>{banner}</section><div>{text}</div>",
        "<dialog open class='privacy'>{banner}</dialog><main>{text}</main>",
        "<main>{text}</main><div role='dialog' aria-label='cookies'>{banner}</div>",
        "<div id='onetrust-banner-sdk'><div><div>{banner}</div></div></div><article>{text}</article>",
        "<aside class='post'>{text}</aside><div class='overlay'>{banner}</div>",
        "<div class='x7'><div class='popup-inner'>{banner}</div></div><div class='y8'>{text}</div>",
        "<footer>{banner}</footer><div>{text}</div>",
        "<article>{text}<div class='cookie-notice'>{banner}</div></article>",
        "<form class='cmp'>{banner}<button>Reject all</button></form><table><tr><td>{text}</td></tr></table>",
    ],
)
def test_a_banner_is_no_part_of_the_article(body: str, tmp_path: Path) -> None:
    markup = (
        f"<html><head><title>Ferry</title></head><body>{body.format(banner=BANNER, text=SHORT)}</body></html>"
    )
    text = read(tmp_path, markup).text
    assert (
        text
        == "Ferry stops\n\nThe ferry to Ærø stops on Sunday because of ice.\n\nMayor Holm expects it back."
    )


def test_an_article_about_cookies_is_one(tmp_path: Path) -> None:
    for body in (
        f"<main><article><h1>Cookies</h1>{BANNER}</article></main>",
        f"<div class='content'><h1>Policy</h1>{BANNER}</div>",
    ):
        assert "812 partners" in read(tmp_path, f"<html><body>{body}</body></html>").text


@pytest.mark.parametrize(
    "body",
    [
        "<nav>{menu}</nav><main><article>{text}</article></main>",
        "<div id='menu'>{menu}</div><div id='main'>{text}</div>",
        "<div>{menu}</div><div><div>{text}</div></div>",
        "<table><tr><td>{menu}</td><td>{text}</td></tr></table>",
        "<table><tr><td colspan=2>{menu}</td></tr><tr><td>{text}</td></tr></table>",
        "<center><table width=600><tr><td><font face=Arial>{text}</font></td></tr></table></center><p>{menu}</p>",
        "<form>{text}</form><div class='sidebar'>{menu}</div>",
        "<aside>{text}</aside><aside>{menu}</aside>",
        "<header>{menu}</header><section role='main'>{text}</section>",
        "<div class='container'><div class='row'><div class='col-9'>{text}</div><div class='col-3'>{menu}</div></div></div>",
        "<header><h1>Ferry</h1>{menu}</header><div>{text}</div>",
        "<article>{menu}</article><article>{text}</article>",
    ],
)
def test_the_article_is_found_in_any_layout(body: str, tmp_path: Path) -> None:
    text = f"<p>{FIRST}</p><p>When the wheel turns at <i>v</i>, the stone turns at 4<i>v</i>.<p>{SECOND}"
    read_text = read(
        tmp_path,
        f"<html><head><title>Ferry</title></head><body>{body.format(menu=MENU, text=text)}</body></html>",
    ).text
    assert read_text.endswith(f"{FIRST}\n\nWhen the wheel turns at v, the stone turns at 4v.\n\n{SECOND}")
    assert "Sport page" not in read_text


def test_a_page_that_a_script_fills_is_read_from_its_metadata_and_says_so(tmp_path: Path) -> None:
    record = f'{{"@type": "NewsArticle", "headline": "Ferry", "datePublished": "2024-02-03", "articleBody": "{FIRST} {SECOND}"}}'
    markup = f"<html><head><script type='application/ld+json'>{record}</script></head><body><div id=root></div></body></html>"
    article = read(tmp_path, markup)
    assert article.text == f"{FIRST} {SECOND}"
    assert article.published == "2024-02-03"
    assert any("script" in warning for warning in article.warnings)


# What a page says of itself.


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("<meta property='article:published_time' content='2020-09-22T10:00:00Z'>", "", "2020-09-22"),
        ("<meta name='DC.date.issued' content='2020-09-22'>", "", "2020-09-22"),
        ("<meta name='citation_publication_date' content='2020/09/22'>", "", "2020-09-22"),
        (('<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"},'
         ' {"@type": ["BlogPosting"], "datePublished": "2020-09-22"}]}</script>'), "", "2020-09-22"),
        ("", "<time itemprop='datePublished' datetime='2020-09-22'>Tuesday</time>", "2020-09-22"),
        ('<script type="application/ld+json">{"@type": "WebSite", "datePublished": "2001-01-01"}</script>', "", ""),
        ("<meta name='generator' content='Doxygen 1.9'><meta name='date' content='2020-09-22'>", "", ""),
        ("<meta property='article:modified_time' content='2020-09-22'>", "", ""),
        ("<meta property='article:published_time' content='1970-01-01T00:00:00Z'>", "", ""),
        ("<meta property='article:published_time' content='2999-01-01T00:00:00Z'>", "", ""),
        ("", "<p>It sank on 3 March 1999.</p>", ""),
    ],
)  # fmt: skip
def test_a_date_is_that_of_publication_or_none(head: str, body: str, published: str, tmp_path: Path) -> None:
    assert read(tmp_path, page(body, head)).published == published


def test_the_author_is_who_the_page_says(tmp_path: Path) -> None:
    assert read(tmp_path, page("", "<meta name='author' content='Ann Lee'>")).author == "Ann Lee"
    assert read(tmp_path, page("")).author == ""
