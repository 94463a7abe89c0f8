"""Say what is wrong with a program's call, in the form that OpenAI's clients read."""

from starlette.responses import JSONResponse

from citewell.errors import BusyError, CitewellError, RequestError
from citewell.web.blocks import log_mistake

BROKEN = "the question could not be answered"


def describe(message: str, where: str | None = None) -> dict[str, str | None]:
    """Return an error."""
    return {"message": message, "type": "invalid_request_error", "param": where, "code": None}


def refuse(status: int, message: str, where: str | None = None) -> JSONResponse:
    """Return an error as a response."""
    return JSONResponse({"error": describe(message, where)}, status)


def refuse_for(error: Exception, where: str | None = None) -> JSONResponse:
    """Return the response to a call that failed; the message repeats nothing of a mistake of ours.

    Args:
        error: Why it failed.
        where: The part of a well-formed call that any other error is about.
    """
    match error:
        case RequestError():
            return refuse(422, str(error), error.where)
        case BusyError():
            return refuse(429, str(error))
        case CitewellError():
            return refuse(400, str(error), where)
    log_mistake("a program's call", error)  # its message may repeat the question
    return refuse(500, BROKEN)
