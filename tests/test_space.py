"""Outside the package: a Space has what app.py needs, and a container is built of what is there."""

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import space

ROOT = Path(__file__).parents[1]
# What no requirement brings is not there for the program, however it is installed here.
HOOK = """
import sys
from importlib.machinery import PathFinder
class Hiding(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        hidden = name.partition(".")[0] in {modules!r}
        return None if hidden else super().find_spec(name, path, target)
    @classmethod
    def find_distributions(cls, *given, **named):
        for found in super().find_distributions(*given, **named):
            if found.metadata["Name"] not in {names!r}:
                yield found
sys.meta_path[:] = [Hiding if finder is PathFinder else finder for finder in sys.meta_path]
"""


def brought(lines: list[str]) -> set[str]:
    """Return the names of all distributions that requirements bring."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (canonicalize_name(wanted.name), extra)
            if key in found:
                continue
            found.add(key)
            needs = map(Requirement, metadata.requires(wanted.name) or ())
            waiting += [need for need in needs if not need.marker or need.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}


def missing() -> tuple[set[str], set[str]]:
    """Return the modules and the distributions of this environment that the requirements do not bring."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    there = brought([line for line in lines if not line.startswith("#")])
    modules = {
        module
        for module, names in metadata.packages_distributions().items()
        if not there & set(map(canonicalize_name, names)) and module != "citewell"
    }
    names = {found.metadata["Name"] for found in metadata.distributions()}
    return modules, {name for name in names if canonicalize_name(name) not in there}


@pytest.mark.slow(reason="the web chat is started with its real models")
def test_the_requirements_of_a_space_are_enough_to_answer_over_http(tmp_path: Path) -> None:
    modules, names = missing()
    assert {"mcp", "openai", "pytest", "reportlab"} <= modules & names
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(HOOK.format(modules=modules, names=names))
    told = space.answer(Path(sys.executable), tmp_path, {"PYTHONPATH": str(tmp_path / "hook")})
    assert told["short"] == "179"
    assert told["citations"][0]["document_id"] == "operation-disruptor"


def test_a_space_is_given_the_gradio_that_is_tested() -> None:
    head = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    told = dict(line.split(": ", 1) for line in head.strip().splitlines())
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert f"gradio=={told['sdk_version']}" in pins
    assert (ROOT / told["app_file"]).is_file()
    assert told["python_version"].strip('"') == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_a_container_is_built_of_what_is_there_and_starts_what_is_installed() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    needed |= {
        name.partition("/")[0] for name in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    }
    assert needed <= set(copied)
    assert re.findall(r"--no-deps --requirement (\S+) \.", text) == ["requirements-light-web.txt"]
    assert 'ENTRYPOINT ["citewell"]' in lines
    assert "citewell" in project["project"]["scripts"]
    # Without a choice of who may ask, the server refuses such an address.
    assert "ENV CITEWELL_HOST=0.0.0.0" in lines
    assert "without-auth" not in "".join(lines)
