"""Print the questions that are suggested for articles, with their answers, for a person to judge.

`python -m benchmarks.suggestions` takes the articles of the near misses, one after another, until twenty
questions are printed. Of each: the article, the question, its headline, its probability, the cited sentence.
"""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from citewell.assistant import Assistant
from citewell.documents.document import document

ARTICLES = Path(__file__).parents[1] / "tests" / "data" / "near_misses" / "articles.jsonl"
EACH = 4  # asked for of an article


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, default=ARTICLES, help="JSON lines: id, title, text.")
    parser.add_argument("--from", type=int, default=0, dest="first", help="Articles to pass over.")
    parser.add_argument("--most", type=int, default=20)
    chosen = parser.parse_args()
    rows = [json.loads(line) for line in chosen.articles.read_text(encoding="utf-8").splitlines()]
    table = Table("article", "question", "headline", "probability", "sentence")
    read = 0
    for row in rows[chosen.first :]:
        article = document(row["text"], id=row["id"], title=row["title"])
        assistant = Assistant.from_documents([article])
        read += 1
        for question in assistant.suggestions(article.id, EACH):
            answer = assistant.ask(question)
            quote = answer.citations[0].quote if answer.citations else ""
            table.add_row(article.id, question, answer.short, f"{answer.confidence:.2f}", quote)
        if table.row_count >= chosen.most:
            break
    Console().print(table)
    Console().print(f"{table.row_count} questions of {read} articles")


if __name__ == "__main__":
    main()
