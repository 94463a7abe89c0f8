"""The code in the documents runs, and what they say of the tree is so."""

import re
import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from citewell.assistant import default_assistant
from citewell.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "index" / "README.md",
    ROOT / "training" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
# Code and, where it is given right behind, its output.
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
# The one of web.md talks to a server, and is run in test_web.py.
WITH_CODE = [
    page for page in PAGES if page.name != "web.md" and BLOCK.search(page.read_text(encoding="utf-8"))
]


def name_of(page: Path) -> str:
    """Return a page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_the_python_of_a_document_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page.name != "README.md":  # whose reader has nothing yet
        shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    default_assistant.cache_clear()
    names = {"__name__": "document"}
    for code, output in BLOCK.findall(page.read_text(encoding="utf-8")):
        # In a thread: a browser's loop may run in this one.
        with redirect_stdout(StringIO()) as printed, ThreadPoolExecutor(1) as aside:
            aside.submit(exec, compile(code, str(page), "exec"), names).result()
        assert printed.getvalue() == (output or printed.getvalue())
    default_assistant.cache_clear()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_document_lead_somewhere(page: Path) -> None:
    dead = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target.strip()).exists()
    ]
    assert dead == []


def test_a_space_installs_what_the_package_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"], *extras["files"], *extras["models"], *extras["web"]}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} == wanted


def test_every_setting_is_in_its_document() -> None:
    rows = [
        f"| `{name}` | {'' if field.default in {None, ''} else f'`{field.default}`'} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("| `")] == rows


def test_what_security_rests_on_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2:4] for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) > 20
    for modules, tests in rows:
        for name in re.findall(r"`([\w/]+(?:\.py|/))`", modules):
            assert (ROOT / "src" / "citewell" / name).exists(), name
        for name in re.findall(r"`([\w/*]+(?:\.py|/))[^`]*`", tests):
            folder = ROOT if "/" in name else ROOT / "tests" / "security"
            assert list(folder.glob(name)), name
