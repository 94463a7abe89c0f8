"""The adapters in the real frameworks: what they pass on stands in the article, where they say."""

import os
from pathlib import Path
from typing import Any

import pytest

from asynchrony import run_async
from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.errors import SettingsError

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

TEXT = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
QUESTION = "How high did the tide rise at Kiel?"
OTHER = "The ferry to Oslo sank on Tuesday. Ann Lee was rescued."
NOWHERE = "hello"
CITED = "The tide rose to 3.2 metres at Kiel on Monday."
RESOLVED = "(resolved – on Monday: 3 May 2021)"


@pytest.fixture(scope="module")
def small() -> Assistant:
    articles = [document(TEXT, id="tide", published="2021-05-04"), document(OTHER, id="ferry")]
    return Assistant.from_documents(articles, encoder="hashing", reader="similarity", threshold=0)


def stands(assistant: Assistant, text: str, where: dict[str, Any]) -> bool:
    texts = {article.id: article.text for article in assistant.collection.documents}
    return texts[where["document_id"]][where["start_char_index"] : where["end_char_index"]] == text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_langchain_retrieves_and_calls_the_tool(small: Assistant) -> None:
    from langchain_core.runnables import RunnableLambda  # noqa: PLC0415  # seconds, for this test alone

    from citewell.integrations.langchain import CitewellRetriever, make_tool  # noqa: PLC0415

    chain = CitewellRetriever(assistant=small, k=1) | RunnableLambda(lambda found: found)
    (found,) = chain.invoke(QUESTION)
    assert found.page_content == TEXT
    assert stands(small, found.page_content, found.metadata)
    assert found.metadata["published"] == "2021-05-04"
    assert run_async(chain.ainvoke(QUESTION)) == [found]
    everything = CitewellRetriever(assistant=small).invoke(QUESTION)
    assert [item.metadata["document_id"] for item in everything] == ["tide", "ferry"]
    assert CitewellRetriever(assistant=small, only=["ferry"]).invoke(QUESTION)[0].page_content == OTHER

    tool = make_tool(small)
    assert set(tool.args) == {"question"}
    call = {"name": tool.name, "args": {"question": QUESTION}, "id": "1", "type": "tool_call"}
    said = tool.invoke(call)
    place = "[1] Tide, 4 May 2021, characters 0 to 46:"
    assert said.content.splitlines() == [f"{CITED} [1] {RESOLVED}", f"{place} {CITED}"]
    assert said.artifact == small.ask(QUESTION)
    silent = run_async(tool.ainvoke({**call, "args": {"question": NOWHERE}}))
    assert silent.content == small.ask(NOWHERE).text
    assert isinstance(silent.artifact, Answer)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_llama_index_retrieves_and_calls_the_tool(small: Assistant) -> None:
    from citewell.integrations.llama_index import CitewellRetriever, make_tool  # noqa: PLC0415

    (found,) = CitewellRetriever(small, k=1).retrieve(QUESTION)
    assert found.node.get_content() == TEXT
    assert found.score
    assert stands(small, found.node.get_content(), found.node.metadata)
    assert (found.node.start_char_idx, found.node.end_char_idx) == (0, len(TEXT))  # type: ignore[attr-defined]

    tool = make_tool(small)
    said = tool.call(question=QUESTION)
    assert said.content.splitlines()[1] == f"[1] Tide, 4 May 2021, characters 0 to 46: {CITED}"
    assert run_async(tool.acall(question=QUESTION)).content == said.content
    assert tool.metadata.name == "ask_articles"
    assert "question" in tool.metadata.get_parameters_dict()["properties"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_haystack_runs_the_component_in_a_pipeline_and_reads_it_back(
    small: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from haystack import Pipeline  # noqa: PLC0415
    from haystack.core.serialization import allow_deserialization_module  # noqa: PLC0415

    from citewell.integrations.haystack import CitewellAnswerer  # noqa: PLC0415

    pipeline = Pipeline()
    pipeline.add_component("answerer", CitewellAnswerer(assistant=small))
    told = pipeline.run({"answerer": {"query": "And in Paris?", "history": [QUESTION]}})["answerer"]
    assert told["answers"][0].meta["standalone"] == "How high did the tide rise at Kiel in Paris?"
    told = pipeline.run({"answerer": {"query": QUESTION}})["answerer"]
    (answer,) = told["answers"]
    assert (answer.data, answer.query, told["abstention"]) == (f"{CITED} [1] {RESOLVED}", QUESTION, "")
    assert [item.content for item in told["documents"]] == [CITED]
    assert stands(small, CITED, told["documents"][0].meta)
    silent = pipeline.run({"answerer": {"query": NOWHERE}})["answerer"]
    assert (silent["answers"], silent["abstention"]) == ([], "not_a_question")

    with pytest.raises(SettingsError, match="cannot be written down"):
        CitewellAnswerer(assistant=small).to_dict()
    again = Pipeline()
    again.add_component("answerer", CitewellAnswerer(index=str(tmp_path)))
    opened: list[object] = []

    def open_index(index: object) -> Assistant:
        opened.append(index)
        return small

    monkeypatch.setattr(Assistant, "open", open_index)
    allow_deserialization_module("citewell.integrations.haystack")
    read_back = Pipeline.from_dict(again.to_dict())
    assert read_back.run({"answerer": {"query": QUESTION}})["answerer"]["answers"]
    assert opened == [str(tmp_path)]
