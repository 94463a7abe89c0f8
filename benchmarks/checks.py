"""Fit the weights by which a text is checked, or show what is got wrong.

    python -m benchmarks.checks            # the claims of dev whose outcome is wrong
    python -m benchmarks.checks --fit      # fit src/citewell/checking/judging.json on dev
    python -m benchmarks.checks --worth    # what each comparison is worth: fit without it, texts left out
    python -m benchmarks.checks --time     # seconds for 500 words, against one article and against many

Two logistic curves say of one sentence how likely it proves and how likely it denies a claim. Signs are held:
more entailment never counts against a proof. From the best proof and the best denial of a claim, a curve for
each outcome gives its probability. The bounds are chosen on scores of texts that were left out of the fit.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from citewell.assistant import Assistant
from citewell.checking import judging
from citewell.checking.checker import ABOUT, NOTHING
from citewell.checking.claims import find_claims
from citewell.checking.evidence import Search
from citewell.documents import loading
from citewell.evaluation import checks

DATA = Path("tests/data")
WORDS = 500
FOLDS = 6
PENALTY = 0.005
# The sign that a feature's weight may have; 0 leaves it out.
PROOF = {
    "one": 0,
    "entails": 1,
    "covers": 1,
    "missing": -1,
    "denied": -1,
    "opposed": -1,
}
DENIAL = {
    "one": 0,
    "entails": -1,
    "contradicts": 1,
    "covers": 1,
    "differs": 1,
    "denied": 1,
    "turned": 1,
    "opposed": 1,
}
PRECISION = 0.95  # of what is called supported
EQUAL = 0.02  # of F1: what one claim more or less makes
LEAST = 0.7  # probability of what is called supported, however precise less would be on so few claims
# What people check says more that is in no article than the texts do: of 124 claims 8 are partly supported or
# not found, 45 contradicted. Each of the former counts as so many.
OPEN = 3.0
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """A claim of a text with its sentences: their features, and which are the evidence."""

    text: str
    outcome: str
    features: tuple[dict[str, float], ...]
    is_evidence: tuple[bool, ...]


def rows(texts: Sequence[checks.JudgedText], folder: Path) -> Iterator[Row]:
    """Yield what is weighed for each claim that is to be checked."""
    documents = {item.id: item for item in loading.load([folder]).documents}
    shared: Assistant | None = None
    for text in texts:
        document = documents[checks.article_named(text.article, list(documents))]
        shared = shared.beside([document]) if shared else Assistant.from_documents([document])
        checker = shared.checker
        found = find_claims(text.text)
        search = Search(checker.collection, checker.encoder, checker.library).of_text(found)
        for gold in text.claims:
            claim = checks.nearest(found, gold)
            if gold.outcome == "nothing_to_check" or claim is None or claim.nothing:
                continue
            weighed = judging.weigh(claim, search.find(claim), checker.reader)
            yield Row(
                text.id,
                gold.outcome,
                tuple(item.features for item in weighed),
                tuple(
                    any(item.sentence.text in quote or quote in item.sentence.text for quote in gold.evidence)
                    for item in weighed
                ),
            )


def fit(x: Matrix, y: Matrix, weights: Matrix, signs: Matrix) -> Matrix:
    """Return the weights of a logistic curve with a penalty and held signs, by projected gradients."""
    found = np.zeros(x.shape[1])
    total = weights.sum()
    step = 1 / (0.25 * np.linalg.norm(x * np.sqrt(weights)[:, None], 2) ** 2 / total + PENALTY)
    for _ in range(4000):
        chance = 1 / (1 + np.exp(-x @ found))
        gradient = x.T @ (weights * (chance - y)) / total + PENALTY * np.concatenate([[0], found[1:]])
        found = found - step * gradient
        found = np.where((signs != 0) & (found * signs < 0), 0, found)
    return found


def fit_sentences(data: Sequence[Row], target: str, signs: dict[str, int]) -> dict[str, float]:
    """Return the weights with which a sentence proves, or denies, a claim."""
    picked = [
        (features, float(row.outcome == target and is_evidence), 1.0 if is_evidence else 0.5)
        for row in data
        for features, is_evidence in zip(row.features, row.is_evidence, strict=True)
        if target != "supported" or not judging.vetoes(features)
    ]
    x = np.array([[features[name] for name in signs] for features, _, _ in picked])
    y, weights = (np.array([item[place] for item in picked]) for place in (1, 2))
    found = fit(x, y, weights, np.array(list(signs.values())))
    return {name: round(float(value), 3) for name, value in zip(signs, found, strict=True)}


def best(row: Row, weights: dict[str, dict[str, float]]) -> tuple[float, float, bool]:
    """Return the best proof and denial of a claim, and whether the denial is by the right sentence."""
    proofs = [judging.proof_of(features, weights["proof"]) for features in row.features]
    denials = [
        judging.score(features, weights["denial"]) if features["covers"] >= ABOUT else NOTHING
        for features in row.features
    ]
    return max(proofs), max(denials), row.is_evidence[int(np.argmax(denials))]


def fit_outcomes(scores: Matrix, outcomes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return a curve for each outcome; what is partly supported or not found is one."""
    x = np.column_stack([np.ones(len(scores)), scores[:, :2]])
    is_open = np.array([outcome not in ("supported", "contradicted") for outcome in outcomes])
    curves = {}
    for name in ("supported", "contradicted", "open"):
        is_it = is_open if name == "open" else np.array([outcome == name for outcome in outcomes])
        found = fit(x, is_it.astype(float), np.where(is_open, OPEN, 1.0), np.zeros(3))
        curves[name] = dict(
            zip(("one", "proof", "denial"), (round(float(value), 3) for value in found), strict=True)
        )
    return curves


def least_supported(supported: Matrix, is_supported: Matrix) -> float:
    """Return the least probability from which on PRECISION of what is called supported is."""
    return float(
        min(
            bound
            for bound in sorted(set(np.round(supported, 3)))
            if LEAST <= bound <= supported.max() and is_supported[supported >= bound].mean() >= PRECISION
        )
    )


def choose(
    chances: Sequence[dict[str, float]], data: Sequence[Row], right: Sequence[bool]
) -> dict[str, float]:
    """Return the least probabilities at which a claim is called supported, contradicted or disputed."""
    supported = np.array([chance["supported"] for chance in chances])
    is_supported = np.array([row.outcome == "supported" for row in data])
    least = least_supported(supported, is_supported)
    rest = supported < least
    denied = np.array([chance["contradicted"] for chance in chances])
    good = np.array(
        [row.outcome == "contradicted" and is_right for row, is_right in zip(data, right, strict=True)]
    )
    every = sum(row.outcome == "contradicted" for row in data)

    def f1(bound: float) -> float:
        called = rest & (denied >= bound)
        return float(2 * (good & called).sum() / (called.sum() + every))

    bounds = np.round(np.arange(0.2, 0.8, 0.01), 2)
    # Among bounds that are as good on so few claims, the least: it finds more of what is contradicted.
    bound = next(bound for bound in bounds if f1(bound) >= max(map(f1, bounds)) - EQUAL)
    for name, mask in (("supported", supported >= least), ("contradicted", rest & (denied >= bound))):
        print(
            f"{name} from {least if name == 'supported' else bound:.3f}: {mask.sum()} of {len(data)} claims"
        )
    print(
        f"  precision {is_supported[~rest].mean():.3f},"
        f" recall {(is_supported & ~rest).sum() / is_supported.sum():.3f}"
    )
    called = rest & (denied >= bound)
    print(f"  precision {good[called].mean():.3f}, recall {good[called].sum() / every:.3f}")
    return {"supported": round(least, 3), "contradicted": round(float(bound), 3), "disputed": 0.6}


def weights_of(part: Sequence[Row], without: str = "") -> dict[str, dict[str, float]]:
    """Return the weights of proofs and denials, fitted on some claims."""
    signs = [{name: sign for name, sign in held.items() if name != without} for held in (PROOF, DENIAL)]
    return {
        "proof": fit_sentences(part, "supported", signs[0]),
        "denial": fit_sentences(part, "contradicted", signs[1]),
    }


def leave_out(data: Sequence[Row], without: str = "") -> tuple[Matrix, list[bool]]:
    """Return each claim's best proof and denial [n, 2] by weights that its text had no part in.

    Args:
        data: The claims.
        without: A feature that does not count.

    Returns:
        The log odds, and for each claim whether the right sentence denies it most.
    """
    names = sorted({row.text for row in data})
    held = np.zeros((len(data), 2))
    right = [False] * len(data)
    for fold in range(FOLDS):
        out = set(names[fold::FOLDS])
        weights = weights_of([row for row in data if row.text not in out], without)
        for place, row in enumerate(data):
            if row.text in out:
                proof, denial, right[place] = best(row, weights)
                held[place] = proof, denial
    return held, right


def blind(row: Row, feature: str) -> Row:
    """Return a claim as it is without a feature."""
    return replace(row, features=tuple({**values, feature: 0.0} for values in row.features))


def show_worth(data: Sequence[Row]) -> None:
    """Print what is got right without each feature, by weights that a text had no part in."""
    is_supported = np.array([row.outcome == "supported" for row in data])
    is_contradicted = np.array([row.outcome == "contradicted" for row in data])
    print(f"{is_supported.sum()} supported, {is_contradicted.sum()} contradicted of {len(data)} claims")
    print("| without | AUROC of supported | supported found | contradicted, by the right sentence |")
    print("|---|---|---|---|")
    names = ["", *dict.fromkeys([*PROOF, *DENIAL, "differs", "hedged", "turned"])]
    for name in names:
        if name == "one":
            continue
        rows_ = [blind(row, name) for row in data] if name else data
        held, right = leave_out(rows_, name)
        curves = fit_outcomes(held, [row.outcome for row in data])
        found = [judging.chances(proof, denial, curves) for proof, denial in held]
        supported = np.array([chance["supported"] for chance in found])
        denied = np.array([chance["contradicted"] for chance in found])
        bound = least_supported(supported, is_supported)
        called = (supported < bound) & (denied > np.array([chance["open"] for chance in found]))
        pairs = supported[is_supported][:, None] - supported[~is_supported][None, :]
        area = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
        kept = (is_supported & (supported >= bound)).sum()
        good = (is_contradicted & called & np.array(right)).sum()
        print(f"| {name or 'nothing'} | {area:.3f} | {kept} | {good} of {(called).sum()} |")


def show_times(texts: Sequence[checks.JudgedText], folder: Path) -> None:
    """Print how long a check of WORDS words takes against the article of its first claims and against many.

    No words are checked twice, since what was read for the last pairs is remembered. What is loaded once, and
    the words of the articles, are there before.
    """
    documents = loading.load([folder, DATA / "wikinews" / "articles.jsonl"]).documents
    own = checks.article_named(texts[0].article, [document.id for document in documents])
    every = Assistant.from_documents(documents)
    words = " ".join(text.text for text in texts).split()
    parts = [" ".join(words[at : at + WORDS]) for at in range(0, len(words) - WORDS + 1, WORDS)]
    for asked in (every.beside([item for item in documents if item.id == own]), every):
        asked.check("It rained in Lund.")
        spent, first, claims = [], [], 0
        for part in parts:
            began = time.perf_counter()
            for number, _ in enumerate(asked.checker.stream(part)):
                if not number:
                    first.append(time.perf_counter() - began)
                claims += 1
            spent.append(time.perf_counter() - began)
        print(
            f"{len(asked.collection.documents)} articles, {len(parts)} times {WORDS} words, {claims} claims:"
            f" {statistics.median(spent):.2f} s ({min(spent):.2f} to {max(spent):.2f}),"
            f" the first claim after {statistics.median(first):.2f} s"
        )


def refit(data: Sequence[Row]) -> None:
    """Fit everything and write it."""
    held, right = leave_out(data)
    curves = fit_outcomes(held, [row.outcome for row in data])
    chances = [judging.chances(proof, denial, curves) for proof, denial in held]
    fitted = {
        **weights_of(data),
        "outcomes": curves,
        "least": choose(chances, data, right),
        "fitted_on": f"tests/data/checks, dev, {len(data)} claims",
    }
    judging.WEIGHTS.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=1))


def main() -> None:
    """Fit, or show the claims that are judged wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--fit", action="store_true")
    doing.add_argument("--worth", action="store_true")
    doing.add_argument("--time", action="store_true")
    asked = parser.parse_args()
    texts = [text for text in checks.read(DATA / "checks" / "checks.jsonl") if text.split == "dev"]
    folder = DATA / "near_misses" / "articles.jsonl"
    if asked.fit or asked.worth:
        (refit if asked.fit else show_worth)(list(rows(texts, folder)))
        return
    if asked.time:
        show_times(texts, folder)
        return
    assistant = Assistant.from_files([folder])
    ids = [document.id for document in assistant.collection.documents]
    for record in checks.evaluate(texts, assistant, ids).records:
        if not record.is_right:
            print(
                f"{record.wanted} {record.kind}: {record.outcome} {record.probability:.2f}"
                f" {record.text!r} {record.cited!r}"
            )


if __name__ == "__main__":
    main()
