"""CONTRIBUTING alone is enough to write a plugin of each family."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from citewell import plugins

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?:python|json)\n(?:#|//) (my_package/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Which file is of which family; the page says it in prose.
FAMILIES = {
    "loaders": "log",
    "encoders": "letters",
    "indexes": "plain",
    "lexical": "shared",
    "readers": "words",
    "generators": "quoting",
}
ASKS = """
import json
from pathlib import Path
from citewell import Assistant, Settings, plugins

settings = Settings(
    encoder="letters", vector_index="plain", lexical="shared", reader="words", generator="quoting"
)
assistant = Assistant.from_files([Path("tide.log")], settings=settings)
answer = assistant.ask("When was the dike closed?")
article = assistant.collection.documents[0]
print(json.dumps({
    "text": answer.text,
    "abstention": answer.abstention,
    "writer": answer.trace.writer,
    "exact": [article.text[one.start:one.end] == one.quote for one in answer.citations],
    "listed": {family: list(plugins.names(family)) for family in plugins.FAMILIES},
}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Install the package of the page's blocks, as a wheel would lie in site-packages."""
    folder = tmp_path / "site"
    for name, text in BLOCK.findall(PAGE):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "my_package" / "__init__.py").touch()
    info = folder / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n", encoding="utf-8"
    )
    groups = (f"[citewell.{family}]\n{name} = my_package.{name}\n" for family, name in FAMILIES.items())
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    return folder


def run(site: Path, *command: str) -> str:
    """Run Python where the package is installed, in a folder with a log to ask."""
    work = site.parent
    (work / "tide.log").write_text("09:00\tthe tide rose\n10:30\tthe dike was closed\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *command],
        cwd=work,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(site), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_one_plugin_of_each_family() -> None:
    assert set(FAMILIES) == set(plugins.FAMILIES)
    files = {name for name, _ in BLOCK.findall(PAGE)}
    assert files == {"my_package/words.json", *(f"my_package/{name}.py" for name in FAMILIES.values())}
    for family in FAMILIES:
        assert f"| `citewell.{family}` |" in PAGE


def test_plugins_written_from_the_page_answer_with_exact_citations(site: Path) -> None:
    told = json.loads(run(site, "-c", ASKS))

    assert told["text"] == "At 10:30 the dike was closed. [1]"
    assert told["abstention"] is None
    assert told["writer"] == "quoting"
    assert told["exact"] == [True]
    for family, name in FAMILIES.items():
        assert name in told["listed"][family]


def test_the_command_line_lists_and_uses_them(site: Path) -> None:
    listed = run(site, "-m", "citewell", "plugins")
    for name in FAMILIES.values():
        assert name in listed
