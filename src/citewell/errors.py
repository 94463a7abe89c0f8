"""Name every error that a user can cause or mend.

    CitewellError                 the message is one line: found, wanted, what to do
    ├── LoadError                 a file or text cannot become an article
    ├── FetchError                an article cannot be fetched from its address
    ├── QuestionError             a question is longer than the limit
    ├── SettingsError             a setting has a wrong key or value
    ├── PluginError               no plugin has that name, or its extra is not installed
    ├── GeneratorError            a language model cannot be loaded or asked, or broke off
    ├── EncoderError              the encoder's weights are missing or are not the ones expected
    ├── QuestionsFileError        a file of questions is malformed, or marked "test" where that is refused
    ├── ReportError               an evaluation's report cannot be written, read or compared
    ├── RequestError              a request to the web chat is not what is taken there
    ├── UploadError               a file that is sent to the web chat is not taken, or is too much
    ├── FeedbackError             what a person says of an answer contradicts itself, or cannot be kept
    ├── CalibrationError          a reader cannot be calibrated on these answers, or to this target
    └── CollectionError           something is wrong with an index folder
        ├── MissingIndexError     there is none
        ├── DamagedIndexError     it is not whole, or not what was written
        ├── ForeignIndexError     it was made by another encoder, format or program
        └── LockedIndexError      somebody else is writing it

Mistakes of a programmer stay `ValueError` and `TypeError`.
"""

# Problems that one message lists: a file that does not fit its articles has one a line.
SHOWN = 20


class CitewellError(Exception):
    """Say what was found, what was wanted and what to do; the command line prints it and exits 2."""


class LoadError(CitewellError):
    """A file, folder or text cannot be read as an article."""


class FetchError(CitewellError):
    """A web address cannot be asked, or what it answers is no article."""


class QuestionError(CitewellError):
    """A question cannot be taken as it is."""


class SettingsError(CitewellError):
    """A setting has a name or a value that citewell does not know."""


class PluginError(CitewellError):
    """A plugin is unknown, or what it needs is not installed."""


class GeneratorError(CitewellError):
    """A language model cannot be loaded or asked, or broke off while it wrote."""


class EncoderError(CitewellError):
    """An encoder's weights are missing, damaged or not the expected ones."""


class QuestionsFileError(CitewellError):
    """A file of questions has lines that are not what they should be.

    Attributes:
        problems: Each as `file:line: what is wrong`, in order.
    """

    def __init__(self, *problems: str) -> None:
        """Keep the problems; the message has the first of them."""
        shown = [*problems[:SHOWN], *([f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else ())]
        super().__init__("; ".join(shown))
        self.problems = problems


class ReportError(CitewellError):
    """A report of an evaluation cannot be written, read or compared."""


class RequestError(CitewellError):
    """A request to the web chat is not what is taken there; the message repeats nothing of it.

    Attributes:
        where: The key that is wrong, or "the request".
        what: What is wrong with it.
    """

    def __init__(self, where: str, what: str) -> None:
        """Make one line of both."""
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class UploadError(CitewellError):
    """A visitor's file is not taken, or is too much.

    Attributes:
        status: What HTTP calls it.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep the status beside the message."""
        super().__init__(message)
        self.status = status


class FeedbackError(CitewellError):
    """What a person says of an answer contradicts itself, or cannot be written down."""


class CalibrationError(CitewellError):
    """A reader's scores cannot be made probabilities, or no threshold meets the target."""


class CollectionError(CitewellError):
    """An index folder cannot be used as it is."""


class MissingIndexError(CollectionError):
    """The folder holds no index."""


class DamagedIndexError(CollectionError):
    """The index is truncated, altered or half-written."""


class ForeignIndexError(CollectionError):
    """The index is whole, but made for another encoder, format or program."""


class LockedIndexError(CollectionError):
    """Another process is writing the index."""
