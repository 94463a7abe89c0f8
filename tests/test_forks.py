"""A forked process answers as its parent does, whatever the parent is doing when it is forked."""

import subprocess
import sys
from pathlib import Path

import pytest

from citewell.forks import PerProcess

pytestmark = pytest.mark.unix("fork")
ARTICLE = Path(__file__).parents[1] / "corpus" / "operation-disruptor.txt"
BEGIN = f"""
import logging, multiprocessing, os, sys, threading, time
logging.disable()
from citewell.assistant import Assistant
from citewell.documents.loading import load
from citewell.index.encoders import sentence_transformers
from citewell.settings import Settings
encoder = sentence_transformers.create(light=True)
assistant = Assistant.from_documents(load([{str(ARTICLE)!r}]).documents, encoder=encoder, settings=Settings())
asked = ["How many people were arrested in Germany?", "Which agencies coordinated the operation?"]
def ask(_=None):
    return [assistant.ask(question).to_dict()["text"] for question in asked]
before = ask()
assert "42" in before[0]
"""
# Beside it, others ask without end, so that some native lock is held at most moments.
BUSY = """
def go_on():
    while True:
        ask()
for _ in range(3):
    threading.Thread(target=go_on, daemon=True).start()
time.sleep(0.3)
"""
FORK = """
for _ in range(2):
    child = os.fork()
    if not child:
        os._exit(0 if ask() == before else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
os._exit(0)
"""
POOL = """
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(ask, range(2)) == [before] * 2
os._exit(0)
"""
# As a server does that loads once and lets several processes answer.
PREFORK = """
children = []
for _ in range(2):
    child = os.fork()
    if not child:
        with __import__("concurrent.futures").futures.ThreadPoolExecutor(2) as pool:
            os._exit(0 if list(pool.map(ask, range(2))) == [before] * 2 else 1)
    children.append(child)
assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
assert ask() == before
os._exit(0)
"""
# A child that indexes an article of its own encodes it as the parent would.
INDEX = """
from citewell.documents.document import document_of_text
text = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
child = os.fork()
if not child:
    other = assistant.beside([document_of_text(text, id="tide", title="Tide")])
    os._exit(0 if "3.2" in other.ask("How high did the tide rise at Kiel?").text else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
os._exit(0)
"""


@pytest.mark.parametrize("then", [FORK, BUSY + FORK, BUSY + POOL, PREFORK, INDEX])
def test_a_forked_process_answers_as_its_parent(tmp_path: Path, then: str) -> None:
    # A child that waits for a lock or a thread that it does not have would run into the limit.
    subprocess.run([sys.executable, "-c", BEGIN + then], cwd=tmp_path, check=True, timeout=300)


def test_each_process_makes_its_own() -> None:
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    kept = PerProcess(make)
    first = kept.get()
    assert kept.get() is first
    kept.forget()
    assert kept.get() is not first
    assert len(made) == 2
