"""What the contract tests give to plugins that need something: one table, `OPTIONS`."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import small_models
from citewell import plugins
from citewell.plugins import Family
from faulty import Behaviour, serving

Make = Callable[[Family, str], Any]

# By family and name; a family's own line, with "" for the name, holds for those that have none.
OPTIONS: dict[tuple[Family, str], dict[str, Any]] = {
    ("readers", ""): {"encoder": plugins.load("encoders", "hashing")},
}


@pytest.fixture(scope="session")
def chat_server() -> Iterator[Any]:
    """A generator whose server writes the same text to everybody."""
    with serving(Behaviour(text="The article says so [1].\nShort: so")) as server:
        yield plugins.load("generators", "openai_chat", base_url=server.url, model="m")


@pytest.fixture(scope="session")
def hub_reader(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A reader with models as the hub has them."""
    folder = tmp_path_factory.mktemp("hub")
    finds, judges = small_models.save(folder / "f"), small_models.save(folder / "j", small_models.LABELS)
    return plugins.load("readers", "transformers", reader_model=str(finds), support_model=str(judges))


@pytest.fixture(scope="session")
def make(request: pytest.FixtureRequest) -> Make:
    """Load a plugin by family and name, once in a session."""
    made: dict[tuple[Family, str], Any] = {}

    def make(family: Family, name: str) -> Any:
        if (family, name) == ("encoders", "sentence_transformers"):
            return request.getfixturevalue("encoder")  # the one that all tests share
        if (family, name) == ("generators", "llama_cpp"):
            return request.getfixturevalue("in_process")
        if (family, name) == ("readers", "transformers"):
            return request.getfixturevalue("hub_reader")
        if (family, name) == ("generators", "openai_chat"):
            return request.getfixturevalue("chat_server")
        if (family, name) not in made:
            options = OPTIONS.get((family, name), OPTIONS.get((family, ""), {}))
            made[family, name] = plugins.load(family, name, **options)
        return made[family, name]

    return make
