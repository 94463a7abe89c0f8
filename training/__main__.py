"""Run the steps that make the reader's weights."""

import argparse
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from citewell.reading.readers.cross_encoder import WEIGHTS, create
from training import base, development, examples, near_misses, report
from training.export import ship
from training.train import blended, train, trained

HERE = Path(__file__).parent
WIDTH = 150  # columns of a terminal that the tables of `dev` need


def main() -> None:
    """Read the arguments, run the steps in order."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "steps", nargs="+", choices=["train", "export", "evaluate", "card", "dev", "questions", "all"]
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets; see README.md")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="folder of what is made on the way")
    parser.add_argument(
        "--to", type=Path, default=WEIGHTS, help="folder of the weights that citewell reads with"
    )
    parser.add_argument("--base", help="which base of the config is trained; the first when not given")
    parser.add_argument("--config", type=Path, default=HERE / "config.toml")
    parser.add_argument("--max-steps", type=int, default=0, help="length of the run; 0 goes through the data")
    parser.add_argument(
        "--pause-at", type=int, default=0, help="leave a checkpoint before this step and stop"
    )
    parser.add_argument(
        "--weights",
        type=report.named_folder,
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="what `dev` compares; as often as wanted; those of --to when not given",
    )
    parser.add_argument("--every", type=int, default=1, help="`dev` asks only every so many-th question")
    given = parser.parse_args()
    config = tomllib.loads(given.config.read_text(encoding="utf-8"))
    given.base = given.base or next(iter(config["base"]))
    given.work.mkdir(parents=True, exist_ok=True)
    _, tokenizer = base.files(config["base"][given.base], given.work)
    if {"train", "all"} & set(given.steps):
        tokens = examples.tokenizer(tokenizer, config["max_tokens"], config["stride"])
        data = examples.build(config, given.data, tokens)
        with (given.work / "made.jsonl").open("w", encoding="utf-8") as file:
            for row in data.made:
                file.write(
                    json.dumps({"way": row.source, "question": row.question, "context": row.context}) + "\n"
                )
        train(config, given.base, data, given.work, max_steps=given.max_steps, pause_at=given.pause_at)
    if {"export", "all"} & set(given.steps):
        chosen = config["base"][given.base]
        model = trained(given.work, given.base, chosen["layers"], config["train"].get("average", ()))
        if share := config["train"].get("base_share", 0.0):
            model = blended(model, base.load(chosen, given.work), share)
        ship(model, tokenizer, given.work / "fp32", given.to)
    if {"evaluate", "all"} & set(given.steps):
        folders = {"int8": given.to, "fp32": given.work / "fp32"}
        there = {name: folder for name, folder in folders.items() if (folder / "reader.onnx").exists()}
        figures = report.measure(config, given.data, there)
        report.save(figures, given.to / "figures.json")
    if {"card", "all"} & set(given.steps):
        figures = json.loads((given.to / "figures.json").read_text(encoding="utf-8"))
        (given.to / "MODEL_CARD.md").write_text(report.card(figures), encoding="utf-8")
    if "questions" in given.steps:
        near_misses.write(given.data, given.work / "near_misses")
    if "dev" in given.steps:
        compare(config, given, tokenizer)


def compare(config: Mapping[str, Any], given: argparse.Namespace, tokenizer: Path) -> None:
    """Print what weights make of the development sets."""
    tokens = examples.tokenizer(tokenizer, config["max_tokens"], config["stride"])
    found = list(development.probes(config, given.data, tokens))[:: given.every]
    weights = dict(given.weights) or {given.to.name: given.to}
    measured = {name: development.cached(folder, found, given.work) for name, folder in weights.items()}
    out = Console(highlight=False)
    out.width = max(out.width, WIDTH)
    for table in development.tables(found, measured, create().calibration):
        for column in table.columns[1:]:
            column.no_wrap = True
        out.print(table)


if __name__ == "__main__":
    main()
