"""Name the settings with their types, for keywords that editors and type checkers know.

`citewell.settings` describes each, gives its default and checks its value.
"""

from pathlib import Path
from typing import TypedDict


class OptionsBesideEncoder(TypedDict, total=False):
    """The settings but `index` and `encoder`, for a function that takes these two in a way of its own."""

    corpus: Path | None
    encoder_model: str | None
    vector_index: str | None
    lexical: str | None
    milvus_uri: str | None
    milvus_collection: str | None
    milvus_token_variable: str | None
    milvus_index: str | None
    milvus_shards: int | None
    milvus_seconds: float | None
    passage_tokens: int | None
    reader: str | None
    reader_model: str | None
    support_model: str | None
    generator: str | None
    model: str | None
    base_url: str | None
    api_key_variable: str | None
    context_tokens: int | None
    grammar: bool | None
    model_seconds: float | None
    model_retries: int | None
    models_folder: Path | None
    threshold: float | None
    passages: int | None
    max_statements: int | None
    max_answer_tokens: int | None
    prompt_tokens: int | None
    max_check_characters: int | None
    max_question_characters: int | None
    max_question_tokens: int | None
    max_file_bytes: int | None
    max_file_characters: int | None
    max_file_articles: int | None
    file_seconds: int | None
    file_memory_mb: int | None
    language: str | None
    own_articles: int | None
    own_characters: int | None
    own_passages: int | None
    own_seconds: int | None
    own_memory_mb: int | None
    own_at_once: int | None
    allow_urls: bool | None
    upload_minutes: int | None
    uploads_visitor: int | None
    upload_bytes_visitor: int | None
    uploads_address: int | None
    upload_bytes_address: int | None
    uploads_all: int | None
    upload_bytes_all: int | None
    unread_address: int | None
    unread_bytes_address: int | None
    unread_all: int | None
    unread_bytes_all: int | None
    own_text_address: int | None
    own_text_all: int | None
    feedback: Path | None
    record: Path | None
    auth: str | None
    without_auth: bool | None
    share: bool | None
    mcp: bool | None
    queue: int | None
    host: str | None
    port: int | None


class Options(OptionsBesideEncoder, total=False):
    """Settings as keywords: `Assistant.open("index", generator="llama_cpp")`. None counts as not given.

    `index` is no key: it is the first argument where an index is opened.
    """

    encoder: str | None
