import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.questions.intent import Ask, kind_of, several

SAID = [
    ("Hello!", Ask.GREETING),
    ("hi there", Ask.GREETING),
    ("Good morning", Ask.GREETING),
    ("thanks a lot", Ask.THANKS),
    ("Thank you very much!", Ask.THANKS),
    ("bye", Ask.GOODBYE),
    ("", Ask.EMPTY),
    (" \n\t ", Ask.EMPTY),
    ("???", Ask.MEANINGLESS),
    ("🙂🙂", Ask.MEANINGLESS),
    ("sdfghjkl", Ask.MEANINGLESS),
    ("Catchphrase?", Ask.QUESTION),
    ("1000000?", Ask.QUESTION),
    ("<b></b>", Ask.MEANINGLESS),
    ("<script>Who was arrested?</script>", Ask.MEANINGLESS),
    ("<SCRIPT src='https://example.org/x.js'>alert(1)", Ask.MEANINGLESS),
    ("<img src=x onerror=alert(1)", Ask.MEANINGLESS),
    ("<!-- Who was arrested? --><style>b{color:red}</style>", Ask.MEANINGLESS),
    ("<!doctype html><x-who></x-who><?php echo 1 ?>", Ask.MEANINGLESS),
    ("&nbsp;&zwnj;&#8203;", Ask.MEANINGLESS),
    ("&lt;b&gt;&lt;/b&gt;", Ask.MEANINGLESS),
    ("&amp;lt;b&amp;gt;", Ask.MEANINGLESS),
    ("\u200b\u200c\u200d\u2060\ufeff", Ask.MEANINGLESS),
    ("![who won](https://example.org/x.png)", Ask.MEANINGLESS),
    ("<b>Who</b> was arrested&nbsp;?", Ask.QUESTION),
    ("<who is Ann>", Ask.QUESTION),
    ("Is 3<5, and was b > a?", Ask.QUESTION),
    ("What does the <b> element stand for?", Ask.QUESTION),
    ("Who works for AT&T?", Ask.QUESTION),
    ("ok", Ask.THANKS),
    ("aaaaaaaaaa", Ask.MEANINGLESS),
    ("Summarise the article", Ask.SUMMARY),
    ("can you summarize this text for me, please?", Ask.SUMMARY),
    ("Give me a short summary of the article", Ask.SUMMARY),
    ("What is this article about?", Ask.SUMMARY),
    ("TL;DR", Ask.SUMMARY),
    ("What are the key points?", Ask.KEY_POINTS),
    ("List the main takeaways", Ask.KEY_POINTS),
    ("summarise the key points of the article", Ask.KEY_POINTS),
    ("Who is mentioned?", Ask.PEOPLE),
    ("Which people are named in the article?", Ask.PEOPLE),
    ("list all people mentioned", Ask.PEOPLE),
    ("Who is mentioned as the leader of the gang?", Ask.QUESTION),
    ("Who says hello?", Ask.QUESTION),
    ("What is the key to the market's success?", Ask.QUESTION),
    ("How many people were arrested in Germany?", Ask.QUESTION),
    ("Is there a summary of the trial's main findings on drugs?", Ask.QUESTION),
    ("Сколько человек арестовано?", Ask.QUESTION),
    ("逮捕者は何人ですか", Ask.QUESTION),
]


@pytest.mark.parametrize(("said", "kind"), SAID, ids=[said or "nothing" for said, _ in SAID])
def test_what_is_wanted_is_told_by_the_whole_utterance(said: str, kind: Ask) -> None:
    assert kind_of(said) is kind


@given(st.text(max_size=300))
def test_any_text_is_of_some_kind(said: str) -> None:
    assert kind_of(said) in Ask


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which drugs were seized?", True),
        ("Why did it collapse?", True),
        ("How do markets regain trust?", True),
        ("How many people were arrested?", False),
        ("Who leads the centre?", False),
        ("What does Europol do?", False),
        ("Which process was used?", False),
        ("What was the status?", False),
        ("When was it taken down?", False),
    ],
)
def test_lists_and_reasons_may_have_several_places(question: str, *, expected: bool) -> None:
    assert several(question) is expected
