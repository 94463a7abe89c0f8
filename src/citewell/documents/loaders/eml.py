"""Read mails: the text that a person sees; attachments are noted and not read."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime
from pathlib import Path

from citewell.documents.loader import Article
from citewell.documents.remarks import Remarks
from citewell.documents.structure import TextBuilder
from citewell.documents.web_page.reading import MARKUP_DAMAGE, read_fragment
from citewell.errors import LoadError
from citewell.text.decoding import decode

# A file without any of these fields is no mail.
FIELDS = ("from", "subject", "date", "mime-version", "received", "message-id")
ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})


class EmlLoader:
    """One article a mail; the subject is its title, the sender its author."""

    suffixes = (".eml",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        data = path.read_bytes()
        remarks = Remarks()
        try:
            message = email.message_from_bytes(data, policy=email.policy.default)
            if wrong := refusal(message):
                reason = f"{path.name}: {wrong}"
                raise LoadError(reason)
            found = text_of(message, remarks)
            title, author = str(message.get("subject") or ""), sender(message)
            published = day(message)
        except MARKUP_DAMAGE as error:
            reason = f"{path.name}: is damaged or no mail; save its text as .txt"
            raise LoadError(reason) from error
        yield Article(
            text=found.text,
            title=title,
            published=published,
            author=author,
            marks=found.marks,
            warnings=remarks.sentences,
        )


def refusal(message: EmailMessage) -> str:
    """Return why a mail cannot be read, "" where it can."""
    if not any(message.get(field) for field in FIELDS):
        return "is no mail: it has no sender, subject or date; save its text as .txt"
    if any(part.get_content_type() in ENCRYPTED for part in message.walk()):
        return "is encrypted; save its text as .txt"
    return ""


def text_of(message: EmailMessage, remarks: Remarks) -> TextBuilder:
    """Return the text of a mail, from its HTML part where it has one, since mail programs show that part."""
    body = message.get_body(preferencelist=("html", "plain"))
    attached = [part for part in message.walk() if part is not body and not part.is_multipart()]
    beside = {"text/plain", "text/html"}
    for part in attached:
        if part.get_content_disposition() == "attachment" or part.get_content_type() not in beside:
            remarks.not_read("picture" if part.get_content_maintype() == "image" else "attachment")
    if body is not None and body.get_content_type() == "text/html":
        return read_fragment(decoded(body), remarks)
    builder = TextBuilder()
    if body is not None:
        builder.add(unfolded(decoded(body), flowed=body.get_param("format") == "flowed"))
    return builder


def decoded(part: MIMEPart) -> str:
    """Return the text of a part, decoded as the part declares, unless the declaration is wrong."""
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)  # noqa: S101 - it has no parts
    try:
        return data.decode(part.get_content_charset() or "ascii")
    except (LookupError, UnicodeError):
        return decode(data).text


def unfolded(text: str, *, flowed: bool) -> str:
    """Join lines that were only broken to fit the width (RFC 3676); leave out the mark of the signature."""
    text = text.replace("\r\n", "\n")
    if flowed:
        text = re.sub(r"(?m)^ ", "", text)
        text = re.sub(r"(?m)(?<!^--) \n(?!\n)", " ", text)
    return text.strip()


def sender(message: EmailMessage) -> str:
    """Return the name of the sender, or the address where there is no name."""
    field = message.get("from")
    addresses = getattr(field, "addresses", ())
    return (addresses[0].display_name or addresses[0].addr_spec) if addresses else str(field or "")


def day(message: EmailMessage) -> str:
    """Return the day on which the mail was sent, "" where the mail does not say."""
    try:
        return parsedate_to_datetime(str(message.get("date") or "")).date().isoformat()
    except (ValueError, TypeError):
        return ""


def create() -> EmlLoader:
    """Return the loader."""
    return EmlLoader()
