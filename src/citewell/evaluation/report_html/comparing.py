"""Write a comparison of two reports as a page, in the look of a report."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from citewell.evaluation.report_html.page import HALVES, STATIC, environment, policy

# The order of the changed questions: what got worse is read first.
CHANGES = ("worse", "better", "other")


def render_comparison(found: Mapping[str, Any], names: tuple[str, str]) -> str:
    """Return the page of a comparison, given as the result of `Comparison.to_dict` or its JSON read back.

    Args:
        found: The comparison.
        names: What to call the two reports.
    """
    style = (STATIC / "page.css").read_text(encoding="utf-8")
    changed = [
        {**item, "before": describe(item["first"]), "after": describe(item["second"])}
        for item in sorted(found["changed"], key=lambda item: CHANGES.index(item["change"]))
    ]
    page = (
        environment()
        .get_template("comparison.html")
        .render(
            policy=policy(style),
            style=Markup(style),  # noqa: S704 - our own file
            names=names,
            n=found["n"],
            left_out=found["left_out"],
            differences=[
                {
                    **item,
                    "certain": bool(item["interval"]) and not item["interval"][0] <= 0 <= item["interval"][1],
                }
                for item in found["differences"]
            ],
            counts=[(name, sum(item["change"] == name for item in changed)) for name in CHANGES],
            changed=changed,
        )
    )
    return HALVES.sub("\ufffd", page)


def describe(side: Mapping[str, Any]) -> str:
    """Return what one report says to a question: the short answer, or why there is none."""
    prediction = side["prediction"]
    if not prediction:
        return ""
    return str(prediction["short"]) or f"({str(prediction['abstention']).replace('_', ' ')})"
