"""Options that several commands take."""

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from citewell import plugins
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
Reader = Annotated[
    str | None,
    typer.Option(
        "--reader",
        help="Plugin that reads passages.",
        autocompletion=lambda: list(plugins.names("readers")),
    ),
]
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
    typer.Option(
        "--generator",
        help="Plugin that writes the answer: extractive, llama_cpp, openai_chat.",
        autocompletion=lambda: list(plugins.names("generators")),
    ),
]
Model = Annotated[
    str | None, typer.Option("--model", help="Its model: a GGUF file or name, or a name on the server.")
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", help="Address of the server, as in http://127.0.0.1:11434/v1.")
]

# The settings that a command has options for, by name; the command passes them on.
LYING: Mapping[str, object] = {
    "vector_index": Annotated[
        str | None,
        typer.Option(
            "--vector-index",
            help="Plugin that searches vectors [default: faiss]; with milvus, the index lies there.",
            autocompletion=lambda: list(plugins.names("indexes")),
        ),
    ],
    "milvus_uri": Annotated[
        str | None,
        typer.Option("--milvus-uri", help="Address of Milvus, as in http://127.0.0.1:19530, or a .db file."),
    ],
    "milvus_collection": Annotated[
        str | None,
        typer.Option("--milvus-collection", help="Name of the index in Milvus [default: citewell]."),
    ],
}
MAKING: Mapping[str, object] = {
    "encoder": Annotated[str | None, typer.Option("--encoder", help="Plugin that makes vectors.")],
    "encoder_model": Annotated[
        str | None,
        typer.Option("--encoder-model", help="Its model: a folder, or a name on the Hugging Face hub."),
    ],
    **LYING,
    "milvus_index": Annotated[
        str | None,
        typer.Option(
            "--milvus-index", help="Kind of a new index in Milvus: FLAT, HNSW, IVF_FLAT, IVF_SQ8, AUTOINDEX."
        ),
    ],
    "milvus_shards": Annotated[
        int | None, typer.Option("--milvus-shards", help="Shards of a new index in Milvus [default: 1].")
    ],
}
READING: Mapping[str, object] = {
    "reader": Reader,
    "reader_model": ReaderModel,
    "support_model": SupportModel,
}
ANSWERING: Mapping[str, object] = {
    "threshold": Threshold,
    **READING,
    "generator": Generator,
    "model": Model,
    "base_url": BaseUrl,
}
RECORDING: Mapping[str, object] = {
    "record": Annotated[
        Path | None,
        typer.Option("--record", help="Add what is asked and answered to this file; else nothing is kept."),
    ],
}
SERVING: Mapping[str, object] = {
    "host": Annotated[str | None, typer.Option("--host", help="Address to listen on [default: 127.0.0.1].")],
    "port": Annotated[int | None, typer.Option("--port", help="Port to listen on [default: 7860].")],
    "auth": Annotated[
        str | None, typer.Option("--auth", help="USER:FILE, a name and the file of its password.")
    ],
    "without_auth": Annotated[
        bool | None,
        typer.Option("--without-auth", help="Let others reach it without a password.", show_default=False),
    ],
    "share": Annotated[
        bool | None,
        typer.Option("--share/--no-share", help="Make a public link, by Gradio's servers [default: no]."),
    ],
    "queue": Annotated[int | None, typer.Option("--queue", help="Questions that may wait [default: 64].")],
    "mcp": Annotated[
        bool | None,
        typer.Option("--mcp", help="Offer `ask`, `find` and `check` as MCP tools.", show_default=False),
    ],
    "allow_urls": Annotated[
        bool | None,
        typer.Option(
            "--allow-urls", help="Let visitors give the address of a public web page.", show_default=False
        ),
    ],
    "language": Annotated[
        str | None, typer.Option("--language", help="Language of the page: en or de [default: en].")
    ],
}


def takes(*settings: Mapping[str, object]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an option for each of the settings; it is called with them in its `**options`."""
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for group in settings
        for name, option in group.items()
    ]

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(command)
        own = [item for item in signature.parameters.values() if item.kind is not item.VAR_KEYWORD]
        command.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
        return command

    return add
