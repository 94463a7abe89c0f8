"""Define the commands for language models: `citewell models list`, `download`, `check`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from citewell.cli.terminal import out, printable, progress_bar
from citewell.generation import gguf
from citewell.settings import settings as read_settings

MEGABYTE = 1_000_000

app = typer.Typer(
    name="models",
    help="Download and check language models (GGUF).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[
    Path | None,
    typer.Option(
        "--models-folder", help="Folder of models [default: in the user's cache].", show_default=False
    ),
]


@app.command(name="list")
def list_(folder: Folder = None) -> None:
    """List the models that are there, and those that can be downloaded by name."""
    where = gguf.models_folder(read_settings(models_folder=folder).models_folder)
    table = Table("model", "MB", "SHA-256", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    found = list(gguf.list_models(where))
    for item in found:
        sha256 = f"{item.sha256[:12]}…" if item.sha256 else "not known"
        table.add_row(Text(printable(item.path.name)), f"{item.size / MEGABYTE:,.0f}", sha256)
    out.print(Text(printable(f"{where}:{'' if found else ' no models'}")))
    if found:
        out.print(table)
    out.print(Text("to download:"))
    for name, known in gguf.KNOWN.items():
        out.print(Text(f"  {name}  {known.size / MEGABYTE:,.0f} MB, {known.licence}, {known.repository}"))
    out.print(Text("  or any REPOSITORY:FILE.gguf of the Hugging Face hub"))


@app.command()
def download(
    name: Annotated[
        str, typer.Argument(help="A name that `list` shows, or REPOSITORY:FILE.gguf.", metavar="MODEL")
    ],
    folder: Folder = None,
    *,
    sha256: Annotated[str, typer.Option("--sha256", help="Hash that it must have.")] = "",
) -> None:
    """Download a model from the Hugging Face hub, or resume a download, and check its hash."""
    where = read_settings(models_folder=folder).models_folder
    with progress_bar("Checking", "bytes") as report:
        path = gguf.download(name, where, wanted=sha256, progress=report)
    out.print(Text(printable(f"{path}: whole, SHA-256 {gguf.expected_sha256(path)}")))
    out.print(Text(printable(f"use it with --generator llama_cpp --model {path.name}")))


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="A model's file or name.", metavar="MODEL")],
    folder: Folder = None,
) -> None:
    """Compare a model's hash with the known one."""
    path = gguf.find(name, read_settings(models_folder=folder).models_folder)
    with progress_bar("Checking", "bytes") as report:
        found = gguf.verify(path, report)
    known = "as it should be" if gguf.expected_sha256(path) else "no known hash to compare with"
    out.print(Text(printable(f"{path}: SHA-256 {found}, {known}")))
