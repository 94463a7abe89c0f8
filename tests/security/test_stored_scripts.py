"""What an article, a file's name or a question holds is shown as text, wherever a browser shows it.

A real browser opens every surface: the page, each format that a conversation is saved in, and the report of
an evaluation. A canary must not be set, nothing be asked of another computer, no content policy be broken.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.evaluation import report_html
from citewell.evaluation.questions import Question
from citewell.evaluation.run import Search, evaluate
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server

pytestmark = pytest.mark.browser

RUN = "window.canarysang=1"
# Each way in which text becomes a script, or something that is fetched.
ATTACKS = (
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f"\"><svg onload='{RUN}'>",
    f"' onmouseover='{RUN}' x='",
    f'"><input autofocus onfocus={RUN}>',
    f"<details open ontoggle={RUN}>",
    f"</mark></p></article><iframe src=javascript:{RUN}></iframe>",
    f"</pre></script><script>{RUN}</script>",
    f"</title></style></textarea></noscript><script>{RUN}</script>",
    f"<!--><script>{RUN}</script>-->",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#x3c;img src=x onerror={RUN}&#x3e;",
    f"[click](javascript:{RUN}) ![x](http://127.0.0.1:9/x.png) <javascript:{RUN}>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    f"${{{RUN}}} {{{{constructor.constructor('{RUN}')()}}}} {{%x%}} <%={RUN}%>",
    "<base href=http://127.0.0.1:9/><form action=http://127.0.0.1:9/><button>x</button></form>",
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
)
WATCH = """
window.__broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__broken.push(event.violatedDirective);
});
"""
TITLE = " ".join(ATTACKS[:3])
ARTICLE = "\n\n".join(f"Paul Marsh wrote {attack} on wall {place}." for place, attack in enumerate(ATTACKS))


class Watched:
    """A browser whose pages are watched.

    Attributes:
        asked: Addresses that were asked for.
        wrong: Dialogs and policies that were broken.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.pages: list[Page] = []

    def page(self) -> Page:
        page = self.browser.new_context().new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(WATCH)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", self.refuse)
        self.pages.append(page)
        return page

    def refuse(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def poke(self, page: Page) -> None:
        """Do what sets off handlers: open what folds, hover and focus what there is."""
        page.evaluate(
            """() => {
                for (const one of document.querySelectorAll("details")) one.open = true;
                for (const one of document.querySelectorAll("*"))
                    for (const kind of ["mouseover", "mouseenter", "focus", "click", "toggle"])
                        if (kind != "click" || one.matches("mark, .chip, summary"))
                            one.dispatchEvent(new Event(kind, { bubbles: true }));
            }"""
        )
        page.wait_for_timeout(300)

    def check(self, page: Page) -> None:
        """Check that nothing ran and no policy was broken."""
        assert page.evaluate("window.canarysang") is None
        assert page.evaluate("window.__broken") == []


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser)
    yield watched
    for page in watched.pages:
        page.context.close()
    assert watched.wrong == []
    allowed = ("http://127.0.0.1:", "data:", "blob:", "file:", "about:")
    assert [url for url in watched.asked if not url.startswith(allowed) or ":9/" in url] == []


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    """Articles that are hostile in every field; an answer is given whatever the probability."""
    chosen = settings(encoder="hashing", reader="similarity", threshold=0.0)
    articles = [
        document(ARTICLE, id=TITLE, title=TITLE, source=f"javascript:{RUN}", published=ATTACKS[1]),
        document("Paul Marsh was seen.", id="second", title=ATTACKS[2], source=f'https://x"onclick="{RUN}'),
    ]
    return Assistant.from_documents(articles, settings=chosen, encoder=hashing.create())


def ask(page: Page, question: str) -> None:
    number = page.locator(".turn").count()
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator(f'.turn[data-turn="{number}"]').wait_for()


def test_the_canary_sings_where_nothing_is_escaped(browser: Browser) -> None:
    page = browser.new_page()
    for attack in (ATTACKS[0], ATTACKS[1]):
        page.set_content(f"<p>{attack}</p>")
        page.wait_for_function("window.canarysang === 1")
        page.goto("about:blank")
    page.close()


def test_the_page_and_all_that_is_saved_from_it_run_nothing(
    watched: Watched, assistant: Assistant, tmp_path: Path
) -> None:
    running = server.start(assistant)
    page = watched.page()
    page.goto(running.url)
    page.wait_for_selector(".conversation")
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "<img src=x onerror=window.canarysang=1>'\"&.md"
    own.write_text(f"# {TITLE}\n\nAnn Lee wrote {ATTACKS[1]} on the bridge.\n", encoding="utf-8")
    page.get_by_role("button", name="Your own article").click()
    page.set_input_files("#add-files", [own])
    page.locator("#status .ready").wait_for()
    for question in ("Who wrote on the bridge?", f"What did Ann Lee write? {' '.join(ATTACKS)}"):
        ask(page, question)
    page.get_by_label("Answer from").click()
    page.get_by_role("option", name="All articles").click()
    for question in ("Who is mentioned?", "What did Paul Marsh write on wall 3?", "Summarise the article"):
        ask(page, question)
    assert page.locator(".statement").count() > 3
    watched.poke(page)
    assert (
        page.locator(
            ":is(.paper, .conversation) :is(script, img, svg, iframe, form[action], input[autofocus])"
        ).count()
        == 0
    )
    watched.check(page)
    saved = {}
    for kind in ("Markdown", "HTML", "JSON"):
        with page.expect_download() as waited:
            page.get_by_role("button", name=f"Save the conversation: {kind}").click()
        saved[kind] = tmp_path / waited.value.suggested_filename
        waited.value.save_as(saved[kind])
        assert "canarysang" in saved[kind].read_text(encoding="utf-8")
    watched.check(page)
    for path in saved.values():
        opened(watched, path)
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    shown = tmp_path / "rendered.html"
    shown.write_text(rendered.render(saved["Markdown"].read_text(encoding="utf-8")), encoding="utf-8")
    opened(watched, shown)
    page.close()
    running.close()


def test_the_report_of_an_evaluation_runs_nothing(
    watched: Watched, assistant: Assistant, tmp_path: Path
) -> None:
    questions = [
        Question(
            f"{attack}{place}", f"What did Paul Marsh write? {attack}", (attack,), kind=attack, split=attack
        )
        for place, attack in enumerate(ATTACKS)
    ]
    about = {"questions": {"name": TITLE}, TITLE: TITLE}
    found = evaluate(
        questions, assistant, assistant.collection.documents, search=Search.of(assistant), about=about
    )
    path = tmp_path / "report.html"
    report_html.write(found.to_dict(), path)
    opened(watched, path)


def opened(watched: Watched, path: Path) -> None:
    """Open a file from disk, and check it."""
    page = watched.page()
    page.goto(path.as_uri())
    watched.poke(page)
    watched.check(page)
