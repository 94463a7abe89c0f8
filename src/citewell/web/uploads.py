"""Keep a limited amount of visitors' files until they are read, each for its sender alone.

A file lies in a folder of the server's own under a random name; no path comes from a client or goes to one.
The client gets a token that cannot be guessed. The token works once, and only for the page that got it.
"""

import re
import secrets
import shutil
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from citewell.errors import UploadError
from citewell.settings import Settings
from citewell.web.networks import network_of
from citewell.web.session import Visit

# A page sends its files one by one and then has all of them read; a file unread after this was given up.
KEPT_S = 600.0
# Longest file name; most file systems take 255 bytes.
LONGEST_NAME_BYTES = 180
UNNAMED = "article.txt"
# Characters that no file name should hold: controls, and separators of paths.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit on sent files.

    Attributes:
        files: Number of files.
        size: Number of bytes.
    """

    files: int
    size: int

    def find_passed(self, files: int, size: int) -> str:
        """Return the limit that an amount exceeds, in words; "" for none."""
        if files > self.files:
            return f"{self.files:,} files"
        return f"{self.size:,} bytes" if size > self.size else ""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The limits on files that visitors send and articles that are kept for them.

    Attributes:
        minutes: Period over which sent files are counted, in minutes.
        visitor: Limit for one page in that period.
        address: Limit for one network address in that period.
        everybody: Limit for all visitors together in that period.
        waiting_address: Limit on unread files from one network address.
        waiting: Limit on all unread files.
        text_address: Characters of articles that are kept for one network address.
        text: Characters of articles that are kept for all visitors.
    """

    minutes: int
    visitor: Quota
    address: Quota
    everybody: Quota
    waiting_address: Quota
    waiting: Quota
    text_address: int
    text: int

    @classmethod
    def of(cls, settings: Settings) -> "UploadLimits":
        """Return the limits that the settings define."""
        return cls(
            settings.upload_minutes,
            Quota(settings.uploads_visitor, settings.upload_bytes_visitor),
            Quota(settings.uploads_address, settings.upload_bytes_address),
            Quota(settings.uploads_all, settings.upload_bytes_all),
            Quota(settings.unread_address, settings.unread_bytes_address),
            Quota(settings.unread_all, settings.unread_bytes_all),
            settings.own_text_address,
            settings.own_text_all,
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent, or is being sent.

    Attributes:
        path: Path of the file on the server.
        name: Name that the visitor gave the file.
        visitor: Key of the page that sent it.
        address: Network address of the sender.
        size: Size in bytes.
        at: Time at which the file was taken.
    """

    path: Path
    name: str
    visitor: str
    address: str
    size: int
    at: float


@dataclass(eq=False)
class Uploads:
    """The files that visitors have sent, with limits on further ones.

    Attributes:
        limits: The limits on files and articles.
        clock: Returns the time in seconds.
    """

    limits: UploadLimits = field(default_factory=lambda: UploadLimits.of(Settings()))
    clock: Callable[[], float] = time.monotonic
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _home: Path | None = None
    _waiting: dict[str, Sent] = field(default_factory=dict)
    _recent: deque[Sent] = field(default_factory=deque)
    _texts: "weakref.WeakKeyDictionary[Visit, tuple[str, int]]" = field(
        default_factory=weakref.WeakKeyDictionary
    )

    def begin(self, name: str, size: int, visitor: str, host: str) -> tuple[str, Sent]:
        """Take a file that is about to be sent, within the limits; return its token and the file.

        The file counts towards the limits from now on, even if it does not arrive.

        Args:
            name: Name that the visitor gave the file.
            size: Size in bytes.
            visitor: Key of the page that sends the file.
            host: Address of the sending computer.

        Raises:
            UploadError: A limit is exceeded.
        """
        with self._lock:
            self.sweep()
            now, address = self.clock(), network_of(host)
            self._refuse_too_much(size, visitor, address)
            sent = Sent(self._folder() / secrets.token_hex(16), clean_name(name), visitor, address, size, now)
            token = secrets.token_urlsafe(32)
            self._waiting[token] = sent
            self._recent.append(sent)
            return token, sent

    def _refuse_too_much(self, size: int, visitor: str, address: str) -> None:
        limits, when = self.limits, f"within {self.limits.minutes} minutes; try again later"
        waiting = self._waiting.values()
        rules: Sequence[tuple[str, str, Quota, Iterable[Sent]]] = (
            (
                "one page may send",
                when,
                limits.visitor,
                (item for item in self._recent if item.visitor == visitor),
            ),
            (
                "one network address may send",
                when,
                limits.address,
                (item for item in self._recent if item.address == address),
            ),
            ("all visitors together may send", when, limits.everybody, self._recent),
            (
                "from one network address may wait to be read",
                "at once; have those read, or try again in a few minutes",
                limits.waiting_address,
                (item for item in waiting if item.address == address),
            ),
            (
                "of all visitors together may wait to be read",
                "at once; try again in a few minutes",
                limits.waiting,
                waiting,
            ),
        )
        for who, then, quota, counted in rules:
            sizes = [item.size for item in counted]
            limit = quota.find_passed(len(sizes) + 1, sum(sizes) + size)
            if limit:
                message = f"{who} {limit} {then}"
                raise UploadError(message, 429)

    def count(self, visitor: str, host: str) -> None:
        """Count an article that the server fetches for a visitor like a file that the visitor sends.

        Raises:
            UploadError: A limit is exceeded.
        """
        token, _ = self.begin("", 0, visitor, host)
        self.drop(token)

    def drop(self, token: str) -> None:
        """Forget a file that did not arrive."""
        with self._lock:
            sent = self._waiting.pop(token, None)
        if sent is not None:
            sent.path.unlink(missing_ok=True)

    def claim(self, tokens: Sequence[str], visitor: str) -> list[Sent | None]:
        """Return the files of tokens, in order; None for a token that is not the page's or has expired.

        The caller must delete the files. A second call with the same tokens returns None for each.
        """
        with self._lock:
            self.sweep()
            return [self._claim(token, visitor) for token in tokens]

    def _claim(self, token: str, visitor: str) -> Sent | None:
        sent = self._waiting.get(token)
        if sent is None or not secrets.compare_digest(sent.visitor.encode(), visitor.encode()):
            return None
        return self._waiting.pop(token)

    def sweep(self) -> None:
        """Delete files that were not read in time, and forget files that were sent long ago."""
        with self._lock:
            now = self.clock()
            for token in [token for token, sent in self._waiting.items() if now - sent.at > KEPT_S]:
                self.drop(token)
            while self._recent and now - self._recent[0].at > self.limits.minutes * 60:
                self._recent.popleft()

    def hold(self, visit: Visit, host: str, characters: int) -> None:
        """Count the articles that are kept for a visitor, for as long as the visit exists.

        Raises:
            UploadError: The articles exceed a limit; the articles kept before stay counted.
        """
        with self._lock:
            address = network_of(host)
            others = [kept for other, kept in self._texts.items() if other is not visit]
            rules = (
                ("one network address", self.limits.text_address, [n for a, n in others if a == address]),
                ("all visitors together", self.limits.text, [n for _, n in others]),
            )
            for who, limit, held in rules:
                if sum(held) + characters > limit:
                    message = (
                        f"{who} may have {limit:,} characters of articles kept at once;"
                        " bring shorter ones, or wait until others have left"
                    )
                    raise UploadError(message, 429)
            self._texts[visit] = (address, characters)

    def release(self, visit: Visit, characters: int) -> None:
        """Count fewer characters for a visitor who gave articles up."""
        with self._lock:
            if visit in self._texts:
                self._texts[visit] = (self._texts[visit][0], characters)

    def close(self) -> None:
        """Delete the unread files."""
        with self._lock:
            self._waiting.clear()
            if self._home is not None:
                shutil.rmtree(self._home, ignore_errors=True)
                self._home = None

    def _folder(self) -> Path:
        """Return the folder of files; made for the first file, and removed with the program at the latest."""
        if self._home is None:
            # `serve` keeps temporary files in a folder that is removed when `serve` ends, however it ends.
            self._home = Path(tempfile.mkdtemp(prefix="citewell-received-"))
            weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        return self._home


def clean_name(name: str) -> str:
    r"""Return a valid file name without folders, shortened to what file systems take.

    >>> clean_name("../../etc/passwd"), clean_name(".."), clean_name("C:\\a.txt")
    ('passwd', 'article.txt', 'a.txt')
    """
    last = CONTROLS.sub("", re.split(r"[/\\]", name)[-1]).strip()
    if not last.strip("."):
        return UNNAMED
    stem, dot, ending = last.rpartition(".")
    kept = f"{dot}{ending}".encode()[:20].decode(errors="ignore") if stem else ""
    start = (stem or last).encode()[: LONGEST_NAME_BYTES - len(kept.encode())]
    return start.decode(errors="ignore") + kept
