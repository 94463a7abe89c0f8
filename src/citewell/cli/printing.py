"""Print an answer for a person."""

from rich.text import Text

from citewell.answers.answer import Answer
from citewell.answers.citations import Citation
from citewell.cli.terminal import out, printable


def print_answer(answer: Answer) -> None:
    """Print an answer for a person: statements with the short answer in bold, then where they stand."""
    if answer.is_rewritten:
        out.print(Text(f"Asked: {printable(answer.standalone)}", style="dim"))
    if answer.abstention:
        out.print(Text(answer.message, style="yellow"))
        if answer.closest:
            out.print(Text("Closest in the article, not an answer:", style="dim"))
            for citation in answer.closest:
                out.print(Text(f"  {describe_place(citation)}", style="dim"))
                out.print(Text(f"  {printable(citation.quote)}", style="dim"))
        return
    line = Text()
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
    out.print(Text(f"Confidence: {answer.confidence:.0%}", style="dim"))


def describe_place(citation: Citation) -> str:
    """Say where a citation stands."""
    return printable(f"{citation.document_title}, characters {citation.start} to {citation.end}")
