from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from citewell.text.normalisation import normalise
from citewell.text.sentences import sentences
from citewell.text.spans import Span, join_adjacent
from citewell.text.words import fold, folded_words, word_spans

ARTICLE = Path(__file__).parents[2] / "corpus" / "operation-disruptor.txt"

ODD = st.text(
    st.sampled_from("aB1é한漢と.!?…。।؟,:;\"'“”«»()[]*#|-=\t\n\r\v\x1c\x85\u00a0\u2028\u200d\u0301 ")
)
TEXTS = st.one_of(st.text(), ODD)
TIDE = "The tide rose to 3 metres. Nobody was hurt. The tide rose to 3 metres. Ann Lee led it."

# Each example is one text, its sentences divided by ¦.
EXAMPLES = {
    "a country before a name": "The U.S. Army came. ¦It left.",
    "a country at a sentence's end": "He lives in the U.S. ¦He works there.",
    "a time of day": "They met at 5 a.m. on Monday. ¦It rained.",
    "a time of day at a sentence's end": "It opened at 5 p.m. ¦The crowd cheered.",
    "a time of day before a day": "It closed at 5 p.m. Monday and at 6 p.m. EST. ¦It rained.",
    "a time of day before a noun": "It closed at 5 p.m. ¦Nobody complained. ¦At 6 p.m. Mr. Poe came.",
    "a place at a sentence's end": "The firm has offices in Washington, D.C. ¦Employees left. ¦So did I.",
    "a place after a preposition": "She soon moved to D.C. ¦Friends visited her. ¦All left.",
    "a place before a name": "In Washington, D.C. Mayor Ann Lee spoke. ¦He is in D.C. Superior Court now.",
    "a missing space": "It ended here.¦The next day came.¦Repairs went on!¦Who paid?¦Nobody.",
    "a missing space after a footnote": "It ended there.[1]¦Then it rained.",
    "names with full stops inside": "Use System.Text, fmt.println or a `list.Add call` of example.Com today.",
    "a title": "Then Dr. X met Mr. Who and Gov. Brown. ¦They spoke.",
    "a title in quotes": 'They saw "Dr. No." ¦Then left.',
    "initials": "Then J. K. Rowling and George W. Bush met. ¦They spoke.",
    "an initial at a sentence's end": "They chose plan B. ¦It failed.",
    "a decimal": "It cost $6.5 million. ¦He paid 4.2. ¦It fell.",
    "a number": "He is No. 5 and she is no. 6. ¦It works.",
    "a no that is an answer": "She said no. ¦Bob left.",
    "a month": "It was Dec. 5. ¦Then came Jan. ¦Bob left.",
    "a page": "See fig. 3, vol. 2 and pp. 5-7. ¦It is clear.",
    "an example": "Take fruit, e.g. this, i.e. Apples. ¦Eat it.",
    "a company before its verb": "Foo Inc. grew. ¦It fell.",
    "a company at a sentence's end": "He works at Foo Inc. ¦The firm grew.",
    "a company in capitals": "It grew in the SR. ¦Nobody saw it.",
    "a middle initial that is a page too": "John P. Smith met Ann S. Lee on p. 5. ¦They spoke.",
    "a unit": "It was 30 °C. ¦Nobody swam 100 m. ¦Bob did.",
    "a contraction": "He won't. ¦Really, he won't. ¦Bob will.",
    "a mark in brackets": "He said (!) that it (?) works. ¦Is it so (really?) ¦Yes.",
    "authors": "See Smith et al. 2002. ¦It is clear.",
    "a degree": "She has a Ph.D. in law. ¦He has a Ph.D. ¦They met.",
    "an abbreviation not listed before a small letter": "Kosten inkl. aller Steuern bzw. des Portos. ¦Gut.",
    "an ellipsis inside": "Wait... what? ¦Yes.",
    "an ellipsis of one character": "It fell… and rose. ¦It stayed… ¦Then it fell.",
    "an ellipsis that opens": '… Then he left. ¦It fell. ¦"... And it rose." ¦It stayed.',
    "a spaced ellipsis": "He left . . . and came. ¦Then he went.",
    "a cut in brackets": "He said [...] that it fell. ¦She left [...] ¦Then he came.",
    "a quotation before a sentence": 'He said, "Go." ¦Then he left.',
    "a curly quotation before a sentence": "He said, “Go.” ¦Then he left.",
    "a quotation of several sentences": 'He said, "I came. ¦I saw." ¦She left.',
    "a quotation before its speaker": '"Really?" he asked. ¦"Yes!" she said.',
    "a straight quote inside a straight quotation": '"We ask, "will it?" while they wait. ¦It will."',
    "a quotation after two no-break spaces": 'So says Clark.\u00a0\u00a0¦"This is new. ¦It works."',
    "a closing quote apart": 'He said, " Go. " ¦Then he left.',
    "French quotation marks": "Il dit : « Oui. » ¦Puis il part.",
    "German quotation marks": "Er sagte: »Ja.« ¦Sie sagte: „Nein.“ ¦Er ging.",
    "brackets": "(He left.) ¦She stayed. ¦[They came.] ¦All met.",
    "bold and italic": "**Bold it is.** ¦_So it goes._ ¦The end.",
    "a question and exclamation": "What?! ¦No!! ¦Yes.",
    "a name with an exclamation mark": "Only Yahoo! is left. ¦It fell.",
    "a dash after a quotation": '"Go." – he said. ¦She left.',
    "a dash that opens": "He left. ¦– Then she left.",
    "footnotes": "It ended.[1][2] ¦It began.[citation needed] ¦He left.¹² ¦All left.",
    "an address": "Visit https://a.example/x.html?y=1.2 now. ¦Go to b.example. ¦Then go.",
    "a version": "Use Python 3.11 or .NET. ¦It works.",
    "a sentence that starts with a digit": "It ended. ¦179 vendors were held.",
    "a sentence that starts with a small letter": "It rose. ¦iPhone sales rose. ¦eBay fell.",
    "a small letter after a long word": "it happened. ¦then it ended.",
    "Chinese": "他来了。¦我走了！¦真的？¦是。",
    "Chinese quotations": "他说：“走吧。”¦然后他走了。¦“我也走。”¦好。",
    "Japanese": "「はい。」と言った。¦とても早い。¦彼は行った！",
    "full width": "高さは３．５メートル．¦次に下がった．",
    "Arabic": "هل جاء؟ ¦نعم.",
    "Hindi": "वह आया। ¦वह गया।",
    "German dates": "Am 3. Mai fiel sie. ¦Der 1. FC kam am 4. ¦Danach kam er. ¦Es war im 19. Jahrhundert.",
    "German numbers": "Es kostet 5,2 Mio. Euro und ca. 9 bzw. Max. ¦Es kostet 3 Mrd. ¦Die Stadt zahlt.",
    "French": "Le Dr. Lee a lu l'éd. Plon, p. 5. ¦M. Le Goff vint au IVe siècle av. J.-C. avec lui.",
    "Spanish": "Vive en el núm. 24 con la Sra. Lee. ¦Los EE. UU. son grandes, pp. XI-XII. ¦Hay más.",
    "Russian": "Это ул. Мира, д. 5, кв. 4 и т. д. ¦Всего 33 тыс. 356 человек в 2019 г. Москва растёт.",
    "Greek": "Ποιος είναι; ¦Ο Γιάννης ήρθε; ¦Ναι.",
    "Georgian": "მოვიდა. ¦ის წავიდა. ¦ვინ არის? ¦მე.",
    "Korean": "나는 집. ¦너는 학교. ¦그는 갔다.¦그리고 왔다.",
    "Armenian": "Գնաց։ ¦Եկավ։¦Ո՞վ է։",
    "Amharic": "ሰላም ነው። ¦እንዴት ነህ፧ ¦ደህና፡፡ ¦እሺ።",
    "Burmese": "မင်္ဂလာပါ။¦နေကောင်းလား။ ¦ကောင်းပါတယ်။",
    "Tibetan": "བོད་ཡིག། ¦སྐད་ཆ། ¦ཡིན།",
    "Khmer": "គាត់មក។ ¦ខ្ញុំទៅ។",
    "Urdu": "وہ آیا۔ ¦وہ گیا۔",
    "Hebrew": "הוא בא. ¦היא הלכה.¦באמת?",
    "an emoji": "It works! ¦🎉 Great.",
    "a wrapped line": "It rose\nand fell. ¦Then\nit stayed.",
    "a wrapped line that begins with a number": "It is in No.\n5. ¦Then he left.",
    "a blank line": "The tide¦\n\nIt rose¦\n \t\nand fell",
    "a heading": "# The tide¦\nIt rose.¦\n## 2.1. Low¦\nIt fell\nagain.",
    "an underlined heading": "The tide\n========¦\nIt rose.",
    "a list": "He has:¦\n- one. ¦And more¦\n- two\n  wrapped¦\n* three.",
    "a list with numbers": "It has:¦\n1. One¦\n2. Two¦\n10) Ten¦\na) A¦\n(b) B¦\n2.1. C",
    "a table": "| a | b |¦\n|---|---|¦\n|Inc.|2|¦\nIt rose.",
    "a table without edges": "a | b¦\n1 | 2",
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_sentences_are_as_a_person_would_divide_them(example: str) -> None:
    text = example.replace("¦", "")
    expected = [sentence.strip() for sentence in example.split("¦")]
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_the_stops_of_every_script_that_unicode_names_end_a_sentence() -> None:
    # Burmese "၊", which Unicode names as well, is a comma.
    stops = regex.findall(r"[\p{Sentence_Terminal}--\u104a]", "".join(map(chr, range(0x10000))), regex.V1)
    missed = [stop for stop in stops if len(sentences(f"אב{stop} גד")) == 1]
    assert missed == []


def test_the_sentences_of_the_shipped_article_are_those_found_by_hand() -> None:
    text = normalise(ARTICLE.read_text(encoding="utf-8"))
    assert [_ends_of(text[start:end]) for start, end in sentences(text)] == [
        ("A coalition of", "the dark web."),
        ("This operation follows", "the dark web."),
        ("Led by the", "for illegal activity."),
        ("As a result,", "the United States."),
        ("Over $6.5 million", "and 64 firearms."),
        ("The arrests were", "and Sweden (1)."),
        ("A number of", "dark web accounts."),
        ("Operation DisrupTor was", "the dark web."),
        ("This operation was", "the United States."),
        ("Commenting on this", "is not anonymous."),
        ("Law enforcement is", 'a computer screen."'),
        ("Kacey Clark, Threat", "more security-aware approaches."),
        ('"Throughout our research,', "ecosystem is trust."),
        ("Marketplaces can be", "the marketplace's flow."),
        ("Trust is weaved", "get their money."),
        ("Vendors will still", "as they can."),
        ("Recent law enforcement", 'tracking," adds Clark.'),
        ('"This is another', "to organized cybercrime."),
        ("The operation which", "many months later."),
        ("Wall Street market", "at the time."),
        ("It would appear", "seeing arrests today."),
        ("There is now", 'in escrow accounts."'),
        ('Clark says, "The', "come from trust."),
        ("They're created, disrupted,", "a constant evolution."),
        ("Law enforcement can", "marketplace comes up."),
        ("Ultimately, cybercriminal marketplaces", "it is now."),
        ("While this may", "know in time.”"),
    ]


def _ends_of(sentence: str) -> tuple[str, str]:
    words = sentence.split()
    return " ".join(words[:3]), " ".join(words[-3:])


@given(TEXTS)
def test_sentences_are_in_order_and_apart_and_hold_all_but_white_space(text: str) -> None:
    spans = sentences(text)
    assert _outside(text, spans).strip() == ""
    for start, end in spans:
        assert text[start:end] == text[start:end].strip() != ""


@given(TEXTS)
def test_words_are_in_order_and_apart_and_hold_all_letters_and_digits(text: str) -> None:
    outside = _outside(text, word_spans(text))
    assert not any(character.isalnum() for character in outside)


def _outside(text: str, spans: list[Span]) -> str:
    """Return what no span holds; fails when spans are empty, out of order or overlap."""
    at = 0
    outside = ""
    for start, end in spans:
        assert at <= start < end <= len(text)
        outside += text[at:start] + " "
        at = end
    return outside + text[at:]


WORDS = {
    "inner apostrophes": ("They’ll say don't 'now'", ["They’ll", "say", "don't", "now"]),
    "numbers": ("$6.5 1,234.50 5, 6.Then", ["6.5", "1,234.50", "5", "6", "Then"]),
    "hyphens and dashes": ("well-known – 2-3", ["well", "known", "2", "3"]),
    "an abbreviation in capitals": ("U.S. U.S.A, U.Sa", ["U.S", "U.S.A", "U", "Sa"]),
    "letters with marks of their own": ("Zu\u0308rich हिन्दी", ["Zu\u0308rich", "हिन्दी"]),
    "a joiner": ("می\u200cخواهم", ["می\u200cخواهم"]),
    "Han and kana": ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
    "Thai with its marks": ("ที่ดี", ["ที่", "ดี"]),
    "Korean": ("한국어 책", ["한국어", "책"]),
    "underscores": ("snake_case", ["snake", "case"]),
}


@pytest.mark.parametrize(("text", "words"), WORDS.values(), ids=WORDS.keys())
def test_words_are_as_a_search_needs_them(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in word_spans(text)] == words


ALIKE = {
    "case": ("STRASSE", "straße"),
    "accents": ("Šileris", "sileris"),
    "accents composed or not": ("Zu\u0308rich", "Zürich"),
    "a possessive": ("Europol’s", "europol"),
    "apostrophes": ("don’t", "don't"),
    "full stops": ("U.S", "us"),
    "thousands": ("1,234,567", "1234567"),
    "ligatures and width": ("ﬁＮＤ", "find"),
    "Arabic points": ("كِتاب", "كتاب"),
    "joiners": ("می\u200cخواهم", "میخواهم"),
    "a soft hyphen": ("co\u00adop", "coop"),
}
APART = {
    "decimals": ("6.5", "65"),
    "decimal commas": ("6,5", "65"),
    "versions": ("3.11", "311"),
    "Hindi vowels": ("की", "कि"),
    "voiced kana": ("が", "か"),
    "a word that ends in s": ("boss", "bos"),
}


@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE.keys())
def test_spellings_of_one_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART.keys())
def test_words_of_other_meaning_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_folded_word_is_composed_again() -> None:
    assert [fold(word) for word in ("한국어", "が")] == ["한국어", "が"]


@given(TEXTS)
def test_every_word_folds_to_one_word(text: str) -> None:
    folded = folded_words(text)
    assert len(folded) == len(word_spans(text))
    assert all(folded)


@given(st.lists(st.tuples(st.integers(0, 86), st.integers(0, 86)).map(sorted), max_size=8))
def test_joined_ranges_cover_the_same_characters(pairs: list[list[int]]) -> None:
    spans = [Span(start, end) for start, end in pairs if start < end]
    covered = {place for span in spans for place in range(*span)}
    result = join_adjacent(spans, TIDE)
    again = {place for span in result for place in range(*span)}
    assert covered <= again
    assert all(not TIDE[place].strip() for place in again - covered)
    assert all(TIDE[one.end : other.start].strip() for one, other in pairwise(result))


HARD = [
    "x",
    "word ",
    "# ",
    ".",
    '"',
    "“",
    "A. ",
    "No. ",
    "U.S.",
    ". (",
    '. "',
    "[1,1",
    ".[1",
    " ",
    "\n",
    "- a\n",
]
HARD += [". A. ", ". d'", "p.m. A ", "in D.C. Aa ", "a.A ", '".A', "am 1. A", "ab. ", "α;", "፡፡"]
HARD += ["'a", "1.", "=", "|", "#", "。", "… ", "a\u0301", "\u0301"]


@pytest.mark.parametrize("function", [sentences, word_spans], ids=["sentences", "words"])
@pytest.mark.parametrize("unit", HARD, ids=ascii)
def test_eight_times_the_text_takes_about_eight_times_as_long(
    function: Callable[[str], list[Span]], unit: str
) -> None:
    short = (unit * 25_000)[:25_000]
    # Quadratic work takes 64 times as long; the millisecond is for the clock.
    assert _seconds(function, short * 8) < 24 * _seconds(function, short) + 0.001


def _seconds(function: Callable[[str], list[Span]], text: str) -> float:
    def once() -> float:
        start = process_time()
        function(text)
        return process_time() - start

    return min(once() for _ in range(3))
