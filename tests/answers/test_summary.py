import pytest

from citewell.answers.summary import find_central_sentences
from citewell.documents.document import document
from citewell.documents.people import find_people
from citewell.index.protocols import Encoder
from citewell.text.sentences import sentences


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("“We won,” said Ann Lee.", ["Ann Lee"]),
        ("Kacey Clark, Threat Researcher at Digital Shadows, notes that it helps.", ["Kacey Clark"]),
        ("the Head of the Centre (EC3), Edvardas Šileris, said nothing.", ["Edvardas Šileris"]),
        ("Prime Minister Jacinda Ardern resigned. Jacinda Ardern said so.", ["Jacinda Ardern"]),
        ("The Wall Street Market was led by the German Federal Police.", []),
        ("San Francisco is a city.", []),
    ],
)
def test_people_are_told_by_what_stands_around_their_names(text: str, names: list[str]) -> None:
    article = document(text, id="a")
    assert [article.text[span.start : span.end] for span in find_people(article.text)] == names


def test_a_repeated_sentence_is_central_once(encoder: Encoder) -> None:
    text = (
        "The council of the city voted for the new bridge over the river. "
        "The council of the city voted for the new bridge over the river. "
        "The bridge over the river will cost nine million and open in May. "
        "My neighbour's cat sleeps on the warm roof of the garage all day."
    )
    article = document(text, id="a")
    spans = sentences(article.text)
    found = [span for span, _ in find_central_sentences(article, spans, encoder, 2)]
    assert found == [spans[0], spans[2]]


@pytest.mark.timeout(60)  # looked at from every place, a run of a megabyte would take hours
@pytest.mark.parametrize("text", ["ACGT" * 250_000, "A" * 1_000_000, "Ann Lee said so. " * 60_000], ids=len)
def test_people_are_sought_in_a_megabyte_of_anything(text: str) -> None:
    assert len(find_people(document(text, id="a").text)) <= 1
