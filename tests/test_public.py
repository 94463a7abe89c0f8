import subprocess
import sys
from pathlib import Path

import citewell

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "bm25s",
    "gradio",
    "trafilatura",
    "pdfminer",
    "fontTools",
)


def modules_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and return what it has imported."""
    shown = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n', *sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(shown.stdout.splitlines()[-1].split())


def test_all_is_the_sorted_public_names() -> None:
    assert citewell.__all__ == sorted(citewell._HOMES)  # noqa: SLF001 - the table that serves the names
    for name in citewell.__all__:
        assert getattr(citewell, name).__name__ == name


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not modules_after("import citewell") & {*HEAVY, "numpy"}


def test_the_command_line_and_its_errors_load_nothing_heavy() -> None:
    loaded = modules_after(
        "from citewell.cli.commands import app\n"
        "from citewell.errors import CitewellError\n"
        "none = ['--index', 'none']\n"
        "for words in (['--help'], ['plugins'], ['inspect', *none], ['ask', 'x', *none]):\n"
        "    try: app(words)\n"
        "    except (SystemExit, CitewellError): pass"
    )
    assert not loaded & set(HEAVY)


def test_files_are_loaded_by_the_package_itself(tmp_path: Path) -> None:
    (tmp_path / "tide.txt").write_text("The tide rose.")
    (tmp_path / "none.txt").write_text(" ")

    loaded = citewell.load([str(tmp_path)])

    assert [article.text for article in loaded.documents] == ["The tide rose."]
    assert [failure.name for failure in loaded.failures] == ["none.txt"]
