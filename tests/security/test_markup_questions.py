"""A question of which a page would show nothing asks nothing."""

import json

import pytest

from serving import JSON, ask, connected

Address = tuple[str, int]


def answer(address: Address, question: str) -> dict[str, object]:
    body = json.dumps({"data": [question, [], ""]}).encode()
    event = json.loads(ask(address, "POST /gradio_api/call/ask", JSON, body=body).partition(b"\r\n\r\n")[2])
    with connected(address) as stream:
        stream.sendall(
            f"GET /gradio_api/call/ask/{event['event_id']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        heard = b""
        while b"event: complete" not in heard or not heard.rstrip().endswith(b"]"):
            part = stream.recv(65536)
            assert part, heard
            heard += part
            if heard.endswith(b"0\r\n\r\n"):
                break
    line = next(line for line in heard.split(b"\n") if line.startswith(b"data: ["))
    (got,) = json.loads(line.removeprefix(b"data: "))
    assert isinstance(got, dict)
    return got


@pytest.mark.parametrize(
    "question",
    [
        "<b></b>",
        "<script>How high did the tide rise?</script>",
        "<img src=x onerror=alert('tide')>",
        "&nbsp;&#8203;",
        "\u200b\u2060\ufeff",
        "<!-- How high did the tide rise? -->",
    ],
)
def test_only_markup_is_no_question(open_to_all: Address, question: str) -> None:
    assert answer(open_to_all, question)["abstention"] == "not_a_question"


def test_a_question_in_markup_is_one(open_to_all: Address) -> None:
    assert answer(open_to_all, "<b>How high</b> did the tide rise?")["abstention"] != "not_a_question"
