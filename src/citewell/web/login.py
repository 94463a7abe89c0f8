"""Ask for a password, and recognise later requests of a logged-in client.

Gradio's own login is not used: a browser sends its cookies with any page's requests, it allows unlimited
guesses, and some of Gradio's routes answer without a login.

A browser sends cookies with the requests of every page; a program sends cookies only on purpose. So a token
from a page's login counts only when the request says that our own page sent it. A token from a program's
login counts only when no browser sent the request. A request without an Origin gains nothing from a browser's
cookies.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from math import ceil
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from citewell.web.access import Access
from citewell.web.networks import network_of
from citewell.web.origins import is_from_browser
from citewell.web.translations import words

LOGIN, LOGOUT = "/login", "/logout"
# Limits of a form with a name and a password.
MOST_BYTES = 4096
MOST_FIELDS = 10

# Wrong guesses without a wait, for mistyped passwords. Further guesses wait 1 s, 2 s, 4 s, …
FREE_GUESSES = 3
# This allows two guesses a minute from one address; a person who shares the address can still log in.
MOST_WAIT_S = 30.0
FORGET_S = 3600.0
# Most remembered addresses with wrong guesses; a new one replaces the one with the oldest last guess.
MOST_ADDRESSES = 10_000

# A person who uses the page every day logs in once a week.
SESSION_S = 7 * 24 * 3600.0
MOST_SESSIONS = 10_000

PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>citewell</title><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>body{{font:1rem/1.6 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh}}
form{{display:grid;gap:.5rem;width:18rem}}input,button{{font:inherit;padding:.4rem}}</style>
</head>
<body><main><h1>citewell</h1>
<form method="post" action="login">
<p role="alert">{said}</p>
<label for="username">{user}</label><input id="username" name="username"
 autocomplete="username" required autofocus>
<label for="password">{password}</label><input id="password" name="password" type="password"
 autocomplete="current-password" required>
<button>{enter}</button>
</form></main></body>
</html>
"""


class Brake:
    """Make an address wait longer after each of its own wrong guesses.

    A guess that comes too early is not checked, so a thousand guesses at once count as one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_ADDRESSES) -> None:
        """Take the clock, and how many addresses are remembered."""
        self._clock = clock
        self._most = most
        # Number of wrong guesses and time of the last one, by address; the latest at the end.
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, network: str) -> float:
        """Return how long a network has to wait before its next guess; 0 when it need not."""
        guesses, last = self._wrong.get(network, (0, 0.0))
        passed = self._clock() - last
        if guesses < FREE_GUESSES or passed > FORGET_S:
            return 0.0
        # The exponent is limited, because two to the power of a million overflows.
        wait = min(2.0 ** min(guesses - FREE_GUESSES, 16), MOST_WAIT_S)
        return max(0.0, wait - passed)

    def wrong(self, network: str) -> None:
        """Remember a wrong guess."""
        now = self._clock()
        guesses, last = self._wrong.pop(network, (0, now))
        self._wrong[network] = (1 if now - last > FORGET_S else guesses + 1, now)
        if len(self._wrong) > self._most:
            self._wrong.popitem(last=False)

    def right(self, network: str) -> None:
        """Forget the wrong guesses of a network from which somebody logged in."""
        self._wrong.pop(network, None)


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a token.

    Attributes:
        browser: Whether a page logged in; False for a program.
        end: Expiry of the token, by the clock.
    """

    browser: bool
    end: float


class Login:
    """Give out tokens for the password as cookies, and check the tokens of requests."""

    def __init__(self, access: Access, clock: Callable[[], float] = time.monotonic) -> None:
        """Take who may come in."""
        self._credentials = access.credentials or ("", "")
        self._words = words(access.language)
        # Cookies know no ports: two servers on one computer would overwrite each other's.
        self.cookie = f"citewell-{access.port}"
        self._clock = clock
        self._brake = Brake(clock)
        self._holders: OrderedDict[str, Holder] = OrderedDict()

    def admits(self, headers: Headers, *, changes: bool) -> bool:
        """Whether a request comes from a logged-in client.

        Args:
            headers: Headers of the request, which has been checked not to come from another site.
            changes: Whether the request is anything but a plain GET or HEAD.
        """
        holder = self._holders.get(self._token(headers))
        if holder is None or holder.end < self._clock():
            return False
        if holder.browser:
            # A GET over http does not name the page that sent it; SameSite keeps the cookie from other sites.
            return not changes or is_from_browser(headers)
        return not is_from_browser(headers)

    def refuse_key(self, headers: Headers, client: str) -> Response | None:
        """Return the refusal of a request that should bring the password as a bearer key; None to let it in.

        A guess counts as one at the login form does, and waits as long.

        Args:
            headers: Headers of the request, which has been checked not to come from another site.
            client: Address of the client.
        """
        scheme, _, key = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return refuse_bearer("give the password as the API key: Authorization: Bearer …")
        network = network_of(client)
        wait = ceil(self._brake.wait_s(network))
        if wait:
            refused = refuse_bearer(self._words("login_wait", seconds=wait), 429)
            refused.headers["retry-after"] = str(wait)
            return refused
        given = key.strip().encode("latin-1").decode(errors="replace")
        if not self._is_right(self._credentials[0], given):
            self._brake.wrong(network)
            return refuse_bearer("the API key is not the password")
        self._brake.right(network)
        return None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, take the submitted form, or end a session."""
        request = Request(scope, receive)
        response: Response
        if scope["path"] == LOGOUT:
            # POST only, so that a link on another site logs nobody out.
            response = self._log_out(request) if request.method == "POST" else Response(status_code=405)
        elif request.method == "POST":
            try:
                response = await self._answer_guess(request)
            except ClientDisconnect:
                return
        else:
            response = self._form("", 200)
        response.headers["cache-control"] = "no-store"
        await response(scope, receive, send)

    async def _answer_guess(self, request: Request) -> Response:
        # The whole form is read first: from here on no other request runs until the guess is counted.
        try:
            given = parse_qs((await request.body()).decode(errors="replace"), max_num_fields=MOST_FIELDS)
        except ValueError:
            given = {}
        user, password = (given.get(name, [""])[0] for name in ("username", "password"))
        network = network_of(request.client.host if request.client else "")
        wait = ceil(self._brake.wait_s(network))
        if wait:
            refused = self._refuse(request, "login_wait", 429, seconds=wait)
            refused.headers["retry-after"] = str(wait)
            return refused
        if not self._is_right(user.strip(), password):
            self._brake.wrong(network)
            return self._refuse(request, "login_wrong", 401)
        self._brake.right(network)
        browser = is_from_browser(request.headers)
        accepted: Response = (
            RedirectResponse("./", 303) if wants_page(request.headers) else JSONResponse({"success": True})
        )
        accepted.set_cookie(
            self.cookie,
            self._new_token(browser=browser),
            httponly=True,
            samesite="lax",
            path="/",
            secure=is_https(request),
        )
        return accepted

    def _is_right(self, user: str, password: str) -> bool:
        # The hashes have equal length, and both are compared, whatever the first comparison gives.
        given, expected = (
            [sha256(text.encode(errors="surrogatepass")).digest() for text in pair]
            for pair in ((user, password), self._credentials)
        )
        same = [hmac.compare_digest(one, other) for one, other in zip(given, expected, strict=True)]
        return all(same)

    def _new_token(self, *, browser: bool) -> str:
        now = self._clock()
        while self._holders and (
            len(self._holders) >= MOST_SESSIONS or next(iter(self._holders.values())).end < now
        ):
            self._holders.popitem(last=False)
        token = secrets.token_urlsafe(32)
        self._holders[token] = Holder(browser, now + SESSION_S)
        return token

    def _log_out(self, request: Request) -> Response:
        self._holders.pop(self._token(request.headers), None)
        response = RedirectResponse("login", 303)
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="lax", secure=is_https(request))
        return response

    def _token(self, headers: Headers) -> str:
        return next(
            (
                found[self.cookie]
                for line in headers.getlist("cookie")
                if self.cookie in (found := cookie_parser(line))
            ),
            "",
        )

    def _refuse(self, request: Request, key: str, status: int, **values: object) -> Response:
        said = self._words(key, **values)
        if wants_page(request.headers):
            return self._form(said, status)
        return JSONResponse({"detail": said}, status)

    def _form(self, said: str, status: int) -> Response:
        names = ("user", "password", "enter")
        shown = {name: escape(self._words(f"login_{name}")) for name in names}
        return HTMLResponse(PAGE.format(language=self._words.language, said=escape(said), **shown), status)


def refuse_bearer(message: str, status: int = 401) -> Response:
    """Return the refusal of a bearer key, in the form that clients of chat completions read."""
    error = {"message": message, "type": "authentication_error", "param": None, "code": "invalid_api_key"}
    return JSONResponse({"error": error}, status)


def wants_page(headers: Headers) -> bool:
    """Whether a person will see the answer."""
    return "text/html" in headers.get("accept", "")


def is_https(request: Request) -> bool:
    """Whether the browser uses https, even if only to a proxy that does not say so."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
