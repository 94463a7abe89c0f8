"""Write a report as a page: one file, which makes no request and runs only our own script."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from citewell.evaluation import report as reports
from citewell.evaluation.report_html import figures, outcomes, plots, questions, thresholds
from citewell.text import markup

STATIC = files("citewell.evaluation.report_html") / "static"
# JSON may hold half a surrogate pair, which UTF-8 cannot encode.
HALVES = re.compile("[\ud800-\udfff]")


def write(report: Mapping[str, Any], path: Path) -> None:
    """Write the page in one step.

    Raises:
        ReportError: The file cannot be written.
    """
    reports.write(path, render(report))


def render(report: Mapping[str, Any]) -> str:
    """Return the page of a report, given as the result of `Report.to_dict` or its JSON read back.

    The same report gives the same page.
    """
    style, script = ((STATIC / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    calibration = report.get("calibration", {})
    threshold = calibration.get("threshold")
    records = report["questions"]
    came = [outcomes.find_outcome(record) for record in records]
    counts = [(item, sum(other.name == item.name for other in came)) for item in outcomes.ENDINGS]
    teller = questions.Teller(report)
    name = report.get("about", {}).get("questions", {}).get("name", "")
    risk = calibration.get("risk_coverage", [])
    page = (
        environment()
        .get_template("page.html")
        .render(
            policy=policy(style, script),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            name=name,
            threshold=threshold,
            counts=[(item, n) for item, n in counts if n],
            total=len(records),
            outcome_bar=Markup(plots.outcomes([(item.name, n) for item, n in counts])),  # noqa: S704 - numbers
            lead={item.name: n for item, n in counts},
            headlines=figures.headlines(report),
            risk=Markup(plots.risk_coverage(risk, threshold)),  # noqa: S704 - numbers
            reliability=Markup(plots.reliability(calibration.get("reliability", []), threshold)),  # noqa: S704
            bins=[item for item in calibration.get("reliability", []) if item["n"]],
            steps=_thin(risk),
            at_threshold=thresholds.count_shown(records, threshold) if risk and threshold is not None else [],
            kinds=figures.kind_rows(report.get("by_kind", {})),
            articles=figures.kind_rows(report.get("by_article", {})),
            columns=[heading for _, heading, _ in figures.COLUMNS],
            questions=map(teller.tell, records),
            filters=_filters(records, came),
            errors=[record for record in records if record["error"]],
            setup=figures.setup_rows(report),
            byline=figures.byline(report),
        )
    )
    return HALVES.sub("\ufffd", page)


@cache
def environment() -> Environment:
    """Return the template environment; it escapes every text, and an undefined name is an error."""
    environment = Environment(
        loader=PackageLoader("citewell.evaluation.report_html", "static"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Both filters escape. Control characters of text direction cannot turn the text around them.
    environment.filters["steered"] = lambda text: Markup(markup.reveal_controls(text))  # noqa: S704
    environment.filters["isolated"] = lambda text: Markup(markup.isolate(text))  # noqa: S704
    environment.filters["percent"] = figures.percent
    environment.filters["anchor"] = questions.anchor
    environment.filters["spaced"] = lambda name: name.replace("_", " ")
    return environment


def policy(style: str, script: str = "") -> str:
    """Return a page's Content-Security-Policy: it allows only our style and script, by their hashes."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in (style, script)
    ]
    scripts = f" script-src 'sha256-{hashes[1]}';" if script else ""
    return f"default-src 'none'; style-src 'sha256-{hashes[0]}';{scripts} base-uri 'none'; form-action 'none'"


def _thin(points: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the point of a curve that is nearest to each tenth of coverage."""
    near = [
        min(points, key=lambda point: abs(point["coverage"] - tenth / 10)) for tenth in range(1, 11) if points
    ]
    return [point for place, point in enumerate(near) if point not in near[:place]]


def _filters(
    records: list[dict[str, Any]], came: list[outcomes.Outcome]
) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """Return the filters of the questions: name, label, and each value with its words and count.

    A property with the same value in all questions gives no filter.
    """
    stages = {item.name: item.label for item in outcomes.ENDINGS}
    columns = {
        "outcome": ("Outcome", [item.outcome for item in came], outcomes.OUTCOMES),
        "stage": ("What happened", [item.name for item in came], stages),
        "kind": ("Kind", [record["kind"] for record in records], {}),
        "split": ("Split", [record["split"] for record in records], {}),
    }
    found = []
    for name, (label, values, words) in columns.items():
        order = [*words, *sorted(set(values) - set(words))]
        options = [
            (value, words.get(value, value.replace("_", " ") or "none"), values.count(value))
            for value in order
            if value in values
        ]
        if len(options) > 1:
            found.append((name, label, options))
    return found
