"""Make one HTML page of an evaluation, from the JSON of `citewell evaluate --json` alone.

`figures` words the figures, `plots` draws, `outcomes` names what can come of a question, `highlights` cuts a
passage at what is cited, `questions` tells each question; `page` puts all of it into `static/`. The page
needs no network, and runs nothing of what the questions, answers and articles hold.
"""

from citewell.evaluation.report_html.page import render, write

__all__ = ["render", "write"]
