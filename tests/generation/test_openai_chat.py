"""A model on a server: what is sent, what is read, and every way in which a server fails."""

import json
import logging

import pytest

from citewell import plugins
from citewell.assistant import Assistant
from citewell.errors import GeneratorError
from citewell.generation.generator import GenerationRequest, Generator, Marker, ShortAnswer
from citewell.questions.history import Turn
from faulty import Behaviour, Server, chunk, failing, serving

TASK = GenerationRequest(
    "How many?", ("None.", "It rained.", "So it is.", "In Germany 42 people were arrested.")
)
GERMANY = "How many people were arrested in Germany?"
KEY = "sk-not-to-be-seen-anywhere"


def made(server: Server | str, **options: object) -> Generator:
    url = server if isinstance(server, str) else server.url
    given = {"model": "m", "model_retries": 1, "model_seconds": 2.0} | options
    generator: Generator = plugins.load("generators", "openai_chat", base_url=url, **given)
    return generator


def test_text_and_markers_are_read_and_the_prompt_is_sent_once() -> None:
    with serving(Behaviour()) as server:
        found = list(made(server).generate(TASK))
    text = "".join(piece for piece in found if isinstance(piece, str))
    assert text == "In Germany 42 people were arrested"
    assert [piece for piece in found if not isinstance(piece, str)] == [Marker(4), ShortAnswer("42")]
    (request,) = server.requests
    assert request["temperature"] == 0
    assert request["stream"] is True
    assert "[4] In Germany 42 people were arrested." in request["messages"][0]["content"]
    assert "grammar" not in request


def test_a_server_that_takes_grammars_gets_one() -> None:
    with serving(Behaviour()) as server:
        list(made(server, grammar=True).generate(TASK))
    assert '"1" | "2" | "3" | "4"' in server.requests[0]["grammar"]


def test_a_follow_up_is_put_into_one_line() -> None:
    with serving(Behaviour(text="How many were arrested in Sweden?\n")) as server:
        said = made(server).standalone("And in Sweden?", [Turn("How many were arrested in Germany?", "42")])
    assert said == "How many were arrested in Sweden?"
    assert "And in Sweden?" in server.requests[0]["messages"][1]["content"]


def reply(logprobs: object) -> Behaviour:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Yes"}, "logprobs": logprobs}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
    return Behaviour(headers={"Content-Type": "application/json"}, body=json.dumps(body))


def test_a_grade_is_read_from_what_the_server_tells_of_its_first_token() -> None:
    tops = [{"token": "Yes", "logprob": -0.5, "bytes": None}, {"token": "no", "logprob": -2.5, "bytes": None}]
    with serving(reply({"content": [tops[0] | {"top_logprobs": tops}]})) as server:
        assert made(server).grade("How many?", "42", "There were 42.") == pytest.approx(2.0)
    (request,) = server.requests
    assert "Student's answer: 42" in request["messages"][1]["content"]
    assert request["max_tokens"] == 1


@pytest.mark.parametrize("told", [None, {"content": None}, {"content": []}])
def test_a_server_that_does_not_tell_gives_no_grade(told: object) -> None:
    with serving(reply(told)) as server:
        assert made(server).grade("How many?", "42", "There were 42.") is None


@pytest.mark.parametrize("behaviour", [failing(401, "bad key"), failing(500, "oops"), Behaviour(body="{}")])
def test_a_server_that_fails_to_grade_is_one_clear_error(behaviour: Behaviour) -> None:
    with serving(behaviour) as server, pytest.raises(GeneratorError, match="the server at http://127"):
        made(server).grade("How many?", "42", "There were 42.")


def test_grades_of_a_model_that_was_not_calibrated_are_not_used() -> None:
    assert made("http://127.0.0.1:1/v1").grading is None


# Faults

FAULTS = {
    "refused key": (failing(401, "bad key"), "refuses the key"),
    "forbidden": (failing(403, "no"), "does not allow this key"),
    "no such model": (failing(404, "model m not found"), "has no model 'm'"),
    "too often": (failing(429, "slow down", Retry_After="0.1"), "is asked too often"),
    "broken": (failing(500, "oops"), "fails (500)"),
    "overloaded": (failing(503, "oops", Retry_After="0.1"), "fails (503)"),
    "context overflow": (failing(400, "exceeds the available context size"), "lower context_tokens"),
    "other bad request": (failing(400, "what?"), "fails (400)"),
    "no JSON in the error": (Behaviour(502, body="<html>"), "fails (502)"),
    "cut in mid-stream": (Behaviour(cut=3), "broke off"),
    "nothing at all": (Behaviour(cut=0), "broke off"),
    "malformed chunk": (Behaviour(lines=[chunk("It "), "{no json"]), "no chat completion"),
    "chunks of another kind": (Behaviour(lines=['["a"]', "[DONE]"]), ""),
    "error in the stream": (
        Behaviour(lines=[chunk("It "), json.dumps({"error": {"message": "oops"}})]), "in the middle",
    ),
    "a page": (Behaviour(headers={"Content-Type": "text/html"}, body="<html>hello</html>"), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_one_clear_error(name: str) -> None:
    behaviour, said = FAULTS[name]
    with serving(behaviour) as server, pytest.raises(GeneratorError) as caught:
        list(made(server).generate(TASK))
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert len(server.requests) <= 2  # asked again once at most


def test_a_slow_server_is_not_waited_for_for_ever() -> None:
    with serving(Behaviour(wait=3)) as server, pytest.raises(GeneratorError, match="did not answer in time"):
        list(made(server, model_seconds=0.2, model_retries=0).generate(TASK))


def test_a_server_that_is_not_there_is_named() -> None:
    with serving(Behaviour()) as server:
        url = server.url
    with pytest.raises(GeneratorError, match=r"127\.0\.0\.1:\d+ cannot be reached"):
        list(made(url).generate(TASK))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_recovers_is_asked_again(status: int) -> None:
    with serving(failing(status, "later", Retry_After="0.05"), Behaviour()) as server:
        found = list(made(server).generate(TASK))
    assert ShortAnswer("42") in found
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_will_not_change_is_not_asked_again(status: int) -> None:
    with serving(failing(status, "no")) as server, pytest.raises(GeneratorError):
        list(made(server, model_retries=3).generate(TASK))
    assert len(server.requests) == 1


def test_stopping_hangs_up() -> None:
    with serving(Behaviour(text="word " * 5000)) as server:
        stream = iter(made(server).generate(TASK))
        next(stream)
        stream.close()
        assert server.hung_up.wait(5)


@pytest.mark.parametrize("name", ["broken", "cut in mid-stream", "refused key", "malformed chunk"])
def test_the_article_s_own_words_stand_in_and_say_so(assistant: Assistant, name: str) -> None:
    behaviour, said = FAULTS[name]
    with serving(behaviour) as server:
        answer = assistant.with_generator(made(server, model_retries=0)).ask(GERMANY)
    assert answer.short == "42"
    assert answer.trace.writer == "extractive"
    assert said in answer.message
    assert "In the article's own words" in answer.message


def test_the_key_is_sent_and_stands_nowhere_else(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    seen = []
    with serving(Behaviour(), failing(401, f"the key {KEY} is wrong")) as server:
        generator = made(server, api_key_variable="MY_KEY")
        for _ in range(2):
            answer = assistant.with_generator(generator).ask(GERMANY)
            seen += [json.dumps(answer.to_dict()), answer.message]
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert answer.trace.fallback
    ours = "".join(record.getMessage() for record in caplog.records)
    assert KEY not in "".join((*seen, ours, generator.name, repr(generator)))


# What is wrong before anything is asked


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs base_url"),
        ({"base_url": "http://127.0.0.1:1/v1"}, "needs model"),
        ({"model": "m"}, "needs base_url"),
        ({"model": "m", "base_url": "127.0.0.1:8080"}, "is not an"),
        ({"model": "m", "base_url": "ftp://127.0.0.1/v1"}, "is not an http"),
        ({"model": "m", "base_url": "http://"}, "is not an"),
    ],
)
def test_what_is_lacking_is_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(GeneratorError, match=said):
        plugins.load("generators", "openai_chat", **options)
