"""Talk to Milvus (Wang et al. 2021) through pymilvus: every call has a time limit and a plain error."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from pymilvus import DataType, Function, FunctionType, MilvusClient
from pymilvus.exceptions import MilvusException

from citewell.errors import ServerError

# pymilvus logs each error that it raises, with its traceback; the error itself says what happened.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)

NO_SUCH_COLLECTION: Final = 100  # Milvus's code; an unknown alias has it too
# The first releases with full-text search: the server, and milvus-lite (a file), which counts its own way.
WORDS_SINCE: Final = (2, 5)
# How an index is made, by its kind. IVF: lists of about 1,000 vectors in a million, of which 64 are searched.
# HNSW: the values of Milvus's documentation. `docs/scale.md` has what each costs.
BUILDING: Final[Mapping[str, Mapping[str, int]]] = {
    "FLAT": {},
    "AUTOINDEX": {},
    "HNSW": {"M": 16, "efConstruction": 200},
    "IVF_FLAT": {"nlist": 1024},
    "IVF_SQ8": {"nlist": 1024},
}
PROBED: Final = 64
# Milvus returns at most this many hits of a search, or rows of a query.
MOST: Final = 16_384
# A collection must have vectors; those of texts and records are this one, and never compared.
NO_VECTOR: Final = [1.0, 0.0]
# Seconds for what takes longer than a question may: making and loading a collection, writing many rows.
LOADING_S: Final = 60.0
# pymilvus pings every 10 seconds, which gRPC's servers but Milvus's own take for an attack and hang up on.
QUIET: Final = {"grpc.keepalive_time_ms": 300_000}
# BM25 as `lexical/bm25.py` computes it.
BM25: Final = {"bm25_k1": 1.5, "bm25_b": 0.75}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a collection.

    Attributes:
        name: Its name.
        bytes: Most bytes of a text; 0 for a whole number of 64 bits.
    """

    name: str
    bytes: int = 0


class Server:
    """One Milvus: a server, a cluster, or a file. Safe to use from many threads."""

    def __init__(self, uri: str, token: str = "", seconds: float = 10.0) -> None:
        """Connect.

        Args:
            uri: Address of a server, as in http://127.0.0.1:19530, or the path of a file that ends in .db.
            token: Its token or "user:password"; "" for none.
            seconds: Longest wait for a call.

        Raises:
            ServerError: Nothing answers there.
        """
        self.uri = without_password(uri)
        self.seconds = seconds
        self._loaded: set[str] = set()
        with self._told("connect to it"):
            self._client = MilvusClient(uri, token=token, timeout=seconds, grpc_options=dict(QUIET))
            self.version = str(self._client.get_server_version(timeout=seconds))

    @property
    def has_words(self) -> bool:
        """Whether this Milvus computes BM25."""
        if self.version.startswith("milvus_lite"):
            return True
        numbers = self.version.lstrip("v").split("-")[0].split(".")
        return tuple(int(number) for number in numbers[:2] if number.isdigit()) >= WORDS_SINCE

    @contextmanager
    def _told(self, doing: str, name: str = "") -> Iterator[None]:
        """Turn pymilvus's errors into ours, one line each."""
        try:
            yield
        except MilvusException as error:
            about = f" ({name})" if name else ""
            reason = " ".join(str(error.message).split())[:300]
            message = f"Milvus at {self.uri}{about} cannot {doing}: {reason}"
            if error.code == NO_SUCH_COLLECTION:
                raise NoSuchNameError(message) from error
            hint = "; is it running, and is the address right? Name it with --milvus-uri"
            raise ServerError(message + (hint if doing == "connect to it" else "")) from error

    def target(self, alias: str) -> str | None:
        """Return the collection that an alias names; None when there is no such alias."""
        try:
            with self._told("find", alias):
                found = self._client.describe_alias(alias, timeout=self.seconds)
        except NoSuchNameError:
            return None
        except ServerError as error:
            # subtle: 2.3 has no code of its own for an alias that is not there.
            if "not found" in str(error) or "not exist" in str(error):
                return None
            raise
        return str(found["collection_name"]) or None

    def point(self, alias: str, name: str) -> None:
        """Let an alias that is there name another collection, in one step."""
        with self._told("switch", alias):
            self._client.alter_alias(name, alias, timeout=self.seconds)

    def claim(self, alias: str, name: str) -> bool:
        """Make a new alias; False when it is there already. Of two callers at once, one succeeds."""
        try:
            with self._told("make the alias", alias):
                self._client.create_alias(name, alias, timeout=self.seconds)
        except ServerError:
            if self.target(alias) is None:
                raise
            return False
        return True

    def unname(self, alias: str) -> None:
        """Remove an alias."""
        with self._told("remove", alias):
            self._client.drop_alias(alias, timeout=self.seconds)

    def names(self) -> list[str]:
        """Return the names of all collections."""
        with self._told("list its collections"):
            return list(self._client.list_collections(timeout=self.seconds))

    def is_there(self, name: str) -> bool:
        """Whether there is a collection of this name."""
        with self._told("look for", name):
            return bool(self._client.has_collection(name, timeout=self.seconds))

    def describe(self, name: str) -> str:
        """Return the description with which a collection was made."""
        with self._told("describe", name):
            return str(self._client.describe_collection(name, timeout=self.seconds).get("description", ""))

    def mark(self, name: str, description: str) -> None:
        """Make an empty collection that is never searched, for an alias to name."""
        schema = MilvusClient.create_schema(auto_id=False, description=description)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=len(NO_VECTOR))
        with self._told("make", name):
            self._client.create_collection(name, schema=schema, timeout=self.seconds)

    def make(  # what, how long, and how it is searched
        self,
        name: str,
        fields: Sequence[Field],
        *,
        dimensions: int = 0,
        kind: str = "FLAT",
        words: str = "",
        shards: int = 1,
    ) -> None:
        """Make a collection and load it.

        Args:
            name: Its name.
            fields: Its columns beside the primary key `id` and the `vector`.
            dimensions: Length of a vector; 0 for rows without one.
            kind: Kind of the vectors' index, one of BUILDING.
            words: The column whose words BM25 counts; "" for none.
            shards: Number of shards.
        """
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        for field in fields:
            if field.name == words:
                schema.add_field(
                    field.name,
                    DataType.VARCHAR,
                    max_length=field.bytes,
                    enable_analyzer=True,
                    analyzer_params={"tokenizer": "standard"},
                )
            elif field.bytes:
                schema.add_field(field.name, DataType.VARCHAR, max_length=field.bytes)
            else:
                schema.add_field(field.name, DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions or len(NO_VECTOR))
        indexes = MilvusClient.prepare_index_params()
        indexes.add_index("vector", index_type=kind, metric_type="IP", params=dict(BUILDING[kind]))
        if words:
            schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
            schema.add_function(
                Function(
                    name="bm25",
                    function_type=FunctionType.BM25,
                    input_field_names=[words],
                    output_field_names=["sparse"],
                )
            )
            indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=BM25)
        with self._told("make", name):
            self._client.create_collection(
                name,
                schema=schema,
                index_params=indexes,
                num_shards=shards,
                consistency_level="Strong",
                timeout=max(self.seconds, LOADING_S),
            )
        self._loaded.add(name)

    def drop(self, name: str) -> None:
        """Remove a collection; nothing happens when there is none."""
        with self._told("remove", name):
            self._client.drop_collection(name, timeout=self.seconds)

    def _load(self, name: str) -> None:
        """Have a collection loaded, once: a server keeps it loaded, a file that is opened anew does not."""
        if name not in self._loaded:
            with self._told("load", name):
                self._client.load_collection(name, timeout=max(self.seconds, LOADING_S))
            self._loaded.add(name)

    def insert(self, name: str, rows: list[dict[str, Any]]) -> None:
        """Add rows."""
        with self._told("write", name):
            self._client.insert(name, rows, timeout=max(self.seconds, LOADING_S))

    def delete(self, name: str, where: str) -> None:
        """Remove the rows that an expression chooses."""
        with self._told("delete from", name):
            self._client.delete(name, filter=where, timeout=max(self.seconds, LOADING_S))

    def flush(self, name: str) -> None:
        """Make the rows of a collection durable outside the log, and let their index be built."""
        with self._told("flush", name):
            self._client.flush(name, timeout=max(self.seconds, 2 * LOADING_S))

    def rows(self, name: str, ids: Sequence[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows with these primary keys, in any order; missing ones are left out."""
        if not ids:
            return []
        self._load(name)
        with self._told("read", name):
            return list(
                self._client.query(
                    name,
                    filter=f"id in [{','.join(map(str, ids))}]",
                    output_fields=["id", *fields],
                    consistency_level="Strong",
                    timeout=self.seconds,
                )
            )

    def count(self, name: str, where: str, *, strong: bool = False) -> int:
        """Return the number of rows that an expression chooses, over all shards and segments that answer."""
        self._load(name)
        with self._told("count", name):
            found = self._client.query(
                name,
                filter=where,
                output_fields=["count(*)"],
                consistency_level="Strong" if strong else "Eventually",
                timeout=self.seconds,
            )
        return int(found[0]["count(*)"])

    def nearest(  # the search's own arguments
        self,
        name: str,
        query: Sequence[float] | str,
        k: int,
        where: str,
        *,
        kind: str = "FLAT",
        strong: bool = False,
    ) -> list[tuple[int, float]]:
        """Return primary keys and scores of the k rows nearest to a vector, or best by the words of a text.

        At most MOST rows are returned, best first.
        """
        k = min(k, MOST)
        by_words = isinstance(query, str)
        params: dict[str, int] = {}
        if kind == "HNSW":
            params = {"ef": max(128, 2 * k)}
        elif kind.startswith("IVF"):
            params = {"nprobe": PROBED}
        self._load(name)
        with self._told("search", name):
            (found,) = self._client.search(
                name,
                [query],
                limit=k,
                filter=where,
                anns_field="sparse" if by_words else "vector",
                search_params={
                    "metric_type": "BM25" if by_words else "IP",
                    "params": {} if by_words else params,
                },
                output_fields=["id"],
                consistency_level="Strong" if strong else "Eventually",
                timeout=self.seconds,
            )
        # subtle: milvus-lite returns BM25 scores below zero, the server above.
        scores = [float(hit["distance"]) for hit in found]
        return [
            (int(hit["id"]), abs(score) if by_words else score)
            for hit, score in zip(found, scores, strict=True)
        ]


def without_password(uri: str) -> str:
    """Return an address as it may be shown.

    >>> without_password("https://ann:secret@milvus.example:19530/db")
    'https://milvus.example:19530/db'
    """
    return re.sub(r"//[^/]*@", "//", uri)


class NoSuchNameError(ServerError):
    """Milvus knows no collection or alias of that name."""
