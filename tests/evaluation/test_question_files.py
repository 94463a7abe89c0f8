import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from citewell.documents.document import document
from citewell.errors import QuestionsFileError
from citewell.evaluation import beir, questions, squad
from citewell.evaluation.metrics import Place
from citewell.evaluation.questions import Question

ARTICLE = document("The tide rose. It rose to 4 m. The tide rose.", id="news/tide")
RECORD = {
    "id": "q1",
    "kind": "numeric",
    "question": "How high?",
    "answers": ["4 m"],
    "evidence": ["It rose to 4 m."],
    "history": ["Did the tide rise?"],
    "answerable": True,
    "split": "dev",
    "document_id": "tide",
}


AND_ARTICLES = "and 'a', 'an', 'the'; give a longer one"


def written(path: Path, *lines: object) -> Path:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> tuple[str, ...]:
    with pytest.raises(QuestionsFileError) as caught:
        questions.read(path)
    return tuple(problem.removeprefix(f"{path}:") for problem in caught.value.problems)


# Our lines


def test_a_line_is_a_question(tmp_path: Path) -> None:
    path = written(tmp_path / "q.jsonl", RECORD)
    found = questions.read(path)
    assert found.questions == (
        Question(
            id="q1",
            question="How high?",
            answers=("4 m",),
            evidence=("It rose to 4 m.",),
            answerable=True,
            kind="numeric",
            split="dev",
            history=("Did the tide rise?",),
            document_id="tide",
            where=f"{path}:1",
        ),
    )
    assert (found.name, len(found.sha256), found.documents) == ("q.jsonl", 64, ())


def test_only_four_keys_are_needed_and_notes_are_let_be(tmp_path: Path) -> None:
    bare = {"id": "q1", "question": "Why?", "answers": [], "answerable": False, "by": "Ada", "kind": None}
    (question,) = questions.read(written(tmp_path / "q.jsonl", "", bare, "")).questions
    assert (question.kind, question.evidence, question.where[-2:]) == ("", (), ":2")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(RECORD).encode() + b"\r\n\r\n")
    assert len(questions.read(path).questions) == 1


def test_a_line_separator_inside_a_string_ends_no_line(tmp_path: Path) -> None:
    line = json.dumps(RECORD | {"question": "How\u2028high?"}, ensure_ascii=False)
    assert questions.read(written(tmp_path / "q.jsonl", line)).questions[0].question == "How\u2028high?"


def test_answers_and_evidence_are_normalised_as_articles_are(tmp_path: Path) -> None:
    record = RECORD | {"answers": ["Zu\u0308rich"], "evidence": ["in Zu\u0308rich\r\n"]}
    (question,) = questions.read(written(tmp_path / "q.jsonl", record)).questions
    assert (question.answers, question.evidence) == (("Zürich",), ("in Zürich\n",))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": None}, "has no 'id'"),
        ({"id": 7}, "'id' is a number; a string is wanted"),
        ({"question": "  "}, "'question' is empty"),
        ({"answers": "4 m"}, "'answers' is a string; a list of strings is wanted"),
        ({"answers": ["4 m", ""]}, "item 2 of 'answers' is empty; a string is wanted"),
        ({"answers": [4]}, "item 1 of 'answers' is a number; a string is wanted"),
        ({"evidence": [{"quote": "x"}]}, "item 1 of 'evidence' is an object; a string is wanted"),
        ({"history": [["x"]]}, "item 1 of 'history' is a list; a string is wanted"),
        ({"answerable": "yes"}, "'answerable' is a string; true or false is wanted"),
        ({"kind": True}, "'kind' is true or false; a string is wanted"),
        (
            {"answers": []},
            "is answerable but 'answers' is empty; give at least one, or set 'answerable' to false",
        ),
        (
            {"answers": ["The", "..."]},
            f"'answers' hold no word that is compared, without punctuation {AND_ARTICLES}",
        ),
        (
            {"answerable": False, "answers": []},
            "is not answerable but has 'evidence'; leave them empty, or set 'answerable' to true",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_named(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = written(tmp_path / "q.jsonl", RECORD | {"id": "other"}, RECORD | change)
    assert problems(path) == (f"2: {problem}",)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "1: is not JSON: Expecting property name enclosed in double quotes at character 2"),
        ('["id"]', "1: is a list; an object is wanted"),
        ("null", "1: is null; an object is wanted"),
        ("", "1: holds no question; one JSON object a line is wanted"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, line: str, problem: str) -> None:
    assert problems(written(tmp_path / "q.jsonl", line)) == (problem,)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"id": ' + "9" * 5000 + "}"])
def test_json_that_cannot_be_read_is_named_and_nothing_breaks(tmp_path: Path, line: str) -> None:
    (problem,) = problems(written(tmp_path / "q.jsonl", line))
    assert problem.startswith("1: cannot be read as JSON")


def test_bytes_that_are_no_utf_8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_bytes(json.dumps(RECORD).encode() + b'\n{"id": "caf\xe9"}\n')
    assert problems(path) == ("2: is not UTF-8 at byte 12; save the file as UTF-8",)


def test_a_misspelt_key_is_named_with_the_right_one(tmp_path: Path) -> None:
    renamed = {("evidences" if key == "evidence" else key): value for key, value in RECORD.items()}
    renamed = {("Answer" if key == "answers" else key): value for key, value in renamed.items()}
    path = written(tmp_path / "q.jsonl", renamed)
    assert problems(path) == (
        "1: has 'Answer'; did you mean 'answers'?",
        "1: has 'evidences'; did you mean 'evidence'?",
    )


def test_an_id_that_is_taken_is_named_with_its_first_place(tmp_path: Path) -> None:
    path = written(tmp_path / "q.jsonl", RECORD, RECORD | {"id": "q2"}, RECORD)
    assert problems(path) == (f"3: the id 'q1' is taken by {path}:1",)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = written(tmp_path / "q.jsonl", "{", RECORD, RECORD | {"question": 1, "history": "x"}, "[]")
    assert [problem[:2] for problem in problems(path)] == ["1:", "3:", "3:", "4:"]


def test_a_message_lists_twenty_problems_and_counts_the_others(tmp_path: Path) -> None:
    with pytest.raises(QuestionsFileError, match=r"20: is null.*; and 5 more$") as caught:
        questions.read(written(tmp_path / "q.jsonl", *["null"] * 25))
    assert len(caught.value.problems) == 25


@pytest.mark.parametrize("read", [questions.read, squad.read])
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(QuestionsFileError, match=r"none\.json: cannot be read: No such file"):
        read(tmp_path / "none.json")


def test_a_split_and_a_limit_choose_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = [RECORD | {"id": str(n), "split": "dev" if n % 2 else "test"} for n in range(6)]
    found = questions.read(written(tmp_path / "q.jsonl", *lines))
    assert [question.id for question in found.select("dev", 2).questions] == ["1", "3"]
    assert len(found.select().questions) == 6
    with pytest.raises(
        QuestionsFileError, match="no questions of the split 'dve'; its splits are: dev, test"
    ):
        found.select("dve")


# Gold evidence


def located(document_id: str, *evidence: str) -> list[Place]:
    question = Question("q", "?", ("x",), evidence, document_id=document_id, where="q.jsonl:1")
    other = document("Elsewhere the tide rose. It rose to 4 m.", id="other")
    return list(questions.locate_evidence([question], [ARTICLE, other])[0].places)


def test_every_occurrence_of_a_quote_is_gold() -> None:
    assert located("news/tide", "The tide rose.") == [Place("news/tide", 0, 14), Place("news/tide", 31, 45)]


def test_evidence_that_differs_only_in_white_space_is_found_where_it_stands() -> None:
    text = "The operation took down\u00a0Wall Street Market (WSM)\u00a0by\nEuropol. Wall  Street fell."
    article = document(text, id="news")
    question = Question("q", "?", ("x",), ("took down Wall Street Market (WSM) by Europol",))
    (gold,) = questions.locate_evidence([question], [article])
    (place,) = gold.places
    assert article.text[place.start : place.end] == "took down\u00a0Wall Street Market (WSM)\u00a0by\nEuropol"
    for other in ("Wall StreetMarket", "WallStreet fell", "Wall.Street"):
        with pytest.raises(QuestionsFileError, match="does not stand in any article"):
            questions.locate_evidence([replace(question, evidence=(other,))], [article])


def test_evidence_that_stands_verbatim_is_looked_for_verbatim_alone() -> None:
    article = document("It rose. It\u00a0rose.", id="news")
    question = Question("q", "?", ("x",), ("It rose.",))
    assert questions.locate_evidence([question], [article])[0].places == (Place("news", 0, 8),)


def test_without_an_article_every_one_is_searched() -> None:
    assert located("", "It rose to 4 m.") == [Place("news/tide", 15, 30), Place("other", 25, 40)]


def test_an_article_is_known_by_what_the_file_itself_calls_it() -> None:
    assert located("tide", "It rose to 4 m.") == [Place("news/tide", 15, 30)]


@pytest.mark.parametrize(
    ("document_id", "quote", "problem"),
    [
        ("", "It fell.", "the evidence 'It fell.' does not stand in any article; copy it verbatim"),
        ("tide", "Elsewhere", "'Elsewhere' does not stand in the article 'news/tide'; copy it verbatim"),
        ("tides", "rose", "the article 'tides' is not among news/tide, other"),
    ],
)
def test_evidence_that_stands_nowhere_is_named(document_id: str, quote: str, problem: str) -> None:
    with pytest.raises(QuestionsFileError) as caught:
        located(document_id, quote)
    assert str(caught.value).startswith("q.jsonl:1: ")
    assert problem in str(caught.value)


def test_a_name_that_two_articles_end_with_is_refused() -> None:
    twins = [document("One.", id="a/x"), document("Two.", id="b/x")]
    question = Question("q", "?", document_id="x", where="q.jsonl:1")
    with pytest.raises(QuestionsFileError, match="the article 'x' may be a/x, b/x"):
        questions.locate_evidence([question], twins)


# SQuAD

CONTEXT = "The tide rose. In Zürich it rose to 4 metres. Nobody\r\nslept."
SECOND = "The wind fell."


def squad_file(path: Path, *answers: tuple[str, int], context: str = CONTEXT, **changes: object) -> Path:
    answer_list = [{"text": text, "answer_start": start} for text, start in answers]
    first = {"id": "a", "question": "How high?", "answers": answer_list} | changes
    second = {"id": "b", "question": "What fell?", "answers": [{"text": "wind", "answer_start": 4}]}
    paragraphs = [{"context": context, "qas": [first]}, {"context": SECOND, "qas": [second]}]
    path.write_text(json.dumps({"version": "1.1", "data": [{"title": "Tide", "paragraphs": paragraphs}]}))
    return path


def test_a_paragraph_of_squad_is_an_article_and_the_answers_sentence_its_evidence(
    tmp_path: Path,
) -> None:
    answer = ("4 metres", CONTEXT.index("4"))
    found = squad.read(squad_file(tmp_path / "s.json", answer, answer))
    assert [item.id for item in found.documents] == ["Tide/1", "Tide/2"]
    first, second = found.questions
    assert (first.answers, first.evidence) == (("4 metres",), ("In Zürich it rose to 4 metres.",))
    assert (second.document_id, second.evidence) == ("Tide/2", ("The wind fell.",))
    assert questions.locate_evidence(found.questions, found.documents)[0].places == (Place("Tide/1", 15, 45),)


def test_a_whole_article_of_squad_is_one_article(tmp_path: Path) -> None:
    path = squad_file(tmp_path / "s.json", ("slept", CONTEXT.index("slept")))
    found = squad.read(path, context=squad.Context.ARTICLE)
    (article,) = found.documents
    assert (article.id, article.text) == ("Tide", f"{CONTEXT.replace(chr(13), '')}\n\n{SECOND}")
    assert [question.evidence for question in found.questions] == [("Nobody\nslept.",), ("The wind fell.",)]
    places = [gold.places for gold in questions.locate_evidence(found.questions, found.documents)]
    assert [article.text[place.start : place.end] for (place,) in places] == [
        "Nobody\nslept.",
        "The wind fell.",
    ]


def test_places_after_letters_that_normalisation_joins_are_found(tmp_path: Path) -> None:
    raw = CONTEXT.replace("ü", "u\u0308")
    path = squad_file(
        tmp_path / "s.json", ("Zu\u0308rich", raw.index("Z")), ("4 metres", raw.index("4")), context=raw
    )
    assert squad.read(path).questions[0].answers == ("Zürich", "4 metres")


def test_squad_2_says_what_cannot_be_answered(tmp_path: Path) -> None:
    path = squad_file(
        tmp_path / "s.json", is_impossible=True, plausible_answers=[{"text": "x", "answer_start": 0}]
    )
    (question, _) = squad.read(path).questions
    assert (question.answerable, question.answers, question.evidence) == (False, (), ())


def test_two_articles_of_one_title_are_two(tmp_path: Path) -> None:
    paragraphs = [{"context": SECOND, "qas": [{"id": "b", "question": "?", "answers": []}]}]
    others = [{"context": CONTEXT, "qas": []}]
    path = tmp_path / "s.json"
    articles = [{"title": "T", "paragraphs": paragraphs}, {"title": "T", "paragraphs": others}]
    path.write_text(json.dumps({"data": articles}))
    assert [item.id for item in squad.read(path).documents] == ["T/1", "T-2/1"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "1: is not JSON"),
        ('{\n"data": [}', "2: is not JSON"),
        ('{"id": "q"}', "1: has no list 'data'"),
        ('{"data": 3}', "1: data[0]: has no list 'paragraphs'"),
        ('{"data": []}', "1: holds no question"),
        (
            '{"data": [{"paragraphs": [{"qas": []}]}]}',
            "1: data[0].paragraphs[0]: has no text under 'context'",
        ),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "q"}]}]}]}',
            "1: data[0].paragraphs[0].qas[0]: has no 'id' and 'question'",
        ),
        (
            '{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": "q", "question": "?"}]}]}]}',
            "1: data[0].paragraphs[0].qas[0]: has no list 'answers'",
        ),
    ],
)
def test_what_is_wrong_with_a_file_of_squad_is_named(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(QuestionsFileError) as caught:
        squad.read(path)
    assert str(caught.value).startswith(f"{path}:{problem}")


def test_an_answer_that_does_not_stand_where_squad_says_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        QuestionsFileError, match=r"qas\[0\]: the answer '4 metres' does not stand at 0, where 'The tide' is"
    ):
        squad.read(squad_file(tmp_path / "s.json", ("4 metres", 0)))


# BEIR


def beir_folder(folder: Path, qrels: Sequence[str] = ("q1\td1\t2", "q1\td2\t0")) -> Path:
    (folder / "qrels").mkdir()
    written(
        folder / "corpus.jsonl",
        {"_id": "d1", "title": "Tide", "text": "It rose."},
        {"_id": "d2", "text": "Wind."},
        {"_id": "d3", "title": "", "text": ""},
    )
    written(
        folder / "queries.jsonl", {"_id": "q1", "text": "Did it rise?"}, {"_id": "q2", "text": "Not judged"}
    )
    written(folder / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore", *qrels)
    return folder


def test_a_folder_of_beir_is_queries_and_what_is_relevant(tmp_path: Path) -> None:
    found = beir.read(beir_folder(tmp_path))
    assert [item.text for item in found.documents] == ["Tide\n\nIt rose.", "Wind."]
    assert (found.queries, found.qrels) == ({"q1": "Did it rise?"}, {"q1": {"d1": 2, "d2": 0}})
    assert found.left_out == ("d3",)


def test_qrels_are_chosen_by_split(tmp_path: Path) -> None:
    beir_folder(tmp_path)
    written(tmp_path / "qrels" / "dev.tsv", "q2\td2\t1")
    assert beir.read(tmp_path).queries == {"q1": "Did it rise?"}
    assert beir.read(tmp_path, "dev").queries == {"q2": "Not judged"}
    with pytest.raises(QuestionsFileError, match=r"has no qrels/train.tsv.*there are: dev, test"):
        beir.read(tmp_path, "train")


def test_what_is_wrong_with_a_folder_of_beir_is_named(tmp_path: Path) -> None:
    beir_folder(tmp_path, ["q1\td1", "q9\td1\t1", "q1\td9\t1", "q1\td1\tmuch"])
    written(tmp_path / "queries.jsonl", {"_id": "q1", "text": "Did it rise?"}, {"id": "q2"})
    with pytest.raises(QuestionsFileError) as caught:
        beir.read(tmp_path)
    assert [problem.removeprefix(str(tmp_path)) for problem in caught.value.problems] == [
        "/queries.jsonl:2: has no strings '_id' and 'text'",
        "/qrels/test.tsv:2: is not query, article and whole number, apart by tabs",
        "/qrels/test.tsv:5: is not query, article and whole number, apart by tabs",
        "/qrels/test.tsv:3: the query 'q9' is not in queries.jsonl",
        "/qrels/test.tsv:4: the article 'd9' is not in corpus.jsonl",
    ]


def test_a_folder_that_is_not_beir_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        QuestionsFileError, match=r"has no qrels/test.tsv, as a BEIR folder has; there are: none"
    ):
        beir.read(tmp_path)
