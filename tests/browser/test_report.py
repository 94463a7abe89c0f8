"""The report of an evaluation as a person sees it, from disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect

from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.evaluation import report_html
from citewell.evaluation.questions import Question
from citewell.evaluation.run import Search, evaluate
from citewell.settings import settings

Show = Callable[..., Page]
ARRESTS = "The arrests were carried out in the United States (121), Germany (42), the Netherlands (8), United"
ASKED = (
    Question(
        "germany",
        "How many people were arrested in Germany?",
        ("42",),
        (ARRESTS,),
        kind="numeric",
        split="dev",
    ),
    Question(
        "wrong",
        "How many people were arrested in Austria?",
        ("17",),
        (ARRESTS,),
        kind="numeric",
        split="test",
    ),
    Question(
        "spain", "How many people were arrested in Spain?", answerable=False, kind="near_miss", split="dev"
    ),
    Question("mayor", "Who is the mayor of Berlin?", answerable=False, kind="off_topic", split="dev"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def usual(folder: Path, assistant: Assistant) -> Path:
    """A report of a few questions on the default article."""
    found = evaluate(ASKED, assistant, assistant.collection.documents, search=Search.of(assistant))
    path = folder / "usual.html"
    report_html.write(found.to_dict(), path)
    return path


@pytest.fixture(scope="module")
def hostile(folder: Path, assistant: Assistant, articles: list[Document]) -> Path:
    """A report whose questions, gold answers and articles are all markup."""
    made = Assistant.from_documents(articles, settings=settings(threshold=0.0), encoder=assistant.encoder)
    attack = (
        "<img src=x onerror=window.__pwned=1>\"><script>window.__pwned=1</script> ' onload='window.__pwned=1"
    )
    long = "w" * 3000
    asked = [
        Question(
            f"{attack}{place}",
            f"{words} {attack} {long}",
            (attack,),
            kind=attack,
            split=attack,
            history=(attack,),
        )
        for place, words in enumerate(("What did Paul Marsh write?", "Who said it?", "How was it left?"))
    ]
    about = {"questions": {"name": attack}, attack: attack}
    found = evaluate(asked, made, articles, search=Search.of(made), about=about)
    path = folder / "hostile.html"
    report_html.write(found.to_dict(), path)
    return path


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Open a file; fail if the page asks for anything else, opens a dialog or has an error."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts = []

    def refuse(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open_page(path: Path, width: int = 1280, scheme: str = "light", *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text))
        page.on("dialog", refuse)
        page.goto(path.as_uri())
        return page

    yield open_page
    opened = [context.pages[0].url.partition("#")[0] for context in contexts]
    for context in contexts:
        context.close()
    assert (asked, wrong) == (opened, [])


def unfold(page: Page) -> None:
    """Lay out all there is, also what is folded or off the screen."""
    page.locator("details").evaluate_all("all => all.forEach(element => { element.open = true; })")
    page.evaluate(
        "document.styleSheets[0].insertRule('.question { content-visibility: visible !important }')"
    )


def shown(page: Page) -> list[str]:
    """Return the ids of the questions that are seen."""
    return [
        (card.get_attribute("id") or "").removeprefix("q-")
        for card in page.locator(".question").all()
        if card.is_visible()
    ]


def test_a_report_opens_from_disk_with_its_citations_marked(show: Show, usual: Path) -> None:
    page = show(usual)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".plot")).to_have_count(2)
    mark = page.locator("#q-germany mark.cited").first
    expect(mark).to_be_visible()
    assert ARRESTS in "".join(page.locator("#q-germany mark.cited").all_text_contents())
    # The style's hash is the policy's, or nothing would be coloured.
    assert mark.evaluate("element => getComputedStyle(element).backgroundColor") == "rgb(255, 240, 179)"
    assert (
        page.locator(".plot .x").first.evaluate("element => getComputedStyle(element).textAnchor") == "middle"
    )


def test_filters_leave_what_fits_and_show_all_again(show: Show, usual: Path) -> None:
    page = show(usual)
    every = [question.id for question in ASKED]
    assert shown(page) == every
    page.locator("#filters").get_by_label("Kind").select_option("=numeric")
    assert shown(page) == ["germany", "wrong"]
    page.locator("#filters").get_by_label("Split").select_option("=test")
    assert shown(page) == ["wrong"]
    expect(page.locator("#count")).to_have_text("1 of 4 questions")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#count")).to_have_text("4 questions")
    assert shown(page) == every
    page.locator("#filters").get_by_label("Words").fill("MAYOR bérlin")
    assert shown(page) == ["mayor"]
    page.locator("#filters").get_by_label("Words").fill("no such words")
    expect(page.get_by_text("No question fits.")).to_be_visible()
    assert shown(page) == []


def test_every_outcome_and_stage_can_be_picked(show: Show, usual: Path) -> None:
    page = show(usual)
    for label, name in (("Outcome", "outcome"), ("What happened", "stage")):
        select = page.locator("#filters").get_by_label(label)
        for value in select.locator("option:not([data-any])").all():
            wanted = value.get_attribute("value") or ""
            select.select_option(wanted)
            fits = page.locator(f'.question[data-{name}="{wanted}"]').count()
            assert len(shown(page)) == fits > 0
        select.select_option("")


def test_the_opening_and_the_table_lead_to_their_questions(show: Show, usual: Path) -> None:
    page = show(usual)
    link = page.locator(".endings a").first
    number = int(link.locator(".n").inner_text())
    link.click()
    assert len(shown(page)) == number
    page.locator(".kinds a", has_text="off topic").click()
    assert shown(page) == ["mayor"]


def test_a_link_to_a_question_shows_it_although_it_was_filtered_away(show: Show, usual: Path) -> None:
    page = show(usual)
    page.locator("#filters").get_by_label("Kind").select_option("=numeric")
    page.evaluate("location.hash = 'q-mayor'")
    expect(page.locator("#q-mayor")).to_be_in_viewport()


def test_without_scripts_every_question_is_there(show: Show, usual: Path) -> None:
    page = show(usual, scripts=False)
    assert shown(page) == [question.id for question in ASKED]
    expect(page.locator("#filters")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hostile_report_runs_nothing(show: Show, hostile: Path, scheme: str) -> None:
    page = show(hostile, scheme=scheme)
    assert len(shown(page)) == 3
    page.locator("#filters").get_by_label("Words").fill("marsh <img")
    assert page.evaluate("window.__pwned") is None
    assert page.locator("img, iframe, main script, object, embed").count() == 0


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(show: Show, usual: Path, hostile: Path, width: int) -> None:
    for path in (usual, hostile):
        page = show(path, width=width)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(element => !element.closest('svg, thead')"
            " && element.getBoundingClientRect().right > innerWidth + 1)"
            ".map(element => element.outerHTML.slice(0, 80))"
        )
        assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(show: Show, usual: Path, scheme: str, width: int) -> None:
    assert serious(show(usual, width=width, scheme=scheme)) == []


def test_axe_finds_nothing_serious_in_a_report_of_markup(show: Show, hostile: Path) -> None:
    # Once: axe takes a minute for its long words, and they make no difference to colours and widths.
    assert serious(show(hostile)) == []


def serious(page: Page) -> list[str]:
    unfold(page)
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def test_on_paper_it_is_light_and_whole(show: Show, usual: Path) -> None:
    page = show(usual, scheme="dark")
    page.emulate_media(media="print")
    ground = page.locator("body").evaluate("element => getComputedStyle(element).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    expect(page.locator("#filters")).to_be_hidden()
    assert shown(page) == [question.id for question in ASKED]


def test_the_slider_shows_what_another_threshold_would_show(show: Show, usual: Path) -> None:
    page = show(usual)
    slider = page.get_by_role("slider", name="Threshold")
    everything = page.locator(".thresholds tbody tr").first.locator("td")
    before = everything.all_inner_texts()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#shown")).to_contain_text("4 of 4 questions are answered")
    expect(everything.nth(1)).to_have_text("4")
    page.keyboard.press("End")
    expect(everything.nth(1)).to_have_text("0")
    expect(everything.nth(2)).to_have_text("–")
    page.get_by_role("button", name="As it was").click()
    assert everything.all_inner_texts() == before
