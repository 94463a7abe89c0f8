"""Print an answer for a person."""

from collections.abc import Sequence

from rich.text import Text

from citewell.answers.answer import DISAGREEMENT, Abstention, Answer
from citewell.answers.finding import Findings
from citewell.checking.citations import Citation
from citewell.cli.terminal import out, printable


def print_answer(answer: Answer) -> None:
    """Print an answer for a person: statements with the short answer in bold, then the citations' places."""
    if answer.is_rewritten:
        out.print(Text(f"Asked: {printable(answer.standalone)}", style="dim"))
    if answer.abstention:
        out.print(Text(answer.message, style="yellow"))
        first = 1 if answer.abstention is Abstention.POSSIBLY else 0
        print_passages("May answer it, not sure enough to say so:", answer.closest[:first])
        print_passages("Closest in the article, not an answer:", answer.closest[first:])
        return
    line = Text(DISAGREEMENT if answer.disagrees else "", style="yellow")
    for statement in answer.statements:
        text = Text(printable(statement.text))
        for span in statement.short:
            text.stylize("bold green", span.start, span.end)
        line.append_text(text)
        line.append(f"{statement.markers} ", style="cyan")
    out.print(line)
    if answer.message:
        out.print(Text(printable(answer.message), style="yellow"))
    out.print()
    for citation in answer.citations:
        out.print(Text(f"[{citation.number}] {describe_place(citation)}", style="cyan"))
        if all(statement.text != citation.quote for statement in answer.statements):
            out.print(Text(f"    {printable(citation.quote)}", style="dim"))
    sureness = answer.trace.sureness
    if sureness:
        words = sureness.value.replace("_", " ")
        out.print(Text(f"Confidence: {answer.confidence:.0%}, {words}", style="dim"))


def print_findings(findings: Findings) -> None:
    """Print for a person: each sentence with its place, then the counts by article."""
    for item in findings.found:
        facts = [describe_place(item.citation), printable(item.published), f"{item.probability:.0%}"]
        out.print(Text(f"[{item.citation.number}] {', '.join(filter(None, facts))}", style="cyan"))
        out.print(Text(f"    {printable(item.citation.quote)}"))
    articles = findings.by_article
    sums = f"Sentences: {len(findings.found)}. Articles: {len(articles)}."
    more = (
        f" {findings.left_out} more are not printed; --most raises the number." if findings.left_out else ""
    )
    out.print(Text(f"{sums} The nearest {findings.read} sentences were read.{more}", style="dim"))
    for citation, n in articles if len(articles) > 1 else ():
        out.print(Text(f"  {n:4}  {printable(citation.document_title)}", style="dim"))


def print_passages(label: str, passages: Sequence[Citation]) -> None:
    """Print passages to look at under a label; print nothing without passages."""
    if passages:
        out.print(Text(label, style="dim"))
    for citation in passages:
        out.print(Text(f"  {describe_place(citation)}", style="dim"))
        out.print(Text(f"  {printable(citation.quote)}", style="dim"))


def describe_place(citation: Citation) -> str:
    """Return the place of a citation in its article."""
    return printable(f"{citation.where}, characters {citation.start} to {citation.end}")
