"""Where a password is wanted, nothing answers without it but what has to."""

import json
import re

import pytest
from gradio_client import Client  # type: ignore[import-untyped] # it ships no types
from playwright.sync_api import Browser

from serving import JSON, PASSWORD, USER, ask, cookie_of, guess, status

Address = tuple[str, int]
ASKED = json.dumps({"data": ["How high did the tide rise?", [], ""]}).encode()
# What the page and its API are made of.
READ = """/config /theme.css /manifest.json /assets/index.js /static/img/logo.svg /gradio_api/info
 /gradio_api/openapi.json /gradio_api/startup-events /gradio_api/app_id /gradio_api/theme.css
 /gradio_api/queue/data?session_hash=abc /gradio_api/heartbeat/abc /gradio_api/call/ask/abc
 /gradio_api/call/v2/ask/abc""".split()
WRITTEN = """/gradio_api/queue/join /gradio_api/cancel /gradio_api/reset /gradio_api/call/ask
 /gradio_api/call/v2/ask /gradio_api/call/find /gradio_api/call/v2/find
 /gradio_api/call/check /gradio_api/call/v2/check /upload /v1/chat/completions""".split()


@pytest.mark.parametrize("path", READ)
def test_nothing_is_read_without_a_login(locked: Address, path: str) -> None:
    for first in (f"GET {path}", f"HEAD {path}"):
        assert status(ask(locked, first)) == 401
        assert status(ask(locked, first, "Cookie: citewell=x; access-token=x")) == 401


@pytest.mark.parametrize("path", WRITTEN)
def test_nothing_is_done_without_a_login(locked: Address, path: str) -> None:
    assert status(ask(locked, f"POST {path}", JSON, body=b"{}")) in {401, 404}


def test_what_answers_without_a_login_is_a_short_list(locked: Address) -> None:
    for path in ("/login", "/healthz", "/robots.txt", "/favicon.ico"):
        answer = ask(locked, f"GET {path}")
        assert status(answer) == 200, path
        assert b"tide" not in answer.lower()
    answer = ask(locked, "GET /")
    assert status(answer) == 303
    assert b"location: login\r\n" in answer.lower()


def test_a_login_opens_it_and_a_logout_closes_it(locked: Address) -> None:
    own = f"Origin: http://127.0.0.1:{locked[1]}"
    cookie = cookie_of(guess(locked, PASSWORD, own))
    assert status(ask(locked, "GET /config", cookie)) == 200
    assert status(ask(locked, "POST /gradio_api/call/ask", JSON, cookie, own, body=ASKED)) == 200
    assert status(ask(locked, "GET /logout", cookie)) == 405
    assert status(ask(locked, "GET /config", cookie)) == 200
    assert status(ask(locked, "POST /logout", cookie, own)) == 303
    assert status(ask(locked, "GET /config", cookie)) == 401


def test_a_browser_s_cookie_is_worth_nothing_without_an_origin(locked: Address) -> None:
    own = f"Origin: http://127.0.0.1:{locked[1]}"
    cookie = cookie_of(guess(locked, PASSWORD, own))
    assert status(ask(locked, "POST /gradio_api/call/ask", JSON, cookie, body=ASKED)) == 401


def test_a_program_s_cookie_is_worth_nothing_in_a_browser(locked: Address) -> None:
    cookie = cookie_of(guess(locked, PASSWORD))
    assert status(ask(locked, "POST /gradio_api/call/ask", JSON, cookie, body=ASKED)) == 200
    own = f"Origin: http://127.0.0.1:{locked[1]}"
    assert status(ask(locked, "POST /gradio_api/call/ask", JSON, cookie, own, body=ASKED)) == 401
    assert status(ask(locked, "GET /config", cookie, "Sec-Fetch-Site: same-origin")) == 401


def test_the_cookie_is_kept_from_scripts_and_from_other_pages(locked: Address) -> None:
    port = locked[1]
    answer = guess(locked, PASSWORD, f"Origin: http://127.0.0.1:{port}").decode()
    (line,) = re.findall(r"(?im)^set-cookie: (.*?)\r$", answer)
    value, *rest = line.split("; ")
    assert value.startswith(f"citewell-{port}=")
    assert {part.lower() for part in rest} == {"httponly", "path=/", "samesite=lax"}
    behind_https = guess(locked, PASSWORD, f"Origin: https://127.0.0.1:{port}").decode()
    assert "; secure" in behind_https.lower()


def test_a_program_logs_in_and_asks(locked: Address) -> None:
    client = Client(f"http://127.0.0.1:{locked[1]}/", auth=(USER, PASSWORD), verbose=False)
    assert client.predict("How high did the tide rise?", api_name="/ask")["question"]
    client.close()


@pytest.mark.browser
def test_a_person_logs_in_and_asks(locked: Address, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{locked[1]}/")
    page.fill("#username", USER)
    page.fill("#password", "wrong")
    page.click("button")
    assert "wrong" in page.inner_text("[role=alert]")
    page.fill("#username", USER)
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector(".conversation", timeout=60_000)
    box = page.locator("textarea").first
    box.fill("How high did the tide rise?")
    box.press("Enter")
    page.wait_for_selector(".conversation .chip, .conversation [data-verdict], .answer", timeout=60_000)
    (cookie,) = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    context.close()
