"""Guard against archives that unpack to more than can be read."""

import io
import zipfile
import zlib

from citewell.errors import LoadError

# Ten times the largest file that is read. An archive that unpacks to more is a zip bomb or holds pictures.
# XML takes still more space in memory.
MAX_UNPACKED_BYTES = 200_000_000
# The errors that truncated, altered and foreign files raise: lxml's XMLSyntaxError is a SyntaxError, zipfile
# raises RuntimeError for an encrypted part and NotImplementedError for an unknown compression.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
# How the container of Microsoft's older formats begins; a document with a password is put into one.
_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_archive(data: bytes, name: str) -> None:
    """Refuse an archive of parts that unpacks to too much, or that no program can open without a password.

    Args:
        data: The file.
        name: The file's name in the reason of the error.

    Raises:
        LoadError: The archive unpacks to too much or needs a password.
        BadZipFile: The file is no archive. DAMAGE lists the other errors that a damaged archive raises.
    """
    if data.startswith(_OLD_CONTAINER):
        message = f"{name}: has a password, or is of an older format of Office; save it anew without one"
        raise LoadError(message)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        # zipfile reads no more of a part than is declared here.
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        message = f"{name}: unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}"
        raise LoadError(message)
