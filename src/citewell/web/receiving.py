"""Receive a file from the page, store the file until it is read, and answer with a token for it."""

import asyncio
from urllib.parse import unquote

import anyio
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from citewell.errors import UploadError
from citewell.web.uploads import KEPT_S, Sent, Uploads

UPLOAD = "/upload"
# 20 MB take a little under three minutes on a line of 1 Mbit/s.
ARRIVES_S = 300.0
# A sender that sends nothing for this long has gone, or only occupies a place.
SILENT_S = 20.0
LONGEST_KEY = 64
LONGEST_NAME = 4_000


class Receiving:
    """An ASGI application that takes one file per request.

    The application repeats the checks of the guard, so that neither relies on the other.

    Attributes:
        uploads: The store of files that are not read yet.
        most_bytes: Largest size of a file; 0 when no file is taken.
    """

    def __init__(self, uploads: Uploads, most_bytes: int) -> None:
        """Take the store of files, and the largest size of a file."""
        self.uploads = uploads
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the file, or answer with a sentence that says why not."""
        try:
            token, sent = self.begin(scope)
            try:
                await self.write(sent, receive)
            except BaseException:
                self.uploads.drop(token)
                raise
            asyncio.get_running_loop().call_later(KEPT_S + 1, self.uploads.sweep)
            answer = PlainTextResponse(token, headers={"cache-control": "no-store"})
        except UploadError as error:
            answer = PlainTextResponse(f"{error}\n", error.status)
        await answer(scope, receive, send)

    def begin(self, scope: Scope) -> tuple[str, Sent]:
        """Return the token of a file that is about to come.

        Raises:
            UploadError: The file is refused.
        """
        headers = Headers(scope=scope)
        if not self.most_bytes:
            message = "no files are taken here"
            raise UploadError(message, 404)
        if scope["method"] != "POST":
            message = "files are sent here with POST"
            raise UploadError(message, 405)
        if headers.get("content-type", "") != "application/octet-stream":
            message = "send the file's bytes alone, with the header Content-Type: application/octet-stream"
            raise UploadError(message, 415)
        length = headers.get("content-length", "")
        if not length.isdecimal():
            message = "say how long the file is"
            raise UploadError(message, 411)
        if int(length) > self.most_bytes:
            message = f"a file may have {self.most_bytes:,} bytes, this one has {int(length):,}"
            raise UploadError(message, 413)
        visitor, name = headers.get("x-visit", ""), headers.get("x-name", "")
        if not 0 < len(visitor) <= LONGEST_KEY or len(name) > LONGEST_NAME:
            message = "send the page's key in x-visit and the file's name, percent-encoded, in x-name"
            raise UploadError(message, 422)
        client = scope.get("client")
        return self.uploads.begin(unquote(name), int(length), visitor, client[0] if client else "")

    async def write(self, sent: Sent, receive: Receive) -> None:
        """Write a file as it comes.

        Raises:
            UploadError: The file is longer than declared, is too slow, or broke off.
        """
        size = 0
        try:
            async with asyncio.timeout(ARRIVES_S), await anyio.open_file(sent.path, "xb") as file:
                more = True
                while more:
                    async with asyncio.timeout(SILENT_S):
                        message = await receive()
                    if message["type"] != "http.request":
                        said = "the file broke off; send it again"
                        raise UploadError(said)
                    piece = message.get("body", b"")
                    size += len(piece)
                    if size > sent.size:
                        said = "the file is longer than was said; send it again"
                        raise UploadError(said, 413)
                    await file.write(piece)
                    more = message.get("more_body", False)
        except TimeoutError:
            said = f"the file did not arrive within {ARRIVES_S:.0f} seconds, or {SILENT_S:.0f} without a byte"
            raise UploadError(said, 408) from None
        if size != sent.size:
            said = "the file broke off; send it again"
            raise UploadError(said)
