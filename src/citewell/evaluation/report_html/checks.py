"""Write the report of checked texts as a page: one file without a script, which makes no request."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from citewell.text.markup import escape, isolate, reveal_controls
from citewell.text.normalisation import SURROGATES

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{text-align:left;padding:.25rem .75rem .25rem 0;"
    "border-bottom:1px solid;vertical-align:top}td.n{text-align:right}"
)


def render(report: Mapping[str, Any]) -> str:
    """Return the page of a report, given as `citewell evaluate --task check --json` writes it.

    The same report gives the same page. The claims with the wrong outcome come first.
    """
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    name = report["about"]["texts"]["name"]
    outcomes = [
        (outcome, row["wanted"], row["given"], row["precision"], row["recall"])
        for outcome, row in report["outcomes"].items()
    ]
    kinds = [(kind, outcome, n) for kind, given in report["kinds"].items() for outcome, n in given.items()]
    bins = [(row["from"], row["claims"], row["probability"], row["right"]) for row in report["calibration"]]
    records = sorted(report["records"], key=lambda item: bool(item["is_right"]))
    claims = "".join(
        f"<tr><td>{'right' if item['is_right'] else 'wrong'}</td><td>{escape(item['kind'])}</td>"
        f'<td>{escape(item["wanted"])}</td><td>{escape(item["outcome"])}</td><td class="n">'
        f'{item["probability"]:.2f}</td><td dir="auto">{reveal_controls(item["text"])}</td>'
        f'<td dir="auto">{reveal_controls(item["cited"])}</td></tr>'
        for item in records
    )
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>Checked texts: {escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>Checked texts: {isolate(name)}</h1>\n"
        f"{table(('figure', 'value'), report['figures'].items())}"
        f"{table(('outcome', 'claims', 'given', 'precision', 'recall'), outcomes)}"
        f"{table(('kind', 'outcome', 'claims'), kinds)}"
        f"{table(('probability from', 'claims', 'mean probability', 'right'), bins)}"
        "<h2>Claims</h2><table><tr><th></th><th>kind</th><th>right outcome</th><th>given</th>"
        f"<th>probability</th><th>claim</th><th>cited</th></tr>{claims}</table>\n</body>\n</html>\n"
    )
    return SURROGATES.sub("\ufffd", page)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; numbers have three decimals, nothing is empty."""
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(map(cell_of, row))}</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{body}</table>\n"


def cell_of(value: object) -> str:
    """Return a value as a cell."""
    if isinstance(value, float):
        return f'<td class="n">{value:.3f}</td>'
    return f"<td>{'' if value is None else escape(str(value))}</td>"
