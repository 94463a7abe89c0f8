"""Make one HTML page of an evaluation, from the JSON of `citewell evaluate --json` alone.

`figures` words the figures, `plots` draws the plots, and `outcomes` names the outcomes of a question.
`highlights` cuts a passage at its citations, and `questions` describes each question. `page` fills the
template in `static/` with these, `comparing` another with a comparison of two reports. A page needs no
network, and runs no code from the questions, answers and articles.
"""

from citewell.evaluation.report_html.comparing import render_comparison
from citewell.evaluation.report_html.page import render, write

__all__ = ["render", "render_comparison", "write"]
