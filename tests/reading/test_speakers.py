"""Who says what stands in quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.reading.readers import cross_encoder
from citewell.reading.speakers import find_said
from citewell.reading.table_rows import tell
from citewell.text.sentences import sentences

TRUST = """\
The market was closed on Monday.

"Nobody knows what comes next," adds Clark. "This is a further blow to the traders. They lost everything."
"""


def said(text: str) -> list[tuple[str, str]]:
    return [(text[slice(*one.sentence)], text[slice(*one.speaker)]) for one in find_said(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            TRUST,
            [
                ('"This is a further blow to the traders.', "Clark"),
                ('They lost everything."', "Clark"),
            ],
        ),
        # The name stands before, with what its bearer is; behind it with a title.
        ('Ann Lee, a nurse, said, "I slept. It was dark."', [('It was dark."', "Ann Lee")]),
        ('"It is wet," said UCL chemist Ana Tsiaras. "It is."', [('"It is."', "Ana Tsiaras")]),
        ('"I did," wrote Trump on Twitter. "I thank John."', [('"I thank John."', "Trump")]),
        ('"It rose," said Ryan Cloutier of the Centre. "It fell."', [('"It fell."', "Ryan Cloutier")]),
        # The sentence names somebody itself, or says something of its own.
        ('Lee said, "It rose." Schiff called it "a dead end".', []),
        # Two speakers, or one who is not named.
        ('"It rose," said Lee. "It fell," said Clark. "It did."', []),
        ('"It rose," said Lee. "It did," he said. "Yes, it did."', []),
        ('"It rose," an official said. "It did."', []),
        # No person's name.
        ('"It rose," he said on Friday. "It did."', []),
        ('Ann Lee of the Deakin University, said "It is one. It is new."', []),
        # Another paragraph.
        ('"It rose," said Lee.\n\n"It fell."', []),
    ],
)  # fmt: skip
def test_a_quoted_sentence_has_the_speaker_that_its_paragraph_names(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert said(text) == expected


@given(st.text(alphabet='Ab. ",\n', max_size=60).map(lambda text: f'"A," said Lee. {text}'))
def test_what_is_said_is_a_sentence_and_its_speaker_stands_in_another(text: str) -> None:
    whole = set(sentences(text))
    for one in find_said(text):
        assert one.sentence in whole
        assert one.naming in whole
        assert one.naming != one.sentence
        assert one.naming.start <= one.speaker.start < one.speaker.end <= one.naming.end


def whole(text: str, first: int = 0) -> Passage:
    article = document(text, id="market")
    found = tuple(sentences(text))[first:]
    return Passage(article, found[0].start, found[-1].end, found)


def test_it_is_told_behind_its_speaker_where_the_question_is_about_a_person() -> None:
    passage = whole(TRUST, first=2)  # the name stands outside of it
    told = tell(passage, "Who spoke of a blow?")
    assert told.text == (
        'Clark says: "This is a further blow to the traders. Clark says: They lost everything."'
    )
    assert tell(passage, "What does Clark say?").text == told.text
    assert tell(passage, "What did they lose?").text == passage.text


def test_the_speaker_is_the_answer_with_the_sentence_that_names_him_and_the_one_he_says() -> None:
    (reading,) = cross_encoder.create().read("Who called it a further blow to the traders?", [whole(TRUST)])
    cited = [TRUST[slice(*span)] for span in reading.evidence]
    assert [TRUST[slice(*span)] for span in reading.short] == ["Clark"]
    assert cited == ['"Nobody knows what comes next," adds Clark.', '"This is a further blow to the traders.']
