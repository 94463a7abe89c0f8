"""Decide who may reach the server, and refuse to serve without a password by accident."""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from citewell.errors import SettingsError
from citewell.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Access:
    """Who may reach the server, and how.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 for a free one.
        credentials: User and password that the page asks for; None for everybody.
        share: Whether a public link is made, by Gradio's servers.
        mcp: Whether `ask`, `find` and `check` are offered as tools of the Model Context Protocol too.
        upload_bytes: Largest file that a visitor may send; 0 when none may be sent.
        language: Language of the page that asks for the password.
    """

    host: str = "127.0.0.1"
    port: int = 0
    credentials: tuple[str, str] | None = None
    share: bool = False
    mcp: bool = False
    upload_bytes: int = 0
    language: str = "en"

    @property
    def names(self) -> frozenset[str]:
        """Host names that a request may use for the server; empty for any name."""
        return LOOPBACK if self.host in LOOPBACK and not self.share else frozenset()


def read_access(settings: Settings) -> Access:
    """Return the access that the settings define.

    Raises:
        SettingsError: Others could reach the server without a password, and no setting allows this; or
            the password, or a package that MCP needs, is missing.
    """
    host, port = read_address(settings)
    others = f"{host} can be reached by others" if host not in LOOPBACK else ""
    if settings.share:
        others = "a shared link can be opened by anybody"
    # A Space's proxy forwards requests from outside, and has its own login.
    told = settings.without_auth or bool(os.environ.get("SPACE_ID"))
    if others and not settings.auth and not told:
        message = f"{others}; give --auth USER:FILE, or --without-auth if everybody may ask"
        raise SettingsError(message)
    if settings.mcp and find_spec("mcp") is None:
        message = "--mcp needs the package mcp: pip install 'citewell[mcp]'"
        raise SettingsError(message)
    return Access(
        host=host,
        port=port,
        credentials=read_credentials(settings.auth) if settings.auth else None,
        share=settings.share,
        mcp=settings.mcp,
        upload_bytes=upload_bytes(settings),
        language=settings.language,
    )


def upload_bytes(settings: Settings) -> int:
    """Return the size of the largest file that a visitor may send; 0 when none may be sent."""
    return settings.max_file_bytes if settings.own_articles else 0


def read_address(settings: Settings) -> tuple[str, int]:
    """Return host and port of the settings; the default host is the one that a Hugging Face Space expects."""
    if "host" in settings.model_fields_set:
        return settings.host, settings.port
    hosted = "0.0.0.0" if os.environ.get("SPACE_ID") else settings.host  # noqa: S104 - a Space's proxy is outside
    return os.environ.get("GRADIO_SERVER_NAME") or hosted, settings.port


def read_credentials(auth: str) -> tuple[str, str]:
    """Return the user and the password of USER:FILE; the password is the file's first line.

    Everybody who lists the processes could see a password on the command line.

    Raises:
        SettingsError: The value has another form, or the file has no password.
    """
    user, colon, name = auth.partition(":")
    if not (user and colon and name):
        message = f"auth is {auth!r}; give USER:FILE, the name and a file with the password"
        raise SettingsError(message)
    try:
        text = Path(name).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        message = f"the password of {user} cannot be read from {name} ({reason}); write it there on one line"
        raise SettingsError(message) from error
    password = text.partition("\n")[0].strip()
    if not password:
        message = f"{name} has no password on its first line; write the password of {user} there"
        raise SettingsError(message)
    return user, password
