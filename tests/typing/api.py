"""What a user writes, checked by mypy and never run."""

from citewell import Abstention, Answer, Assistant, Citation, ask
from citewell.answers.writer import Event
from citewell.generation.generator import Generator
from citewell.generation.generators import extractive, scripted


def read(answer: Answer) -> str:
    first: Citation = answer.citations[0]
    place: tuple[int, int] = (first.start, first.end)
    reason: Abstention | None = answer.abstention
    return f"{answer.text} {answer.short} {answer.confidence:.2f} {place} {reason} {first.quote}"


async def use_beside(assistant: Assistant) -> Answer:
    async for event in assistant.astream("Who?", timeout=5):
        print(event)  # noqa: T201
    return await assistant.aask("Who?", timeout=5)


def use() -> list[Event]:
    read(ask("How many people were arrested in Germany?"))
    assistant = Assistant.open("index")
    first = assistant.ask("Who?")
    assistant.ask("And in Sweden?", history=[first])
    assistant.ask("And in Sweden?", history=[{"role": "user", "content": "Who?"}])
    assistant.ask("And in Sweden?", history=["Who?"], only=["operation-disruptor"])
    Assistant.from_files(["tide.txt"]).ask("Who?").to_dict()
    Assistant.open("index", generator="llama_cpp", model="qwen.gguf", threshold=0.5)
    read(Answer.from_dict(first.to_dict()))
    more = assistant.add(["ferry.txt"]).remove(["tide"])
    answers: list[Answer] = list(more.ask_many(["Who?", ("And in Sweden?", [first])]))
    assistant.ask("Who?", answers, timeout=5)
    generators: list[Generator] = [extractive.create(), scripted.create(["It rose [1]."])]
    assistant.with_generator(generators[1]).ask("What rose?")
    return list(Assistant.from_text("It rose.", title="The tide").stream("What rose?"))
