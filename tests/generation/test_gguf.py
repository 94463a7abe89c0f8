"""Models in GGUF: found, checked, and downloaded from a hub."""

import hashlib
import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import huggingface_hub.constants
import pytest
from typer.testing import CliRunner

from citewell.cli.commands import app
from citewell.errors import GeneratorError
from citewell.generation import gguf

BODY = b"GGUF" + bytes(range(256)) * 4000
SHA256 = hashlib.sha256(BODY).hexdigest()
NAME = "maker/tiny-GGUF:tiny.gguf"


class Hub(BaseHTTPRequestHandler):
    """As much of the Hugging Face hub as gives one file."""

    body = BODY

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        entry = {
            "type": "file", "path": "tiny.gguf", "size": len(BODY), "oid": "0" * 40,
            "lfs": {"oid": SHA256, "size": len(BODY), "pointerSize": 130},
        }  # fmt: skip
        self.reply(json.dumps([entry]).encode(), Content_Type="application/json")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if "tiny.gguf" not in self.path:
            self.reply(b"{}", 404, X_Error_Code="EntryNotFound")
            return
        start = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        body = self.body[int(start[1]) :] if start else self.body
        if start:
            where = f"bytes {start[1]}-{len(self.body) - 1}/{len(self.body)}"
            self.reply(body, 206, Content_Range=where, ETag=f'"{SHA256}"', X_Repo_Commit="0" * 40)
        else:
            self.reply(body, ETag=f'"{SHA256}"', X_Repo_Commit="0" * 40, X_Linked_Size=str(len(self.body)))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hub]]:
    """A hub on this machine, in place of the real one."""

    class Own(Hub):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", url)
    monkeypatch.setattr(
        huggingface_hub.constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        url + "/{repo_id}/resolve/{revision}/{filename}",
    )
    monkeypatch.setenv("HF_ENDPOINT", url)
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    yield Own
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_model_is_fetched_hashed_and_found_again(hub: type[Hub], tmp_path: Path) -> None:
    del hub
    told: list[tuple[int, int]] = []
    path = gguf.download(NAME, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert path.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert gguf.expected_sha256(path) == SHA256
    assert gguf.find("tiny", tmp_path) == gguf.find("tiny.gguf", tmp_path) == path
    assert [item.sha256 for item in gguf.list_models(tmp_path)] == [SHA256]
    assert gguf.verify(path) == SHA256


def test_a_file_that_is_not_what_the_hub_says_is_set_aside(hub: type[Hub], tmp_path: Path) -> None:
    hub.body = BODY[:-1] + b"x"
    with pytest.raises(GeneratorError, match=f"wanted {SHA256}.*set aside"):
        gguf.download(NAME, tmp_path)
    assert not (tmp_path / "tiny.gguf").exists()
    assert (tmp_path / "tiny.gguf.wrong").exists()


def test_a_hash_that_was_given_counts(hub: type[Hub], tmp_path: Path) -> None:
    del hub
    with pytest.raises(GeneratorError, match="wanted 00"):
        gguf.download(NAME, tmp_path, wanted="00")


def test_a_file_that_the_hub_lacks_is_named(hub: type[Hub], tmp_path: Path) -> None:
    del hub
    with pytest.raises(GeneratorError, match=r"^maker/other:none\.gguf cannot be downloaded"):
        gguf.download("maker/other:none.gguf", tmp_path)


@pytest.mark.parametrize("name", ["", "qwen", "maker/tiny", "maker/tiny:model.bin", "tiny:x.gguf"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="REPOSITORY:FILE"):
        gguf.download(name, tmp_path)


def test_a_damaged_model_is_told_from_its_hash(hub: type[Hub], tmp_path: Path) -> None:
    del hub
    path = gguf.download(NAME, tmp_path)
    path.write_bytes(BODY[:-1])
    with pytest.raises(GeneratorError, match="download it again"):
        gguf.verify(path)


def test_the_command_line_lists_fetches_and_checks(hub: type[Hub], tmp_path: Path) -> None:
    del hub
    run, folder = CliRunner(), ["--models-folder", str(tmp_path)]
    empty = run.invoke(app, ["models", "list", *folder])
    assert "no models" in empty.output
    assert "qwen2.5-coder-1.5b" in empty.output
    fetched = run.invoke(app, ["models", "download", NAME, *folder])
    assert fetched.exit_code == 0, fetched.output
    assert "--generator llama_cpp --model tiny.gguf" in fetched.output
    assert "tiny.gguf" in run.invoke(app, ["models", "list", *folder]).output
    checked = run.invoke(app, ["models", "check", "tiny", *folder])
    assert "as it should be" in " ".join(checked.output.split())
