"""Visit a server by plain HTTP, as the page does or as somebody who means harm does."""

import http.client
import json
import re
import secrets
from typing import Any
from urllib.parse import quote, urlsplit

JSON = {"Content-Type": "application/json"}


class Visitor:
    """Somebody with a session of their own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = secrets.token_hex(8)
        self.events: dict[str, dict[str, Any]] = {
            event["api_name"]: event
            for event in json.loads(self.request("GET", "/config")[1])["dependencies"]
        }

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Send a request exactly as given; return the status and the text of what comes back."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        finally:
            connection.close()

    def post(self, path: str, body: object) -> tuple[int, str]:
        """Send JSON."""
        return self.request("POST", path, json.dumps(body).encode(), JSON)

    def join(self, name: str, data: object, event_data: object = None, **more: object) -> tuple[int, str]:
        """Cause an event; return the status, and what the server says of it till it is done."""
        event = self.events[name]
        body = {"data": data, "fn_index": event["id"], "session_hash": self.session, **more}
        if event_data is not None:
            body["event_data"] = event_data
        status, said = self.post("/gradio_api/queue/join", body)
        if status != 200:
            return status, said
        return self.request("GET", f"/gradio_api/queue/data?session_hash={body['session_hash']}")

    @property
    def key(self) -> str:
        """What the server calls this visitor's page."""
        _, said = self.join("greet", [None])
        found = re.search(r'data-visit=\\"([\w-]+)\\"', said)
        assert found, said
        return found[1]

    def upload(self, name: str, content: bytes, key: str | None = None, **headers: str) -> tuple[int, str]:
        """Send a file; return the status and the token, or the sentence of refusal."""
        sent = {
            "Content-Type": "application/octet-stream",
            "X-Visit": self.key if key is None else key,
            "X-Name": quote(name, safe=""),
            **headers,
        }
        status, said = self.request("POST", "/upload", content, sent)
        return status, said.strip()

    def read(self, *tokens: str) -> str:
        """Have what was sent read; return what the server says."""
        return self.join("add", [None], {"tokens": list(tokens)})[1]

    def call(self, *data: object) -> tuple[int, str]:
        """Call `ask` in two steps."""
        status, said = self.post("/gradio_api/call/ask", {"data": list(data)})
        if status != 200:
            return status, said
        return self.request("GET", f"/gradio_api/call/ask/{json.loads(said)['event_id']}")
