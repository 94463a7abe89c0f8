from itertools import product

import pytest
from ftfy.badness import BADNESS_RE
from hypothesis import given, settings
from hypothesis import strategies as st

from citewell.errors import LoadError
from citewell.text.decoding import decode
from citewell.text.mojibake import USUAL, find_mojibake

# A sentence of each language, and old encodings that it was stored in.
SENTENCES = {
    "French": ("Le pont est fermé, dit l’ingénieur – « c’est cher ».", "cp1252 mac_roman"),
    "German": ("Die Brücke ist für neun Wochen gesperrt, die Straße ist auf.", "cp1252 mac_roman cp850"),
    "Spanish": ("El puente está cerrado desde el viernes. ¿Dónde está la señora?", "cp1252 mac_roman cp850"),
    "Swedish": ("Bron är stängd från fredag och det är många på båten.", "cp1252 mac_roman cp850"),
    "Polish": (
        "Most nad rzeką Ślęzą jest zamknięty, nie wiadomo jak długo.",
        "cp1250 iso8859_2 cp852",
    ),
    "Czech": ("Most je v pátek zavřený. Průměrná mzda je 30000 Kč.", "cp1250 iso8859_2 cp852"),
    "Hungarian": ("A híd péntektől zárva van, és nem lehet átmenni rajta, hű.", "cp1250 iso8859_2 cp852"),
    "Croatian": ("Ovo je rečenica. Kako se popravlja auto?", "cp1250 iso8859_2"),
    "Turkish": ("Köprü cuma gününden beri kapalı ve çok kişi için bu bir sorun değil.", "cp1254"),
    "Lithuanian": ("Tiltas yra uždarytas ir niekas nežino, kaip į kitą pusę pereiti.", "cp1257"),
    "Russian": (
        "Мост через реку закрыт с пятницы. Ремонт стоит 5,2 миллиона рублей.",
        "cp1251 koi8_r cp866 mac_cyrillic",
    ),
    "Ukrainian": ("Міст через річку закритий, і це не все, що відомо.", "cp1251 koi8_u"),
    "Greek": ("Η γέφυρα είναι κλειστή από την Παρασκευή και δεν ανοίγει.", "cp1253 iso8859_7"),
    "Hebrew": ("הגשר סגור מאז יום שישי, וגם הכביש של העיר לא פתוח עם כל זה.", "cp1255"),
    "Arabic": ("الجسر مغلق منذ يوم الجمعة في المدينة، و هذا من أجل السلامة.", "cp1256"),
    "Chinese": ("大桥从星期五起关闭。维修需要九周时间，费用为五百二十万元。", "gb18030"),
    "Chinese of Taiwan": ("大橋從星期五起關閉。維修需要九週時間，費用為五百二十萬元。", "big5"),
    "Japanese": ("橋は金曜日から閉鎖されます。修理には九週間かかります。", "cp932 euc_jp iso2022_jp"),
    "Korean": ("다리는 금요일부터 폐쇄되었다. 수리는 아홉 주가 걸린다.", "cp949"),
}
CASES = [(language, encoding) for language, (_, names) in SENTENCES.items() for encoding in names.split()]


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_sentence_in_an_old_encoding_is_read_and_the_guess_is_told(language: str, encoding: str) -> None:
    sentence = SENTENCES[language][0].encode(encoding, "ignore").decode(encoding)
    decoded = decode(sentence.encode(encoding))

    assert decoded.text == sentence
    assert decoded.warnings[0].startswith("read as ")
    assert "guessed" in decoded.warnings[0]


@pytest.mark.parametrize("text", ["“Café” – it’s 5 €…", "Überflutung", "El Niño", "Ó Broin came.", "café"])
def test_a_few_letters_are_read_in_the_commonest_encoding(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize(
    "data",
    [
        "Мост ".encode() * 9 + "закрыт".encode("cp1251") * 9,
        bytes(range(0x80, 0x100)) * 9,
        b"Le pont ferm" + b"\xa4\xb6\xa6 est \xad\xb8\xa8.",
    ],
    ids=["two encodings", "every byte", "signs"],
)
def test_what_no_encoding_fits_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(LoadError, match="save it as UTF-8"):
        decode(data)


def test_what_is_utf8_but_for_a_byte_is_read_and_told() -> None:
    decoded = decode("Zürich, Köln and Malmö’s".encode() + b"\xc3")

    assert decoded.text == "Zürich, Köln and Malmö’s\ufffd"
    assert decoded.warnings == ("1 characters could not be read and stand as \ufffd",)


def test_what_a_file_declares_counts_unless_it_is_not_true() -> None:
    text = "橋は金曜日から閉鎖されます。"

    assert decode(text.encode("cp932"), "x-sjis") == decode(text.encode(), "x-sjis") == (text, ())
    assert decode(text.encode("euc_jp"), "gb2312").text == text
    assert decode(text.encode("euc_jp"), "no-such").text == text


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=60).map(lambda data: b"Der Tag war so: " + data))
def test_any_bytes_give_what_their_encoding_gives_or_are_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except LoadError:
        return
    assert decoded.warnings or decoded.text.encode() == data


WRONG = ("cp1252", "cp1251", "cp437", "gb18030", "cp932")


@pytest.mark.parametrize("encoding", WRONG)
@pytest.mark.parametrize("language", ["French", "Polish", "Russian", "Chinese", "Japanese"])
def test_text_that_was_decoded_wrongly_is_found(language: str, encoding: str) -> None:
    garbled = SENTENCES[language][0].encode().decode(encoding, errors="ignore")
    found = find_mojibake(garbled)

    if found.places == 0:
        pytest.xfail(f"UTF-8 of {language} read as {encoding} is text")
    assert found.example in garbled


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in SENTENCES.values()], ids=SENTENCES)
def test_no_language_looks_decoded_wrongly(sentence: str) -> None:
    assert find_mojibake(sentence) == (0, 0.0, "")


def test_usual_signs_beside_each_other_are_no_mojibake() -> None:
    signs = [sign for sign in map(chr, range(0x80, 0x10000)) if USUAL.fullmatch(sign)] + [*"aA .9\n"]

    assert "“" in signs
    assert not any(BADNESS_RE.search("".join(run)) for run in product(signs, repeat=4))
    assert find_mojibake("“Le cafÃ© est fermÃ©.”").places == 2
