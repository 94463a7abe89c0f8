"""Files and folders become articles; what cannot be read is told, and stops nothing else."""

import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.documents.discovery import find_files
from citewell.documents.loading import FileLimits, Loaded, load
from citewell.errors import LoadError

CORPUS = Path(__file__).parents[2] / "corpus"


def write(folder: Path, **files: str) -> Path:
    """Write files into a folder; `__` is a slash and `_` a dot of the path."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def ids(loaded: Loaded) -> list[str]:
    return [document.id for document in loaded.documents]


def failures(loaded: Loaded) -> dict[str, str]:
    return {failure.name: failure.reason for failure in loaded.failures}


# Finding files.


def test_a_folder_is_walked_in_the_order_of_names_and_leaves_out_what_is_no_article(tmp_path: Path) -> None:
    write(tmp_path, b_txt="", a__z_txt="", a__b__c_md="", Z_TXT="", _hidden_txt="", _git__config_txt="")
    write(tmp_path, README_md="", a__readme_txt="", README="", questions_jsonl="", questions2_jsonl="")
    (tmp_path / "~$lock.docx").write_text("")
    write(tmp_path, reader_txt="", more_jsonl="")

    assert [name for _, name in find_files([tmp_path])] == [
        "Z.TXT",
        "a/b/c.md",
        "a/z.txt",
        "b.txt",
        "more.jsonl",
        "reader.txt",
    ]


def test_files_that_are_named_are_read_in_the_order_given_even_a_readme(tmp_path: Path) -> None:
    write(tmp_path, b_txt="", README_md="", a_txt="", questions_jsonl="", _c_txt="")
    paths = [tmp_path / name for name in ("b.txt", "README.md", "a.txt", "questions.jsonl", ".c.txt")]

    assert find_files(paths) == [(path, path.name) for path in paths]


def test_a_file_that_is_reached_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, a_txt="It rose.", sub__b_txt="It fell.")
    (tmp_path / "copy.txt").symlink_to(tmp_path / "a.txt")

    assert [name for _, name in find_files([tmp_path / "a.txt", tmp_path, tmp_path / "sub"])] == [
        "a.txt",
        "sub/b.txt",
    ]


def test_links_in_circles_end(tmp_path: Path) -> None:
    write(tmp_path, a__one_txt="It rose.", b__two_txt="It fell.")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "a").symlink_to(tmp_path / "a")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")

    loaded = load([tmp_path])

    assert sorted(document.text for document in loaded.documents) == ["It fell.", "It rose."]
    assert list(failures(loaded)) == ["self.txt"]


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "gone.txt")

    for name in ("none.txt", "dangling.txt"):
        with pytest.raises(LoadError, match=f"{name}: no such file or folder"):
            load([tmp_path, tmp_path / name])


# Reading them.


def test_the_corpus_is_one_article() -> None:
    loaded = load([CORPUS])

    assert ids(loaded) == ["operation-disruptor"]
    assert loaded.failures == ()
    assert loaded.documents[0].text == (CORPUS / "operation-disruptor.txt").read_text(encoding="utf-8")


def test_each_file_is_recorded_with_its_hash_and_its_articles(tmp_path: Path) -> None:
    write(tmp_path, news__tide_txt="It rose.", more_jsonl='{"text": "One."}\n{"id": "x", "text": "Two."}\n')

    loaded = load([tmp_path])

    (more, more_ids), (tide, tide_ids) = loaded.sources
    assert (more.name, more_ids) == ("more.jsonl", ("more/1", "more/x"))
    assert (tide.name, tide_ids) == ("news/tide.txt", ("news/tide",))
    assert tide.path == tmp_path / "news" / "tide.txt"
    assert (tide.sha256, tide.size) == (hashlib.sha256(b"It rose.").hexdigest(), 8)
    assert ids(loaded) == [*more_ids, *tide_ids]
    assert [document.source for document in loaded.documents] == ["more.jsonl", "more.jsonl", "news/tide.txt"]


def test_a_suffix_counts_in_any_case_and_spelling(tmp_path: Path) -> None:
    write(tmp_path, a_TXT="A.", b_text="B.", c_Markdown="C.", d_tsv="text\nD.\n")

    assert [document.text for document in load([tmp_path]).documents] == ["A.", "B.", "C.", "D."]


def test_ids_that_meet_are_numbered_in_order(tmp_path: Path) -> None:
    write(
        tmp_path, a_md="One.", a_txt="Two.", b__1_txt="Three.", b_csv="id,text\n1,Four.\n1,Five.\n1-2,Six.\n"
    )

    assert ids(load([tmp_path])) == ["a", "a-2", "b/1", "b/1-2", "b/1-2-2", "b/1-3"]


# Files are written: how long that takes says nothing.
@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["", "x", "x-2", "1", "2"]), min_size=1, max_size=12))
def test_ids_are_unique_and_the_same_each_time(
    tmp_path_factory: pytest.TempPathFactory, given: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    lines = "\n".join(json.dumps({"id": id_, "text": "It rose."}) for id_ in given)
    write(folder, a_jsonl=lines, b_jsonl=lines, a__x_txt="It fell.")

    loaded = load([folder])

    assert len(set(ids(loaded))) == len(loaded.documents) == 2 * len(given) + 1
    assert load([folder]) == loaded


def test_a_name_is_the_same_on_systems_that_decompose_letters_and_can_always_be_stored(
    tmp_path: Path,
) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Zürich.txt")).write_text("It rose.")
    (tmp_path / os.fsdecode(b"bad-\xff.txt")).write_text("It fell.")

    loaded = load([tmp_path])

    assert sorted(ids(loaded)) == ["Zürich", "bad-\ufffd"]
    assert not loaded.failures
    for document in loaded.documents:
        assert (document.id + document.title + document.source).encode()


def test_fields_of_a_record_can_always_be_stored(tmp_path: Path) -> None:
    record = {"text": "It \ud800 rose.", "id": "a\ud800\nb", "title": "T\ud800\nU", "source": "s\ud800"}
    write(tmp_path, a_jsonl=json.dumps(record))

    (document,) = load([tmp_path]).documents

    assert (document.id, document.title, document.source) == ("a/a\ufffd b", "T\ufffd U", "s\ufffd")
    assert document.text == "It \ufffd rose."


# What cannot be read.


def test_a_file_that_cannot_be_read_is_told_with_the_reason_and_the_others_go_on(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_jsonl='{"text"\n',
        b_csv="text\n",
        c_txt="\u00a0\n--\n",
        d_txt="It rose.",
    )
    write(
        tmp_path,
        e_zip="PK",
        f="no suffix",
        sub__g_pdf="no PDF",
        h_jsonl='{"text": "..."}\n{"text": "..."}\n',
    )
    (tmp_path / "i.txt").write_bytes(bytes(50))

    loaded = load([tmp_path])

    told = failures(loaded)
    assert ids(loaded) == ["d"]
    assert list(told) == ["a.jsonl", "b.csv", "c.txt", "e.zip", "f", "h.jsonl", "i.txt", "sub/g.pdf"]
    assert told["a.jsonl"].startswith("line 1: is not JSON")
    assert told["b.csv"] == "holds no article"
    assert told["c.txt"] == "holds no text; an article needs at least one word"
    assert told["e.zip"].startswith("unknown kind .zip; citewell reads .csv .docx .eml .epub .htm .html")
    assert told["f"].startswith("unknown kind, the name has no suffix; citewell reads .csv")
    assert told["h.jsonl"] == "article 1 of 2 holds no text; an article needs at least one word"
    assert told["i.txt"].startswith("holds binary data")
    assert told["sub/g.pdf"].startswith("is damaged or not a PDF")


def test_a_file_of_unknown_kind_that_is_named_is_a_failure_too(tmp_path: Path) -> None:
    write(tmp_path, a_exe="It rose.")

    (failure,) = load([tmp_path / "a.exe"]).failures

    assert (failure.name, failure.path) == ("a.exe", tmp_path / "a.exe")
    assert failure.reason.startswith("unknown kind .exe")


def test_ids_of_a_file_that_fails_are_free_for_the_next(tmp_path: Path) -> None:
    write(tmp_path, a_csv="id,text\n,One.\n,Two.\n", a__1_txt="Two.", a__2_txt="Three.")
    paths = [tmp_path / "a.csv", tmp_path]

    assert ids(load(paths, limits=FileLimits(articles=1))) == ["a/1", "a/2"]


def test_a_file_over_the_limit_is_a_failure_and_one_at_the_limit_is_read(tmp_path: Path) -> None:
    write(tmp_path, a_txt="12345", b_txt="123456")

    loaded = load([tmp_path], max_file_bytes=5)

    assert ids(loaded) == ["a"]
    assert failures(loaded)["b.txt"].startswith("has 6 bytes, more than the limit of 5")


@pytest.mark.timeout(20)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    assert "a pipe" in failures(load([tmp_path]))["pipe.txt"]


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_opened_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path, closed__a_txt="It rose.", b_txt="It fell.", c_txt="It stood.")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "b.txt").chmod(0)
    try:
        loaded = load([tmp_path])
    finally:
        (tmp_path / "closed").chmod(0o700)

    assert ids(loaded) == ["c"]
    assert failures(loaded)["b.txt"] == "cannot be opened: Permission denied"
    assert "a folder that cannot be opened" in failures(loaded)["closed"]


def test_a_failure_is_read_as_its_file_and_its_reason(tmp_path: Path) -> None:
    write(tmp_path, b_zip="")
    (failure,) = load([tmp_path]).failures
    assert str(failure).startswith("b.zip: unknown kind .zip; citewell reads ")


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert load([tmp_path]) == Loaded((), (), ())
    assert load([]) == Loaded((), (), ())


# Libraries.


def python(code: str, *arguments: object) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


LOAD = "import sys; from pathlib import Path; from citewell.documents.loading import load\n"


def test_a_heavy_library_is_imported_only_for_a_file_of_its_kind(tmp_path: Path) -> None:
    write(tmp_path, a_txt="A.", b_txt="B.", c_jsonl='{"text": "C."}', d_csv="text\nD.\n", e_zip="")
    code = LOAD + (
        "loaded = load([Path(sys.argv[1])])\n"
        "print(len(loaded.documents), sorted({'pdfminer', 'docx', 'lxml', 'trafilatura'} & set(sys.modules)))"
    )

    assert python(code, tmp_path) == "4 []\n"
    write(tmp_path, f_pdf="no PDF")
    assert python(code, tmp_path) == "4 ['pdfminer']\n"
    write(tmp_path, g_md="G.")
    assert python(code, tmp_path) == "5 ['lxml', 'pdfminer']\n"


def test_a_library_that_is_not_installed_is_a_failure_that_says_what_to_install(tmp_path: Path) -> None:
    write(tmp_path, a_pdf="", b_txt="It rose.")
    code = LOAD + (
        "sys.modules['pdfminer'] = None  # as if it were not there\n"
        "loaded = load([Path(sys.argv[1])])\n"
        "print(len(loaded.documents), loaded.failures[0].reason)"
    )

    assert python(code, tmp_path) == (
        "1 the loaders plugin 'pdf' needs the package 'pdfminer': pip install 'citewell[all]'\n"
    )


def test_a_loader_of_another_package_is_found_by_the_suffix_it_is_announced_for(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(site, shout_py="")
    (site / "shout.py").write_text(
        "from citewell.documents.loader import Article\n"
        "class Loader:\n"
        "    suffixes = ('.shout',)\n"
        "    def load(self, path):\n"
        "        yield Article(path.read_text().upper())\n"
        "create = Loader\n"
    )
    info = site / "shout-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shout\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[citewell.loaders]\nshout = shout\n")
    (tmp_path / "a.shout").write_text("it rose")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        + LOAD
        + "print(load([Path(sys.argv[1])]).documents[0].text)"
    )

    assert python(code, tmp_path / "a.shout", site) == "IT ROSE\n"
