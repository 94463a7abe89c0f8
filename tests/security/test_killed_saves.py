"""A save that is killed leaves the old index or the new one, whole, and the next save cleans up."""

import json
from pathlib import Path

import pytest

from citewell.errors import DamagedIndexError, MissingIndexError
from citewell.index import generations, manifest, updates
from small_index import RECIPE, TIDE, WIND, run, texts

pytestmark = pytest.mark.unix("fork and SIGKILL")

# Killed at every step.

KILLER = """
import gc, json, os, shutil, sys
from pathlib import Path
from citewell.index import collection, updates; from citewell import plugins; from citewell.text import tokens

kind, base, corpus = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
recipe = collection.IndexConfig(encoder="hashing")
# Loaded before the fork, so that a child only writes.
tokens.encoding()
for family, name in (("encoders", "hashing"), ("indexes", "faiss"), ("lexical", "bm25"), ("loaders", "txt")):
    plugins.load(family, name)
# Whatever changes what is on the disk: the interpreter's own events, and calls while a file is open.
EVENTS = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock"}
CALLS = {"write", "tofile", "write_index"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def killed(folder, last):
    left = last

    def step():
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)

    def audit(event, args):
        if event in EVENTS or (event == "open" and args[2] & WRITES):
            step()

    def watch(frame, event, called):
        if event == "c_call" and called.__name__ in CALLS:
            step()

    child = os.fork()
    if child == 0:
        sys.addaudithook(audit)
        sys.setprofile(watch)
        updates.update(folder, [corpus], recipe, rebuild=kind == "rebuild", large_from=int(sys.argv[4]))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

gc.freeze()  # what was loaded is shared with the children and not copied
for last in range(1, 10_000):
    folder = base.with_name(f"killed-{last}")
    if base.exists():
        shutil.copytree(base, folder)
    status = killed(folder, last)
    if status != 9:
        break
print(json.dumps([last - 1, status]))
"""


# Characters from which on an index is kept in segments: this one never, this one always.
SMALL, LARGE = 1_000_000, 0


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("kind", ["first", "change", "rebuild"])
def test_killed_at_any_step_of_a_save_the_old_or_the_new_index_opens(
    kind: str, size: int, tmp_path: Path, corpus: Path, index: Path
) -> None:
    if size == LARGE:
        updates.update(index, [corpus], RECIPE, rebuild=True, large_from=size)
    old: dict[str, str] | None = {"tide": TIDE, "wind": WIND} if kind == "change" else None
    new = {"tide": "The tide fell.", "wind": WIND, "new": "A third article."}
    base = tmp_path / "base"
    if kind != "first":
        index.rename(base)
    if kind == "rebuild":
        record = manifest.read(base)
        damaged = base / record.generation / "documents.jsonl"
        (base / record.segments[0].name / "owners.npy" if size == LARGE else damaged).write_text("damaged")
    for name, text in new.items():
        (corpus / f"{name}.txt").write_text(text)

    done = run(KILLER, kind, str(base), str(corpus), str(size))
    assert done.returncode == 0, done.stderr
    kills, last = json.loads(done.stdout)
    assert last == 0
    assert kills > 50

    outcomes: list[bool] = []
    checked = set()
    for number in range(1, kills + 1):
        folder = tmp_path / f"killed-{number}"
        state = on_disk(folder)
        if state in checked:
            outcomes.append(outcomes[-1])
            continue
        checked.add(state)
        try:
            found: dict[str, str] | None = texts(folder)
        except (MissingIndexError, DamagedIndexError):
            found = None
        assert found in (old, new), number
        outcomes.append(found == new)
        rebuild = kind == "rebuild" and found is None
        updates.update(folder, [corpus], RECIPE, rebuild=rebuild, large_from=size)
        assert texts(folder) == new
        record = manifest.read(folder)
        assert bool(record.segments) == (size == LARGE)
        named = {record.generation, *(segment.name for segment in record.segments)}
        assert {path.name for path in folder.iterdir()} == {manifest.NAME, generations.LOCK, *named}
    assert outcomes == sorted(outcomes)  # one step is the commit: before it the old, after it the new
    assert set(outcomes) == {False, True}


def on_disk(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the names and contents of a folder."""
    paths = sorted(folder.rglob("*"))
    return tuple(
        (str(path.relative_to(folder)), path.read_bytes() if path.is_file() else b"") for path in paths
    )


# Killed from outside, at any moment.

SAVER = """
import gc, json, os, random, signal, sys, time
from pathlib import Path
from citewell.index import collection, storage; from citewell import plugins; from citewell.text import tokens
from citewell.documents.document import document

folder, seed, kills = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
encoder = plugins.load("encoders", "hashing")
tokens.encoding()
recipe = collection.IndexConfig(encoder="hashing")
states = [collection.build([document(text * 40, id="a")], recipe, encoder) for text in sys.argv[4:]]

def save(state):
    from citewell.index import generations
    with generations.lock(folder):
        storage.save(states[state], encoder, folder)

save(0)
began = time.perf_counter()
save(1)
took = time.perf_counter() - began
gc.freeze()
found = []
for _ in range(kills):
    child = os.fork()
    if child == 0:
        for number in range(1000):
            save(number % 2)
        os._exit(0)
    time.sleep(chance.uniform(0, 3 * took))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    storage.verify(folder)
    opened, _ = storage.load(folder, encoder)
    found.append([state.passages == opened.passages for state in states])
save(0)  # no lock was left, and what the kills left goes
print(json.dumps([found, sorted(path.name for path in folder.iterdir())]))
"""


def test_killed_at_any_moment_one_of_the_saves_opens_whole(tmp_path: Path) -> None:
    folder = tmp_path / "index"

    done = run(SAVER, str(folder), "20", "80", TIDE, WIND)
    assert done.returncode == 0, done.stderr
    found, names = json.loads(done.stdout)
    assert len(found) == 80
    assert all(sum(which) == 1 for which in found)
    assert set(names) == {manifest.NAME, generations.LOCK, manifest.read(folder).generation}
