"""Run the steps that make the reader's weights."""

import argparse
import json
import tomllib
from pathlib import Path

from training import base, examples, report
from training.export import ship
from training.train import train, trained

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "src" / "citewell" / "readers" / "weights"


def main() -> None:
    """Read the arguments, run the steps in order."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("steps", nargs="+", choices=["train", "export", "evaluate", "card", "all"])
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets; see README.md")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="folder of what is made on the way")
    parser.add_argument(
        "--to", type=Path, default=SHIPPED, help="folder of the weights that citewell reads with"
    )
    parser.add_argument("--base", default="l12", help="which base of config.toml is trained")
    parser.add_argument("--config", type=Path, default=HERE / "config.toml")
    parser.add_argument("--max-steps", type=int, default=0, help="length of the run; 0 goes through the data")
    parser.add_argument(
        "--pause-at", type=int, default=0, help="leave a checkpoint before this step and stop"
    )
    given = parser.parse_args()
    config = tomllib.loads(given.config.read_text(encoding="utf-8"))
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
        model = trained(given.work, given.base, config["base"][given.base]["layers"])
        ship(model, tokenizer, given.work / "fp32", given.to)
    if {"evaluate", "all"} & set(given.steps):
        figures = report.measure(config, given.data, {"int8": given.to, "fp32": given.work / "fp32"})
        report.save(figures, given.to / "figures.json")
    if {"card", "all"} & set(given.steps):
        figures = json.loads((given.to / "figures.json").read_text(encoding="utf-8"))
        (given.to / "MODEL_CARD.md").write_text(report.card(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
