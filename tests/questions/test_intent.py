import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell.questions.intent import Intent, detect_intent, expects_several

SAID = [
    ("Hello!", Intent.GREETING),
    ("hi there", Intent.GREETING),
    ("Good morning", Intent.GREETING),
    ("thanks a lot", Intent.THANKS),
    ("Thank you very much!", Intent.THANKS),
    ("bye", Intent.GOODBYE),
    ("", Intent.EMPTY),
    (" \n\t ", Intent.EMPTY),
    ("???", Intent.MEANINGLESS),
    ("🙂🙂", Intent.MEANINGLESS),
    ("1000000?", Intent.QUESTION),
    ("<b></b>", Intent.MEANINGLESS),
    ("<script>Who was arrested?</script>", Intent.MEANINGLESS),
    ("<SCRIPT src='https://example.org/x.js'>alert(1)", Intent.MEANINGLESS),
    ("<img src=x onerror=alert(1)", Intent.MEANINGLESS),
    ("<!-- Who was arrested? --><style>b{color:red}</style>", Intent.MEANINGLESS),
    ("<!doctype html><x-who></x-who><?php echo 1 ?>", Intent.MEANINGLESS),
    ("&nbsp;&zwnj;&#8203;", Intent.MEANINGLESS),
    ("&lt;b&gt;&lt;/b&gt;", Intent.MEANINGLESS),
    ("&amp;lt;b&amp;gt;", Intent.MEANINGLESS),
    ("\u200b\u200c\u200d\u2060\ufeff", Intent.MEANINGLESS),
    ("<b>Who</b> was arrested&nbsp;?", Intent.QUESTION),
    ("Is 3<5, and was b > a?", Intent.QUESTION),
    ("What does the <b> element stand for?", Intent.QUESTION),
    ("Who works for AT&T?", Intent.QUESTION),
    ("ok", Intent.THANKS),
    ("Summarise the article", Intent.SUMMARY),
    ("can you summarize this text for me, please?", Intent.SUMMARY),
    ("Give me a short summary of the article", Intent.SUMMARY),
    ("What is this article about?", Intent.SUMMARY),
    ("TL;DR", Intent.SUMMARY),
    ("What are the key points?", Intent.KEY_POINTS),
    ("List the main takeaways", Intent.KEY_POINTS),
    ("summarise the key points of the article", Intent.KEY_POINTS),
    ("Who is mentioned?", Intent.PEOPLE),
    ("Which people are named in the article?", Intent.PEOPLE),
    ("list all people mentioned", Intent.PEOPLE),
    ("Who is mentioned as the leader of the gang?", Intent.QUESTION),
    ("Who says hello?", Intent.QUESTION),
    ("What is the key to the market's success?", Intent.QUESTION),
    ("How many people were arrested in Germany?", Intent.QUESTION),
    ("Is there a summary of the trial's main findings on drugs?", Intent.QUESTION),
    ("Сколько человек арестовано?", Intent.QUESTION),
    ("逮捕者は何人ですか", Intent.QUESTION),
]


@pytest.mark.parametrize(("said", "kind"), SAID, ids=[said or "nothing" for said, _ in SAID])
def test_what_is_wanted_is_told_by_the_whole_utterance(said: str, kind: Intent) -> None:
    assert detect_intent(said) is kind


@given(st.text(max_size=300))
def test_any_text_is_of_some_kind(said: str) -> None:
    assert detect_intent(said) in Intent


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why did it collapse?", True),
        ("How do markets regain trust?", True),
        ("Give all the reasons", True),
        ("Which drugs were seized?", False),
        ("How many people were arrested?", False),
        ("Who leads the centre?", False),
        ("When was it taken down?", False),
    ],
)
def test_reasons_and_explanations_may_have_several_places(question: str, *, expected: bool) -> None:
    assert expects_several(question) is expected
