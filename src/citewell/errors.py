"""Name every error that a user can cause or mend.

    CitewellError                 the message is one line: found, wanted, what to do
    ├── LoadError                 a file or text cannot become an article
    ├── FetchError                an article cannot be fetched from its address
    ├── QuestionError             a question is longer than the limit
    ├── LateError                 an answer was not there in the time that was allowed
    ├── AnswerFormatError         a JSON object is no answer of ours
    ├── SettingsError             a setting has a wrong key or value
    ├── PluginError               no plugin has that name, or its extra is not installed
    ├── GeneratorError            a language model cannot be loaded or asked, or broke off
    ├── EncoderError              the encoder's weights are missing or are not the ones expected
    ├── QuestionsFileError        a file of questions is malformed, or marked "test" where that is refused
    ├── ReportError               an evaluation's report cannot be written, read or compared
    ├── RequestError              the web chat does not accept a request
    ├── BusyError                 too many questions wait
    ├── UploadError               the web chat does not accept a file, or the file is too much
    ├── FeedbackError             a person's feedback on an answer contradicts itself, or cannot be kept
    ├── CalibrationError          a reader cannot be calibrated on these answers, or to this target
    └── CollectionError           something is wrong with an index
        ├── MissingIndexError     the folder holds no index
        ├── DamagedIndexError     the index is truncated, altered or half-written
        ├── ForeignIndexError     the index was made by another encoder, format or program
        ├── LockedIndexError      another process is writing the index
        ├── ServerError           the server of an index cannot be reached, or refuses a call
        ├── PartialIndexError     the server answers for a part of the index only
        └── ChangedIndexError     the index changed while a question was answered

Mistakes of a programmer stay `ValueError` and `TypeError`.
"""

# Most problems that one message lists. A file that does not fit its articles has a problem on every line.
SHOWN = 20


class CitewellError(Exception):
    """Say what was found, what was wanted and what to do; the command line prints it and exits 2."""


class LoadError(CitewellError):
    """A file, folder or text cannot be read as an article."""


class FetchError(CitewellError):
    """A web address cannot be fetched, or it does not return an article."""


class QuestionError(CitewellError):
    """A question cannot be taken as it is."""


class LateError(CitewellError, TimeoutError):
    """An answer was not there in the time that its caller allowed."""


class AnswerFormatError(CitewellError):
    """A JSON object is no answer, or an answer of a later release."""


class FilterError(CitewellError):
    """A choice of articles cannot be read."""


class SettingsError(CitewellError):
    """A setting has a name or a value that citewell does not know."""


class PluginError(CitewellError):
    """A plugin is unknown, or a package that it needs is not installed."""


class GeneratorError(CitewellError):
    """A language model cannot be loaded or asked, or broke off while it wrote."""


class EncoderError(CitewellError):
    """An encoder's weights are missing, damaged or not the expected ones."""


class QuestionsFileError(CitewellError):
    """A file of questions has malformed lines.

    Attributes:
        problems: The problems in order, each as `file:line: what is wrong`.
    """

    def __init__(self, *problems: str) -> None:
        """Keep all problems; the message lists only the first `SHOWN`."""
        shown = [*problems[:SHOWN], *([f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else ())]
        super().__init__("; ".join(shown))
        self.problems = problems


class ReportError(CitewellError):
    """A report of an evaluation cannot be written, read or compared."""


class RequestError(CitewellError):
    """The web chat does not accept a request; the message repeats nothing of the request.

    Attributes:
        where: The key that is wrong, or "the request".
        what: What is wrong with it.
    """

    def __init__(self, where: str, what: str) -> None:
        """Join both into the message, which is one line."""
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


class BusyError(CitewellError):
    """Too many questions wait; the same one can be asked again."""


class UploadError(CitewellError):
    """The web chat does not accept a visitor's file, or the file is too much.

    Attributes:
        status: HTTP status code of the response.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        """Keep the status beside the message."""
        super().__init__(message)
        self.status = status


class FeedbackError(CitewellError):
    """A person's feedback on an answer contradicts itself, or cannot be written down."""


class CalibrationError(CitewellError):
    """A reader's scores cannot be mapped to probabilities, or no threshold meets the target."""


class CollectionError(CitewellError):
    """An index cannot be used as it is."""


class MissingIndexError(CollectionError):
    """There is no index."""


class DamagedIndexError(CollectionError):
    """The index is truncated, altered or half-written."""


class ForeignIndexError(CollectionError):
    """The index is whole, but made for another encoder, format or program."""


class LockedIndexError(CollectionError):
    """Another process is writing the index."""


class ServerError(CollectionError):
    """The server that an index lies on cannot be reached, or refuses a call."""


class PartialIndexError(CollectionError):
    """The server answers for a part of the index only; what it does not find may be in the rest."""


class ChangedIndexError(CollectionError):
    """A writer changed the index while a question was answered; the same one can be asked again."""
