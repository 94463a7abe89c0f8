"""Define every key and type that a visitor may send; refuse everything else.

Gradio looks for files in whatever it is given: an object that looks like a file of its own is opened, copied
or fetched, at any depth. So no request reaches Gradio unchanged. This module reads the request, checks it
against a schema for the route, and writes it anew from the values that the schema defines.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from citewell.errors import RequestError
from citewell.web.plainjson import WHOLE, parse

# The settings limit a question, and the answer to a longer question says so. This limits all other texts.
LONGEST = 100_000
LONGEST_NAME = 2_000
# The next question uses the last twenty; programs send more of them.
MOST_TURNS = 1_000
MOST_FILES = 100
# Characters of a conversation that a browser has kept; a request has 1,000,000 bytes at most.
MOST_KEPT = 900_000
Text: TypeAlias = Annotated[str, Field(max_length=LONGEST)]
Name: TypeAlias = Annotated[str, Field(max_length=LONGEST_NAME)]
# The page makes one of letters and digits, gradio_client a UUID.
SESSION = r"^[A-Za-z0-9-]{1,64}$"
Session: TypeAlias = Annotated[str, Field(pattern=SESSION)]
EventId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Token: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Turn: TypeAlias = Annotated[int, Field(ge=-1, le=1_000_000)]


class Input(BaseModel):
    """The base of all inputs: exactly these keys, each with its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# What the page sends with an event


class Nothing(Input):
    """An event without data."""


class Starter(Input):
    """A suggested question was chosen; the question box sends no value."""

    question: Text = ""


class Act(Input):
    """An exchange is edited, kept, taken back or asked again."""

    do: Literal["edit", "keep", "undo", "retry"]
    turn: Turn = -1


class Verdict(Input):
    """An answer is called right or wrong."""

    turn: Turn
    verdict: Literal["up", "down"]
    answer: Text = ""
    unsaid: bool = False


class Pointing(Input):
    """A citation is pointed to."""

    turn: Turn
    number: Annotated[int, Field(ge=0, le=1_000_000)]


class Opening(Input):
    """The page's address names a quote of an article."""

    document: Name
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Saving(Input):
    """The conversation is saved."""

    kind: Literal["md", "html", "json"]


class Seeking(Input):
    """A statement or question is looked for in all articles."""

    text: Text


class Showing(Input):
    """A sentence that was found is pointed to."""

    number: Annotated[int, Field(ge=0, le=1_000_000)]


class Limiting(Input):
    """Articles are chosen by title, source and date."""

    title: Name = ""
    source: Name = ""
    since: Name = ""
    until: Name = ""


class Ticking(Input):
    """Articles are ticked or ticked off: those of these values, or all that meet the conditions."""

    articles: Annotated[list[Name], Field(max_length=MOST_FILES)] = []
    on: bool = True


class Exporting(Input):
    """The sentences that were found are saved."""

    kind: Literal["csv", "json"]


class Checking(Input):
    """A text is checked."""

    text: Text


class CheckSaving(Input):
    """The check is saved, or copied."""

    kind: Literal["md", "html", "json"]
    clip: bool = False


class Claimed(Input):
    """A claim of the text is pointed to, or one of its citations."""

    number: Annotated[int, Field(ge=0, le=1_000_000)]
    citation: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Bringing(Input):
    """Articles are added: by the token that the server gave for each upload, or by an address."""

    tokens: Annotated[list[Token], Field(max_length=MOST_FILES)] = []
    url: Name = ""


class Removing(Input):
    """One of the visitor's own articles is removed."""

    document: Name


class Returned(Input):
    """A page asks for the session of a key: of the page before it, or its own where it is `here`."""

    key: Token
    here: bool = False


class Agreeing(Input):
    """The visitor agrees that the browser keeps the conversation, or does not."""

    yes: bool


class Restoring(Input):
    """The browser brings what it has kept: uploads, addresses, and the conversation as JSON."""

    tokens: Annotated[list[Token], Field(max_length=MOST_FILES)] = []
    urls: Annotated[list[Name], Field(max_length=MOST_FILES)] = []
    without: Annotated[list[Name], Field(max_length=MOST_FILES)] = []
    talk: Annotated[str, Field(max_length=MOST_KEPT)] = ""
    chosen: Name = ""


# What other programs send


class Block(Input):
    """A piece of a message."""

    type: Literal["text"] = "text"
    text: Text


class Message(Input):
    """An earlier message."""

    role: Literal["user", "assistant", "system"]
    content: Text | Annotated[list[Text | Block], Field(max_length=MOST_TURNS)]


ARTICLE = Field(description="Id of the only article to look at; all when empty.")
WHERE = Field(
    description="Conditions that the articles meet, such as published>=2019-07-01 or title:Harbour."
)


class ChatMessage(Input):
    """A message of a chat completion."""

    role: Literal["user", "assistant", "system", "developer"]
    content: Text | Annotated[list[Block], Field(max_length=MOST_TURNS)]
    name: Name = ""


class StreamOptions(Input):
    """What a stream has besides."""

    include_usage: bool = False


class Completion(Input):
    """A chat completion: OpenAI's keys that have a meaning here, and those that change no answer.

    An answer is the likeliest whatever is asked of the sampling, and as long as the settings allow. Tools and
    several choices are refused, because they would be missed.
    """

    messages: Annotated[list[ChatMessage], Field(max_length=MOST_TURNS)]
    model: Name = ""
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    temperature: float | None = None
    top_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    seed: int | None = None
    user: Name | None = None

    @property
    def question(self) -> str:
        """The last message's text."""
        content = self.messages[-1].content
        return content if isinstance(content, str) else " ".join(block.text for block in content)


class Ask(Input):
    """Answer a question about the articles; every sentence cites the exact characters that prove it."""

    question: Annotated[Text, Field(description="The question, in any wording.")]
    history: Annotated[
        list[Text | Message] | None,
        Field(max_length=MOST_TURNS, description="Earlier questions, or messages; oldest first."),
    ] = None
    article: Annotated[Name, ARTICLE] = ""
    where: Annotated[Name, WHERE] = ""


class Find(Input):
    """Find every sentence that states a thing or answers a question, with its exact place, surest first."""

    text: Annotated[
        Text, Field(description='A statement ("X was arrested") or a question ("Who mentioned X?").')
    ]
    article: Annotated[Name, ARTICLE] = ""
    where: Annotated[Name, WHERE] = ""


class Check(Input):
    """Check a text: for each of its claims, whether the articles support or contradict it, and where."""

    text: Annotated[Text, Field(description="Any text, in sentences.")]
    article: Annotated[Name, ARTICLE] = ""
    where: Annotated[Name, WHERE] = ""


# The endpoints that other programs call, each with its arguments, in order.
ENDPOINTS: Mapping[str, type[Ask | Find | Check]] = {"ask": Ask, "find": Find, "check": Check}


class Cancel(Input):
    """A request to stop the event that runs for a visitor."""

    session_hash: Session
    fn_index: Annotated[int, Field(ge=0, le=10_000)]
    event_id: EventId


class Reset(Input):
    """A request that the server ignores now; clients still send it."""

    event_id: EventId


# The kinds of value that events take. The server keeps the state; a client sends only that it has none.
# A box that nobody has typed into has no value.
KINDS: Mapping[str, Any] = {
    "question": Annotated[Text, BeforeValidator(lambda value: "" if value is None else value)],
    "choice": Name,
    "key": Annotated[Name, BeforeValidator(lambda value: "" if value is None else value)],
    "state": None,
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the page.

    Attributes:
        data: The kind of each value that the event takes.
        sends: The data that the page sends with the event.
        triggers: Ids of the components that can cause the event.
    """

    data: tuple[str, ...]
    sends: type[Input] = Nothing
    triggers: frozenset[int] = frozenset()

    def schema(self) -> type[Input]:
        """Return the schema of a request that causes the event."""
        values: Any = tuple(KINDS[kind] for kind in self.data)
        causes: Any = tuple(sorted(self.triggers))
        sends: Any = self.sends
        fields: dict[str, Any] = {
            "data": (tuple[values], ...),
            "event_data": (sends | None, None),
            "fn_index": (int, ...),
            "trigger_id": (Literal[causes] | None, None),
            "session_hash": (Session, ...),
        }
        return create_model("Join", __base__=Input, **fields)


def list_of_arguments(endpoint: type[Input]) -> Any:
    """Return the kind of a list with the arguments of an endpoint, which may lack the last ones."""
    return Annotated[list[Any], Field(min_length=1, max_length=len(endpoint.model_fields))]


def queued(endpoint: type[Input]) -> type[Input]:
    """Return the schema of a call by the queue, as gradio_client makes it."""
    return create_model(
        "Queued",
        __base__=Input,
        data=(list_of_arguments(endpoint), ...),
        fn_index=(int, ...),
        session_hash=(Session, ...),
        event_data=(None, None),
        trigger_id=(None, None),
    )


def direct(endpoint: type[Input]) -> type[Input]:
    """Return the schema of a call in two steps."""
    return create_model("Direct", __base__=Input, data=(list_of_arguments(endpoint), ...))


class Inputs:
    """The inputs that each route takes, for the events of the page as built."""

    def __init__(self, events: Mapping[int, Event], endpoints: Mapping[int, str]) -> None:
        """Take the events by their numbers, and the names of the endpoints by theirs."""
        self._schemas = {number: event.schema() for number, event in events.items()}
        self._endpoints = {number: ENDPOINTS[name] for number, name in endpoints.items()}
        self._routes: dict[str, Callable[[object], object]] = {
            "/gradio_api/queue/join": self.join,
            "/gradio_api/cancel": lambda body: check(Cancel, body).model_dump(),
            "/gradio_api/reset": lambda body: check(Reset, body).model_dump(),
        }
        for name in endpoints.values():
            self._routes[f"/gradio_api/call/{name}"] = partial(call, ENDPOINTS[name])
            self._routes[f"/gradio_api/call/v2/{name}"] = partial(call_by_name, ENDPOINTS[name])

    def takes(self, path: str) -> bool:
        """Whether a path takes one of these inputs."""
        return path in self._routes

    def rewrite(self, path: str, body: bytes) -> bytes:
        """Check a posted body and return it written anew.

        Raises:
            RequestError: The body does not match the schema of the route.
        """
        return json.dumps(self._routes[path](parse(body))).encode()

    def join(self, body: object) -> object:
        """Return an event of the page, or a call of an endpoint, from the queue's route."""
        number = body.get("fn_index") if isinstance(body, dict) else None
        endpoint = self._endpoints.get(number) if type(number) is int else None
        if endpoint is not None:
            asked = check(queued(endpoint), body)
            return {**asked.model_dump(exclude_none=True), "data": list_arguments(endpoint, asked.data)}
        schema = self._schemas.get(number) if type(number) is int else None
        if schema is None:
            where = "fn_index"
            raise RequestError(where, "no event of the page; reload it")
        return check(schema, body).model_dump()


def call(endpoint: type[Input], body: object) -> object:
    """Return a call of an endpoint in two steps, with missing arguments filled in."""
    return {"data": list_arguments(endpoint, check(direct(endpoint), body).data)}


def call_by_name(endpoint: type[Input], body: object) -> object:
    """Return a call of an endpoint whose arguments have their names."""
    return check(endpoint, body).model_dump()


def list_arguments(endpoint: type[Input], data: Sequence[object]) -> list[object]:
    """Return the arguments of a call of an endpoint, in order.

    Raises:
        RequestError: An argument has the wrong type or value.
    """
    named: Input = check(endpoint, dict(zip(endpoint.model_fields, data, strict=False)))
    return list(named.model_dump().values())


def check(schema: type[Input], body: object) -> Any:
    """Check a value against its schema and return it.

    Raises:
        RequestError: The value does not match the schema; the message does not repeat the value.
    """
    try:
        # Validated as JSON, because JSON writes a tuple as a list.
        return schema.model_validate_json(json.dumps(body))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = [part for part in first["loc"] if isinstance(part, int) or part.isidentifier()]
    what = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] == "extra_forbidden":  # its name is the client's own
        where, what = where[: len(first["loc"]) - 1], "has a key that nothing here takes"
    raise RequestError(".".join(map(str, where)) or WHOLE, what)
