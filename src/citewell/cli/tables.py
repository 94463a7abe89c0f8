"""Show reports, comparisons and calibrations on a terminal."""

from typing import Any

from rich.table import Table
from rich.text import Text

from citewell.cli.terminal import out, print_whole, printable
from citewell.evaluation import calibration, comparison
from citewell.evaluation.figures import FIGURES, TIMES

# Most questions or articles that a printed table lists; the JSON has all of them.
LISTED = 40
# The figures of a kind that fit a terminal of 80 columns.
SHORT = {
    "n": "n",
    "exact_match": "exact",
    "f1": "F1",
    "contains": "contains",
    "evidence_recall": "evidence",
    "false_abstention": "silent",
    "abstention_recall": "abstains",
    "right": "right",
}


def show_report(found: dict[str, Any]) -> None:
    """Print a report's figures with their intervals, then the kinds of questions, then the errors."""
    table = Table("figure", "value", "95 % interval", "questions", box=None, pad_edge=False)
    for figure in FIGURES:
        section, _, name = figure.path.partition(".")
        value = found[section][name]
        if value is not None:
            low, high = found["intervals"][figure.path]
            n = found["questions_measured"][figure.path]
            table.add_row(figure.path, f"{value:.3f}", f"{low:.3f} to {high:.3f}", f"{n:,}")
    for figure in TIMES:
        name = figure.name
        if found["latency_ms"][name] is not None:
            low, high = found["latency_ms"]["intervals"][name]
            table.add_row(
                figure.path, f"{found['latency_ms'][name]:.0f}", f"{low:.0f} to {high:.0f}", f"{found['n']:,}"
            )
    for column in table.columns[1:]:
        column.justify = "right"
    out.print(table)
    if found["by_kind"]:
        out.print()
        print_whole(groups("kind", found["by_kind"]))
    if len(found["by_article"]) > 1:
        out.print()
        print_whole(groups("article", dict(list(found["by_article"].items())[:LISTED])))
        if len(found["by_article"]) > LISTED:
            out.print(Text(f"… and {len(found['by_article']) - LISTED} more; --json has them all"))
    stages = ", ".join(f"{stage} {n}" for stage, n in found["stages"].items())
    out.print(Text(f"\n{found['n']} questions, {found['errors']} errors; what failed: {stages or 'nothing'}"))


def show_checks(found: dict[str, Any]) -> None:
    """Print the figures of checked texts: whether to trust them, then by outcome and by kind."""
    table = Table("figure", "value", box=None, pad_edge=False)
    for name, value in found["figures"].items():
        table.add_row(name, "" if value is None else f"{value:.3f}")
    table.columns[1].justify = "right"
    out.print(table)
    outcomes = Table("outcome", "claims", "given", "precision", "recall", box=None, pad_edge=False)
    for name, row in found["outcomes"].items():
        shares = ("" if row[key] is None else f"{row[key]:.2f}" for key in ("precision", "recall"))
        outcomes.add_row(name, f"{row['wanted']:.0f}", f"{row['given']:.0f}", *shares)
    out.print()
    out.print(outcomes)
    out.print()
    for name, given in found["kinds"].items():
        counts = ", ".join(f"{number} {outcome}" for outcome, number in given.items())
        out.print(Text(f"{printable(name or 'no kind')}: {counts}"))


def groups(what: str, figures_of: dict[str, dict[str, Any]]) -> Table:
    """Return the table of the kinds of questions, or of the articles."""
    table = Table(what, *SHORT.values(), box=None, pad_edge=False)
    for name, figures in figures_of.items():
        values = [figures[key] for key in SHORT]
        cells = [
            "" if value is None else f"{value:.2f}" if isinstance(value, float) else f"{value:,}"
            for value in values
        ]
        table.add_row(Text(printable(name)), *cells)
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def show_comparison(found: comparison.Comparison) -> None:
    """Print the differences between two reports, then the questions whose outcome changed."""
    table = Table("figure", "first", "second", "change", "95 % interval", "n", "", box=None, pad_edge=False)
    table.columns[0].no_wrap = True
    for item in found.differences:
        table.add_row(
            item.path,
            f"{item.first:.3f}",
            f"{item.second:.3f}",
            f"{item.second - item.first:+.3f}",
            f"{item.interval[0]:+.3f} to {item.interval[1]:+.3f}" if item.interval else "",
            f"{item.n:,}",
            "*" if item.is_certain else "",
        )
    for column in table.columns[1:6]:
        column.justify = "right"
    out.print(table)
    left_out = f", {len(found.left_out)} in one alone or with an error left out" if found.left_out else ""
    out.print(Text("* the interval leaves out 0", style="dim"))
    out.print(Text(f"\n{found.n} questions{left_out}; {len(found.changed)} changed"))
    for first, second in found.changed[:LISTED]:
        said = [record["prediction"] for record in (first, second)]
        before, after = ((item["short"] or f"({item['abstention']})") if item else "" for item in said)
        line = (
            f"{comparison.change(first, second):>6}  {first['id']}  {first['question']}  {before} -> {after}"
        )
        out.print(Text(printable(line)))
    if len(found.changed) > LISTED:
        out.print(Text(f"… and {len(found.changed) - LISTED} more; --json has them all"))


def show_fit(fit: calibration.Fit, left_out: int) -> None:
    """Print the fitted values and their effect on the questions of the fit."""
    operation = fit.operation
    kept = f"; {left_out} questions of other splits left out" if left_out else ""
    out.print(Text(f"fitted on {fit.n} answers, {fit.right} right ({fit.calibration.fitted_on}){kept}"))
    rows = (
        ("slope", fit.calibration.slope),
        ("intercept", fit.calibration.intercept),
        (f"threshold for {fit.target}", operation.threshold),
        (f"possible from, for {calibration.POSSIBLE}", fit.calibration.possible),
        (f"very confident from, for {calibration.SURE}", fit.calibration.sure),
        ("false abstention", operation.false_abstention),
        ("abstention recall", operation.abstention_recall),
        ("precision", operation.precision),
        ("calibration error", fit.ece),
        ("Brier score", fit.brier),
    )
    table = Table("on the questions it was fitted on", "", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, value in rows:
        table.add_row(name, f"{value:.4f}")
    out.print(table)
