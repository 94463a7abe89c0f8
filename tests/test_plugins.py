"""Folder = family, file = plugin, `create()` = door; other packages announce theirs by an entry point."""

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import citewell
from citewell import plugins
from citewell.errors import PluginError
from citewell.plugins import FAMILIES, Family

NEW = """
class Numbered:
    name, room = "numbered", 0

    def generate(self, task):
        yield "new"

def create():
    return Numbered()
"""


def run(code: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with folders in front of the path."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*map(str, paths), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_plugins_and_each_a_door(family: Family) -> None:
    names = plugins.names(family)

    assert names
    assert list(names) == sorted(names)
    for name in names:
        assert callable(import_module(f"{FAMILIES[family]}.{name}").create)


@pytest.mark.parametrize(("wrong", "right"), [("fais", "faiss"), ("Exact", "exact")])
def test_an_unknown_name_names_the_nearest_and_all(wrong: str, right: str) -> None:
    with pytest.raises(PluginError) as refused:
        plugins.load("indexes", wrong)

    assert str(refused.value) == (
        f"no indexes plugin is called {wrong!r}; there are: {', '.join(plugins.names('indexes'))}; "
        f"did you mean {right!r}?"
    )


@pytest.mark.parametrize("name", ["", "zzzzzz", "../index/encoders/hashing", "__init__", "faiss.x"])
def test_what_is_no_name_is_refused_and_not_imported(name: str) -> None:
    with pytest.raises(PluginError, match="there are: exact, faiss"):
        plugins.load("indexes", name)


def test_a_missing_library_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "citewell.index.vector.faiss", raising=False)
    monkeypatch.setitem(sys.modules, "faiss", None)

    with pytest.raises(
        PluginError, match=r"'faiss' needs the package 'faiss': pip install 'citewell\[all\]'"
    ):
        plugins.load("indexes", "faiss")


@pytest.mark.parametrize(
    ("parameters", "taken"),
    [("*, base_url=''", {"base_url": "x"}), ("**options", {"model": "y", "base_url": "x"}), ("", {})],
)
def test_a_plugin_takes_of_what_it_is_offered_what_it_has_a_parameter_for(
    parameters: str, taken: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("made")
    body = f"def create({parameters}): return dict(locals()).pop('options', None) or locals()"
    exec(body, module.__dict__)  # noqa: S102 - the code is above
    monkeypatch.setattr("citewell.plugins.importlib.import_module", lambda _: module)

    assert plugins.load("generators", "extractive", {"model": "y", "base_url": "x"}) == taken


def test_to_list_the_plugins_imports_none() -> None:
    done = run(
        "import sys\nfrom citewell import plugins\n"
        "for family in plugins.FAMILIES: plugins.names(family)\n"
        "print(sorted({'torch', 'faiss', 'bm25s', 'gradio', 'trafilatura'} & set(sys.modules)))"
    )

    assert done.stdout == "[]\n", done.stderr


def test_a_file_added_to_the_folder_is_a_plugin(tmp_path: Path) -> None:
    package = Path(citewell.__path__[0])
    python = shutil.ignore_patterns("__pycache__", "*.onnx", "*.npz")
    shutil.copytree(package, tmp_path / "citewell", ignore=python)
    (tmp_path / "citewell" / "generation" / "generators" / "numbered.py").write_text(NEW)
    done = run(
        "from citewell import plugins\nprint(plugins.names('generators'))\n"
        "print(list(plugins.load('generators', 'numbered').generate(None)))",
        tmp_path,
    )

    assert "'numbered'" in done.stdout, done.stderr
    assert "['new']" in done.stdout, done.stderr


def test_a_plugin_of_another_package_is_one_of_the_family(tmp_path: Path) -> None:
    announce(tmp_path, "numbered = theirs.numbered", NEW)
    done = run(
        "from citewell import plugins\nprint(plugins.names('generators'))\n"
        "print(list(plugins.load('generators', 'numbered').generate(None)))",
        tmp_path,
    )

    assert "'extractive'" in done.stdout, done.stderr
    assert "'numbered'" in done.stdout
    assert "['new']" in done.stdout


def test_what_a_plugin_of_another_package_lacks_is_named(tmp_path: Path) -> None:
    announce(tmp_path, "numbered = theirs.numbered", "import no_such_library\n" + NEW)
    done = run("from citewell import plugins\nplugins.load('generators', 'numbered')", tmp_path)

    assert done.stderr.splitlines()[-1] == (
        "citewell.errors.PluginError: the generators plugin 'numbered' needs the package 'no_such_library': "
        "pip install no_such_library"
    )


def test_a_mistake_inside_a_plugin_is_not_taken_for_a_missing_library(tmp_path: Path) -> None:
    announce(tmp_path, "numbered = theirs.numbered", "import citewell.no_such_module\n" + NEW)
    done = run("from citewell import plugins\nplugins.load('generators', 'numbered')", tmp_path)

    assert done.stderr.splitlines()[-1] == ("ModuleNotFoundError: No module named 'citewell.no_such_module'")


def announce(folder: Path, entry: str, code: str) -> None:
    """Lay out an installed package that announces a generator."""
    (folder / "theirs").mkdir()
    (folder / "theirs" / "__init__.py").touch()
    (folder / "theirs" / "numbered.py").write_text(code)
    (folder / "theirs-1.0.dist-info").mkdir()
    (folder / "theirs-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n"
    )
    (folder / "theirs-1.0.dist-info" / "entry_points.txt").write_text(f"[citewell.generators]\n{entry}\n")


def test_to_copy_sentences_loads_nothing_that_reckons_or_stems() -> None:
    done = run(
        "import sys\nfrom citewell import plugins\n"
        "plugins.load('generators', 'extractive')\n"
        "print(sorted(name for name in sys.modules if name in "
        "{'Stemmer', 'citewell.arithmetic.solver', 'citewell.arithmetic.checks', "
        "'citewell.arithmetic.amounts'}))"
    )

    assert done.stdout == "[]\n", done.stderr
