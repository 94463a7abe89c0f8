"""What pdfminer raises where a file is damaged."""

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
