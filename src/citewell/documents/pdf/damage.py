"""List the errors that pdfminer raises for a damaged file."""

import struct

from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

DAMAGE = (
    PDFException,
    PSException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
)
