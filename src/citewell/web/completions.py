"""Answer the chat completions that clients of OpenAI's interface send, with citations as annotations.

The last message is the question, and those before it are its history. What a system message says is left out:
text is data here. An annotation ties characters of the answer to characters of an article.
"""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from citewell.answers.answer import Answer, appended_text
from citewell.answers.recording import record_for_visitor
from citewell.answers.writer import Event
from citewell.assistant import Assistant
from citewell.errors import RequestError
from citewell.text import tokens
from citewell.text.normalisation import normalise
from citewell.web.blocks import log_mistake
from citewell.web.inputs import Completion, check
from citewell.web.leaving import while_here
from citewell.web.plainjson import parse
from citewell.web.refusals import BROKEN, describe, refuse_for
from citewell.web.turns import Turns

MODEL = "citewell"
STREAMED = {"content-type": "text/event-stream", "cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Completions:
    """Answer requests.

    Attributes:
        assistant: The assistant that answers.
        turns: How many requests are answered at once.
    """

    assistant: Assistant
    turns: Turns

    async def answer(self, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose body has been read; a client that hangs up is worked for no longer."""
        response = await while_here(receive, self.respond(body))
        if response is not None:
            await response(scope, receive, send)

    async def respond(self, body: bytes) -> Response:
        """Return the response to a body; the first event is waited for, so that errors have their status."""
        try:
            asked: Completion = check(Completion, parse(body))
            messages = read_messages(asked)
            events = self.events(normalise(asked.question), messages[:-1])
            first = await anext(events)
            if asked.stream:
                usage = bool(asked.stream_options and asked.stream_options.include_usage)
                return StreamingResponse(stream(first, events, usage=usage), headers=STREAMED)
            return JSONResponse(complete(await read_last(first, events)))
        except Exception as error:  # noqa: BLE001  # the client is told, or the log
            return refuse_for(error, "messages")

    async def events(self, question: str, history: list[dict[str, Any]]) -> AsyncGenerator[Event]:
        """Yield the events of an answer, when it is its turn."""
        async with self.turns.turn(), aclosing(self.assistant.astream(question, history)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    record_for_visitor(self.assistant.settings.record, event)
                yield event


async def read_last(first: Event, events: AsyncGenerator[Event]) -> Answer:
    """Return the Answer, which comes last."""
    async with aclosing(events):
        last = [first, *[event async for event in events]][-1]
    if isinstance(last, Answer):
        return last
    raise RuntimeError(BROKEN)


def read_messages(asked: Completion) -> list[dict[str, Any]]:
    """Return the messages of user and assistant; the last is the question.

    Raises:
        RequestError: The last message is not the user's.
    """
    if not asked.messages or asked.messages[-1].role != "user":
        where = "messages"
        raise RequestError(where, "the last one must be the user's question")
    return [item.model_dump() for item in asked.messages if item.role in {"user", "assistant"}]


def complete(answer: Answer) -> dict[str, Any]:
    """Return an answer as a chat completion."""
    message = {"role": "assistant", "content": answer.text, "refusal": None, "annotations": annotate(answer)}
    return {
        **head("chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": count(answer),
        "citewell": answer.to_dict(),
    }


async def stream(first: Event, events: AsyncGenerator[Event], *, usage: bool) -> AsyncIterator[bytes]:
    """Yield the chunks of a chat completion as server-sent events; only checked text is sent."""
    about = head("chat.completion.chunk")

    def chunk(delta: Mapping[str, Any], reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return line({**about, "choices": [choice], **more})

    yield chunk({"role": "assistant", "content": ""})
    try:
        async with aclosing(events):
            event: Event | None = first
            while event is not None:
                if isinstance(event, str):
                    yield chunk({"content": event})
                elif isinstance(event, Answer):
                    yield chunk({"annotations": annotate(event)}, "stop", citewell=event.to_dict())
                    if usage:
                        yield line({**about, "choices": [], "usage": count(event)})
                event = await anext(events, None)
    except Exception as error:  # noqa: BLE001  # a bug of ours; its message may repeat the question
        log_mistake("a chat completion", error)
        yield line({"error": describe(BROKEN)})
    yield b"data: [DONE]\n\n"


def annotate(answer: Answer) -> list[dict[str, Any]]:
    """Return an annotation for each citation of each statement.

    `start_index` and `end_index` are the statement's in the answer's text, in code points. `char_location` is
    the citation, whose offsets are those of its article.
    """
    found, end = [], 0
    for place, statement in enumerate(answer.statements):
        end += len(appended_text(answer.statements[: place + 1]))
        last = end - len(statement.markers)
        for citation in statement.citations:
            shown = {
                "start_index": last - len(statement.text),
                "end_index": last,
                "title": citation.document_title,
                "url": citation.source,
            }
            found.append({"type": "url_citation", "url_citation": shown, "char_location": citation.to_dict()})
    return found


def head(kind: str) -> dict[str, Any]:
    """Return what every part of a completion begins with."""
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def count(answer: Answer) -> dict[str, int]:
    """Return the tokens of question and answer, as tiktoken counts them."""
    asked, said = tokens.count(answer.question), tokens.count(answer.text)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def line(told: Mapping[str, Any]) -> bytes:
    """Return an object as a server-sent event."""
    return f"data: {json.dumps(told)}\n\n".encode()
