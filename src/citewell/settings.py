"""Define every setting with its description, default and bounds.

Values come from the defaults, `citewell.toml`, the environment and arguments; each source overrides those
before it. The file is long because every setting is defined here.
"""

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Unpack

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceError,
)

from citewell import plugins
from citewell.answers.budget import AnswerLimits
from citewell.documents.confinement import Allowance
from citewell.documents.loading import MAX_ARTICLES, MAX_CHARACTERS, MAX_FILE_BYTES, FileLimits
from citewell.documents.passages import MAX_TOKENS
from citewell.errors import PluginError, SettingsError
from citewell.generation.chat_generator import CONTEXT_TOKENS
from citewell.index.collection import IndexConfig
from citewell.index.stores import FolderStore, Store
from citewell.options import Options
from citewell.questions import intent

FILE = "citewell.toml"
PREFIX = "CITEWELL_"
MILVUS = "milvus"
# Settings for generators with a language model; each is given those that its `create` has a parameter for.
GENERATOR_OPTIONS = (
    "model",
    "base_url",
    "api_key_variable",
    "context_tokens",
    "grammar",
    "model_seconds",
    "model_retries",
    "models_folder",
)
# Settings for readers of the hub's models, likewise.
READER_OPTIONS = ("reader_model", "support_model")
# Niceness of the process that reads a visitor's file: the questions of other visitors have priority.
NICE = 10


class Settings(BaseSettings):
    """All settings.

    The keys in `citewell.toml`, in the working folder, are the names below. The environment variables are
    the names in capitals behind `CITEWELL_`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    index: Annotated[Path, Field(description="Folder of the index.")] = Path("index")
    corpus: Annotated[Path, Field(description="Files or folder that the index is built from.")] = Path(
        "corpus"
    )
    encoder: Annotated[str, Field(description="Plugin that makes vectors.")] = "sentence_transformers"
    encoder_model: Annotated[
        str,
        Field(description="Model of the encoder: a folder or a hub name; empty: the one that ships."),
    ] = ""
    vector_index: Annotated[str, Field(description="Plugin that searches vectors.")] = "faiss"
    lexical: Annotated[str, Field(description="Plugin that searches words.")] = "bm25"
    milvus_uri: Annotated[
        str,
        Field(description="Address of Milvus, as in http://127.0.0.1:19530, or a file that ends in .db."),
    ] = ""
    milvus_collection: Annotated[str, Field(description="Name of the index in Milvus.")] = "citewell"
    milvus_token_variable: Annotated[
        str, Field(description="Environment variable with Milvus's token, or with user:password.")
    ] = "MILVUS_TOKEN"  # noqa: S105 - the variable's name
    milvus_index: Annotated[
        str,
        Field(
            pattern="^(FLAT|HNSW|IVF_FLAT|IVF_SQ8|AUTOINDEX)$",
            description="Kind of a new index in Milvus: FLAT, HNSW, IVF_FLAT, IVF_SQ8, AUTOINDEX.",
        ),
    ] = "FLAT"
    milvus_shards: Annotated[int, Field(ge=1, le=64, description="Shards of a new index in Milvus.")] = 1
    milvus_seconds: Annotated[
        float, Field(gt=0, description="Longest wait for an answer of Milvus, in seconds.")
    ] = 10.0
    passage_tokens: Annotated[int, Field(ge=16, le=4096, description="Longest passage, in tokens.")] = (
        MAX_TOKENS
    )
    reader: Annotated[str, Field(description="Plugin that reads passages.")] = "cross_encoder"
    reader_model: Annotated[
        str,
        Field(description="Question-answering model of the reader `transformers`: a folder or a hub name."),
    ] = ""
    support_model: Annotated[
        str,
        Field(description="Inference model with which it judges statements: a folder or a hub name."),
    ] = ""
    generator: Annotated[str, Field(description="Plugin that writes the answer.")] = "extractive"
    model: Annotated[
        str,
        Field(description="Model of the generator: a GGUF file, or its name on the server."),
    ] = ""
    base_url: Annotated[
        str, Field(description="Address of an OpenAI-compatible server, as in http://127.0.0.1:11434/v1.")
    ] = ""
    api_key_variable: Annotated[
        str, Field(description="Environment variable with the server's key [OPENAI_API_KEY].")
    ] = ""
    context_tokens: Annotated[
        int | None, Field(ge=512, description=f"Context of the model, in its own tokens [{CONTEXT_TOKENS}].")
    ] = None
    grammar: Annotated[
        bool | None,
        Field(description="Whether the model is held to a GBNF grammar [llama_cpp: yes, openai_chat: no]."),
    ] = None
    model_seconds: Annotated[
        float | None, Field(gt=0, description="Longest wait for the server's next words, in seconds [60].")
    ] = None
    model_retries: Annotated[
        int | None, Field(ge=0, le=10, description="How often the server is asked again when it fails [2].")
    ] = None
    models_folder: Annotated[
        Path | None, Field(description="Folder of downloaded models [the user's cache folder].")
    ] = None
    threshold: Annotated[
        float | None,
        Field(
            ge=0, le=1, description="Lowest probability of an answer that is shown; unset: the reader's own."
        ),
    ] = None
    passages: Annotated[int, Field(ge=1, le=100, description="Passages read for a question.")] = 5
    max_statements: Annotated[
        int,
        Field(
            ge=1,
            le=20,
            description="Most statements in an answer; most articles in an overview of several, with two"
            " sentences each.",
        ),
    ] = 5
    max_answer_tokens: Annotated[
        int, Field(ge=16, description="Most tokens of evidence in an answer, counted by tiktoken.")
    ] = 600
    prompt_tokens: Annotated[
        int,
        Field(
            ge=1,
            description="Tokens of the articles that a language model is given where not all of them fit.",
        ),
    ] = 150
    max_question_characters: Annotated[int, Field(ge=10, description="Longest question, in characters.")] = (
        intent.MAX_CHARACTERS
    )
    max_check_characters: Annotated[
        int, Field(ge=10, description="Longest text that is checked at once, in characters.")
    ] = 40_000
    max_question_tokens: Annotated[
        int, Field(ge=10, description="Longest question, counted by tiktoken.")
    ] = 1000
    max_file_bytes: Annotated[int, Field(ge=1, description="Largest file that is loaded.")] = MAX_FILE_BYTES
    max_file_characters: Annotated[
        int,
        Field(ge=1, description="Most characters in one file."),
    ] = MAX_CHARACTERS
    max_file_articles: Annotated[
        int, Field(ge=1, description="Most articles in one file; give larger sets as a BEIR folder.")
    ] = MAX_ARTICLES
    file_seconds: Annotated[
        int,
        Field(ge=1, description="Seconds of computing that `index` spends on one file."),
    ] = 300
    file_memory_mb: Annotated[
        int,
        Field(ge=200, description="Memory that `index` spends on one file, in MB."),
    ] = 4000
    language: Annotated[str, Field(description="Language of the web chat's page: en or de.")] = "en"
    own_articles: Annotated[
        int, Field(ge=0, le=100, description="Articles that a visitor of the web chat may bring.")
    ] = 10
    own_characters: Annotated[
        int, Field(ge=1, description="Most characters in a file that a visitor brings.")
    ] = 1_000_000
    own_passages: Annotated[
        int,
        Field(ge=1, description="Most passages of a visitor's own articles."),
    ] = 4000
    own_seconds: Annotated[
        int, Field(ge=1, description="Seconds of computing spent on reading a visitor's file.")
    ] = 20
    own_memory_mb: Annotated[
        int,
        Field(ge=200, description="Memory spent on reading a visitor's file, in MB."),
    ] = 1000
    own_at_once: Annotated[
        int,
        Field(
            ge=1,
            description="Visitors whose articles are read at once; others wait, questions do not.",
        ),
    ] = 1
    allow_urls: Annotated[
        bool, Field(description="Whether visitors of the web chat may give the address of a public web page.")
    ] = False
    upload_minutes: Annotated[
        int, Field(ge=1, description="Minutes over which uploads are counted for the limits below.")
    ] = 60
    uploads_visitor: Annotated[int, Field(ge=1, description="Files that one page may send in that time.")] = (
        50
    )
    upload_bytes_visitor: Annotated[
        int,
        Field(
            ge=1,
            description="Bytes that one page may send in that time.",
        ),
    ] = 200_000_000
    uploads_address: Annotated[
        int, Field(ge=1, description="Files from one network address in that time.")
    ] = 200
    upload_bytes_address: Annotated[
        int, Field(ge=1, description="Bytes from one network address in that time.")
    ] = 500_000_000
    uploads_all: Annotated[int, Field(ge=1, description="Files from all visitors in that time.")] = 1000
    upload_bytes_all: Annotated[int, Field(ge=1, description="Bytes from all visitors in that time.")] = (
        2_000_000_000
    )
    unread_address: Annotated[
        int, Field(ge=1, description="Files from one network address that may lie unread on disk at once.")
    ] = 40
    unread_bytes_address: Annotated[
        int, Field(ge=1, description="Bytes from one network address that may lie unread on disk at once.")
    ] = 200_000_000
    unread_all: Annotated[
        int, Field(ge=1, description="Files from all visitors that may lie unread on disk at once.")
    ] = 200
    unread_bytes_all: Annotated[
        int, Field(ge=1, description="Bytes from all visitors that may lie unread on disk at once.")
    ] = 1_000_000_000
    own_text_address: Annotated[
        int,
        Field(ge=1, description="Characters of own articles kept in memory for one network address at once."),
    ] = 20_000_000
    own_text_all: Annotated[
        int, Field(ge=1, description="Characters of own articles kept in memory for all visitors at once.")
    ] = 50_000_000
    feedback: Annotated[
        Path, Field(description="File of questions that the verdicts of the web chat are added to.")
    ] = Path("feedback/reported.jsonl")
    record: Annotated[
        Path | None,
        Field(description="File that each question is added to with its answer; nothing is kept without it."),
    ] = None
    auth: Annotated[
        str, Field(description="Who may use the web chat: USER:FILE, a name and the file of its password.")
    ] = ""
    without_auth: Annotated[
        bool, Field(description="Whether others may reach the web chat without a password.")
    ] = False
    share: Annotated[bool, Field(description="Whether Gradio's servers make a public link.")] = False
    mcp: Annotated[bool, Field(description="Whether MCP clients may call `ask`, `find` and `check`.")] = False
    queue: Annotated[
        int,
        Field(ge=1, description="Questions that may wait in the web chat; one more is told that it is busy."),
    ] = 64
    host: Annotated[str, Field(description="Address that `serve` listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port that `serve` listens on.")] = 7860

    @property
    def recipe(self) -> IndexConfig:
        """The settings that decide how an index is made."""
        return IndexConfig(
            encoder=self.encoder,
            encoder_model=self.encoder_model,
            index=self.vector_index,
            lexical=self.lexical,
            passage_tokens=self.passage_tokens,
        )

    @property
    def store(self) -> Store:
        """Where the index lies.

        Raises:
            SettingsError: It lies in Milvus, and no address is set.
            PluginError: It lies in Milvus, and pymilvus is not installed.
        """
        if self.vector_index != MILVUS:
            return FolderStore(self.index)
        if not self.milvus_uri:
            message = (
                "the vector index 'milvus' needs an address: --milvus-uri http://127.0.0.1:19530, "
                "or a file that ends in .db"
            )
            raise SettingsError(message)
        try:
            from citewell.index.milvus.store import MilvusStore  # noqa: PLC0415  # needs what [milvus] brings
        except ModuleNotFoundError as error:
            if (error.name or "citewell").partition(".")[0] == "citewell":
                raise
            message = f"an index in Milvus needs the package {error.name!r}: pip install 'citewell[milvus]'"
            raise PluginError(message) from error
        return MilvusStore(
            uri=self.milvus_uri,
            name=self.milvus_collection,
            token=os.environ.get(self.milvus_token_variable, ""),
            kind=self.milvus_index,
            shards=self.milvus_shards,
            seconds=self.milvus_seconds,
        )

    @property
    def limits(self) -> FileLimits:
        """Limits on what one file may hold."""
        return FileLimits(self.max_file_bytes, self.max_file_characters, self.max_file_articles)

    @property
    def allowance(self) -> Allowance:
        """Memory and time that reading one file may take while many are read for an index."""
        return Allowance(self.file_memory_mb, self.file_seconds)

    @property
    def own_limits(self) -> FileLimits:
        """Limits on what one file of a visitor may hold."""
        return FileLimits(self.max_file_bytes, self.own_characters, max(1, self.own_articles))

    @property
    def own_allowance(self) -> Allowance:
        """Memory, time and niceness of reading a visitor's file."""
        return Allowance(self.own_memory_mb, self.own_seconds, NICE)

    @property
    def answer_limits(self) -> AnswerLimits:
        """Limits on a question, on the passages read for it, and on its answer."""
        return AnswerLimits(
            passages=self.passages,
            statements=self.max_statements,
            answer_tokens=self.max_answer_tokens,
            question_characters=self.max_question_characters,
            question_tokens=self.max_question_tokens,
            prompt_tokens=self.prompt_tokens,
        )

    @property
    def reader_options(self) -> dict[str, object]:
        """Options to offer a reader, besides the encoder: those that are set."""
        return self._given(READER_OPTIONS)

    @property
    def generator_options(self) -> dict[str, object]:
        """Options to offer a generator, which takes only its own: those that are set."""
        return self._given(GENERATOR_OPTIONS)

    def _given(self, names: Sequence[str]) -> dict[str, object]:
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value not in ("", None)}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature; no .env is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources, the strongest first."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def settings(index: Path | None = None, **given: Unpack[Options]) -> Settings:
    """Read the settings; an argument that is None counts as not given.

    Raises:
        SettingsError: A key or value is wrong, in any source. For a wrong key the message names the nearest
            right one.
    """
    names = list(Settings.model_fields)
    for variable in os.environ:
        key = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and key not in names:
            message = f"unknown setting {variable} in the environment{nearest(key, names)}"
            raise SettingsError(message)
    typed: dict[str, Any] = {
        key: value for key, value in {"index": index, **given}.items() if value is not None
    }
    try:
        return Settings(**typed)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            where = "" if key in typed else f" in {FILE}"
            message = f"unknown setting {key!r}{where}{nearest(key, names)}"
        else:
            message = f"setting {key!r} is {first['input']!r}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise SettingsError(message) from error
    except (SourceError, ValueError, OSError) as error:
        message = f"{FILE} cannot be read: {error}"
        raise SettingsError(message) from error


def choose(base: Settings | None = None, index: Path | None = None, **typed: Unpack[Options]) -> Settings:
    """Return settings with those that a person typed, which the chosen plugins must take.

    A setting of the file or the environment that a plugin does not take is for another plugin, and is
    ignored. One that was typed is an error then.

    Args:
        base: The settings to change; when None, they are read from file and environment.
        index: Folder of the index; None counts as not given, as with every setting.
        typed: The settings by name.

    Raises:
        SettingsError: As `settings` raises it; or the reader or generator does not take one that was typed.
        PluginError: No plugin has that name, or a library that it needs is not installed.
    """
    given = {name: value for name, value in typed.items() if value is not None}
    before = {name: getattr(base, name) for name in base.model_fields_set} if base else {}
    chosen = settings(**(before | ({"index": index} if index else {}) | given))
    theirs = [name for name in given if name.startswith("milvus_")]
    if theirs and chosen.vector_index != MILVUS:
        message = f"{theirs[0]!r} is for an index in Milvus; add --vector-index {MILVUS}, or leave it out"
        raise SettingsError(message)
    if index is not None and given.get("vector_index") == MILVUS:
        message = f"the index {index} is a folder, and an index in Milvus has none; give one of them"
        raise SettingsError(message)
    takers: tuple[tuple[plugins.Family, str, Sequence[str]], ...] = (
        ("readers", chosen.reader, READER_OPTIONS),
        ("generators", chosen.generator, GENERATOR_OPTIONS),
    )
    for family, name, options in takers:
        for option in filter(given.__contains__, options):
            if not plugins.takes(plugins.door(family, name), option):
                what = family.removesuffix("s")
                message = (
                    f"the {what} {name!r} takes no {option!r}; leave it out, or choose a {what} that does"
                )
                raise SettingsError(message)
    return chosen


def nearest(key: str, names: Sequence[str]) -> str:
    """Return a hint for a wrong key: the nearest right key, or all keys when none is near."""
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.4)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}"
