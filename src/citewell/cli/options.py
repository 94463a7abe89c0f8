"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from citewell.evaluation import squad

Index = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index [default: index].", show_default=False)
]
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold", help="Lowest probability of an answer that is shown [default: the reader's]."
    ),
]
Reader = Annotated[str | None, typer.Option("--reader", help="Plugin that reads passages.")]
ReaderModel = Annotated[
    str | None,
    typer.Option("--reader-model", help="Model of the reader `transformers`: a folder or a hub name."),
]
SupportModel = Annotated[
    str | None,
    typer.Option("--support-model", help="Model with which it judges statements: a folder or a hub name."),
]
Article = Annotated[
    list[str] | None, typer.Option("--article", help="Id of an article to answer from; repeatable.")
]
Filter = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="Only articles that meet this, as in 'published>=2019-07-01 title:Harbour'; repeatable.",
    ),
]

File = Annotated[
    Path | None,
    typer.Argument(help="Questions: our .jsonl, SQuAD's .json, or a BEIR folder.", metavar="FILE"),
]

Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", help="Answer from this file or folder instead of the index."),
]
ContextOf = Annotated[
    squad.Context, typer.Option("--context", help="What counts as one article of a SQuAD file.")
]
GivenArticle = Annotated[
    bool, typer.Option("--given-article", help="Answer each question only from the article that it names.")
]

Generator = Annotated[
    str | None,
    typer.Option("--generator", help="Plugin that writes the answer: extractive, llama_cpp, openai_chat."),
]
Model = Annotated[
    str | None, typer.Option("--model", help="Its model: a GGUF file or name, or a name on the server.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Address of the server, as in http://127.0.0.1:11434/v1.")
]
