"""Make articles that only their titles, headings or codes tell apart, and questions about them.

    python tests/data/places/make.py

Writes the sets beside this file; the same seed writes the same files. Nothing in them happened.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEED = 25


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence with a value, and how the value is asked for.

    Attributes:
        sentence: What an article says; `{v}` is the value.
        asked: The question; `{s}` is the subject.
        values: The values that articles may have; a range stands for its numbers.
    """

    sentence: str
    asked: str
    values: Sequence[str] | range


@dataclass(frozen=True, slots=True)
class Domain:
    """Articles of a kind.

    Attributes:
        split: `dev` to choose by, `test` to report.
        titles: How titles are written; `{s}` is the subject.
        subjects: The articles' subjects.
        strangers: Subjects that no article is about.
        facts: What articles say.
        filler: Sentences between the facts, which every article may have.
        sections: Titles of the articles whose sections the subjects are; none when each has an article.
    """

    split: str
    titles: str
    subjects: Sequence[str]
    strangers: Sequence[str]
    facts: Sequence[Fact]
    filler: Sequence[str]
    sections: Sequence[str] = ()


PEOPLE = (
    "Karl Vik|Berit Dahl|Odd Lie|Per Moe|Sofie Krag|Jens Holm|Inga Berg|Nils Aune|Tora Lund|Mia Foss|"
    "Lars Eide|Anne Skog|Rolf Haug|Eva Nygaard|Ole Brekke|Kari Solli|Geir Tveit|Liv Ronning|Arne Myhre|"
    "Siri Bakke"
).split("|")
OTHERS = (
    "Ruth Amsler|Paul Jordi|Hanna Frei|Luca Bonetti|Marta Keel|Simon Graf|Nora Wyss|Tim Egli|Ida Hofer|"
    "Jan Kunz|Lea Marti|Beat Suter|Vera Roth|Urs Zbinden|Sara Meili|Emil Lanz|Clara Moser|Otto Fuchs"
).split("|")
HARBOUR_FILLER = (
    "Fish is sold from boxes on Thursdays, and the café opens at seven.",
    "A crane from the fifties still stands at the far end of the basin.",
    "Ropes, nets and paint are kept in a shed that leaks.",
    "The quay is swept every morning before the first boat comes in.",
    "Two tugs wait behind the mole in bad weather.",
    "In summer the school holds its sailing lessons in the inner basin.",
    "The harbour master lives above the office with his dog.",
    "Visitors may walk as far as the white line and no farther.",
    "Ice has closed the entrance only twice in living memory.",
    "The lamp on the mole was changed for a brighter one some time ago.",
)
FIRM_FILLER = (
    "The board met nine times and followed the work of the management closely.",
    "Shareholders can read the rules of remuneration on the pages of the firm.",
    "Prices of raw materials went up in the first half and down in the second.",
    "The firm trains apprentices in four trades and hires most of them.",
    "Suppliers were asked to sign a code of conduct.",
    "A review of the pension fund found no shortfall.",
    "Customers were slower to pay than the firm would like.",
    "The canteen was rebuilt, and meals are free on Fridays.",
    "Auditors had no remarks about the accounts.",
    "Exchange rates hardly moved the result.",
)
CLINIC_FILLER = (
    "Patients were asked about the food, and most found it good.",
    "The garden behind the main wing is open to visitors until dusk.",
    "A choir sings in the hall on the first Sunday of each month.",
    "New beds are lower and can be moved by one person.",
    "Letters to doctors now go out on the day of discharge.",
    "The lift in the east wing stood still for a week.",
    "Parking is short, and a path for bicycles is planned.",
    "Nurses tried a new plan of shifts and kept it.",
    "The chapel was painted by volunteers.",
    "Waste is sorted in eleven kinds of bins.",
)
CLUB_FILLER = (
    "The pitch was dug up in March and lay bare for weeks.",
    "Members sold cakes at the gate and paid for new nets.",
    "A storm carried off the roof of the stand.",
    "The youngest players train on Wednesdays under two lamps.",
    "The fans sang even when it rained sideways.",
    "The bus broke down twice on the way to away games.",
    "The kit was red and white, as it has been for ever.",
    "A dog stopped a game for four minutes.",
    "Referees were thanked with a basket of apples.",
    "The club house got a second tap.",
)
SCHOOL_FACTS = (
    Fact("The school has {v} pupils.", "How many pupils does the school in {s} have?", range(120, 700)),
    Fact("Its head is {v}.", "Who is the head of the school in {s}?", PEOPLE),
    Fact("It was built in {v}.", "When was the school in {s} built?", range(1871, 1990)),
    Fact(
        "The roof was mended for {v} crowns.",
        "What did mending the roof in {s} cost?",
        [f"{n},000" for n in range(20, 480, 7)],
    ),
)
FERRY_FACTS = (
    Fact("She carries {v} passengers.", "How many passengers does the {s} carry?", range(80, 900)),
    Fact("Her captain is {v}.", "Who is the captain of the {s}?", OTHERS),
    Fact(
        "She was launched at a yard in {v}.",
        "In which city was the {s} launched?",
        "Gdansk|Genoa|Bilbao|Split|Rostock|Turku|Varna|Porto|Nantes|Malta".split("|"),
    ),
    Fact(
        "A new engine will cost {v} million euros.",
        "How much will the new engine of the {s} cost?",
        range(3, 60),
    ),
)
YEAR_FACTS = (
    Fact("Revenue came to {v} million crowns.", "What was the revenue of {s}?", range(210, 990)),
    Fact(
        "The firm employed {v} people at the end of the year.",
        "How many people did {s} employ?",
        range(300, 2900),
    ),
    Fact(
        "A dividend of {v} crowns a share was paid.",
        "What dividend was paid by {s}?",
        [f"{a}.{b}" for a in range(1, 9) for b in (15, 25, 40, 65, 80)],
    ),
    Fact("The chair of the board was {v}.", "Who was the chair of the board of {s}?", PEOPLE),
    Fact(
        "The largest investment was a {v}.",
        "What was the largest investment of {s}?",
        "dry dock|cold store|paint shop|data centre|test hall|rail siding|solar roof|training ship|wharf|"
        "boiler house|print works|laboratory|fuel depot|car park|wind mast|new quay|"
        "warehouse|foundry|call centre|sawmill".split("|"),
    ),
)
DOMAINS = {
    "harbours": Domain(
        "dev",
        "Report of {s} Harbour",
        (
            "Lund Moss Hamar Arendal Skien Horten Risor Vardo Bodo Narvik Mandal Florø "
            "Kragero Levanger Namsos Odda"
        ).split(),
        ("Bergen", "Molde", "Larvik", "Farsund", "Egersund", "Halden"),
        (
            Fact("The harbour earned {v} million crowns.", "How much did {s} Harbour earn?", range(3, 95)),
            Fact("It employs {v} people.", "How many people work at {s} Harbour?", range(11, 190)),
            Fact("The director is {v}.", "Who is the director of {s} Harbour?", PEOPLE),
            Fact(
                "A storm in {v} broke the east pier.",
                "When did a storm break the east pier of {s} Harbour?",
                (
                    "January February March April May June July August September October November December"
                ).split(),
            ),
            Fact(
                "The new breakwater is {v} metres long.",
                "How long is the new breakwater at {s}?",
                range(105, 880),
            ),
        ),
        HARBOUR_FILLER,
    ),
    "firms": Domain(
        "dev",
        "Annual report of {s}",
        [f"{firm} for {year}" for firm in ("Fjell Shipping", "Norma Bank") for year in range(2014, 2024)],
        (
            "Fjell Shipping for 2009",
            "Norma Bank for 2011",
            "Varde Bank for 2018",
            "Solheim Shipping for 2020",
        ),
        YEAR_FACTS,
        FIRM_FILLER,
    ),
    "schools": Domain(
        "dev",
        "{s}",
        "Elverum Kongsvinger Tynset Rena Otta Lom Vinstra Dombas".split(),
        ("Fagernes", "Gjovik", "Lesja"),
        SCHOOL_FACTS,
        (
            "The yard was planted with birches.",
            "Lessons begin at half past eight.",
            "The bus stops at the gate.",
            "Parents bake for the summer feast.",
            "The library opens in the evening.",
        ),
        ("Schools of the county", "Schools and their heads"),
    ),
    "clinics": Domain(
        "test",
        "{s} Clinic: yearly review",
        "Aarberg Brugg Chur Dielsdorf Einsiedeln Flims Glarus Herisau Ilanz Jona Kloten Langnau".split(),
        ("Murten", "Nidau", "Olten", "Payerne"),
        (
            Fact(
                "Doctors treated {v} people.",
                "How many people were treated at the {s} Clinic?",
                range(1200, 9800),
            ),
            Fact("The head physician is {v}.", "Who is the head physician at {s}?", OTHERS),
            Fact(
                "The loss was {v} thousand francs.",
                "How large was the loss of the {s} Clinic?",
                range(110, 980),
            ),
            Fact(
                "Patients waited {v} minutes on average.", "How long did patients wait at {s}?", range(12, 95)
            ),
        ),
        CLINIC_FILLER,
    ),
    "clubs": Domain(
        "test",
        "{s}",
        [f"{club} in {year}" for year in range(2011, 2019) for club in ("Brenna Rovers", "Tarn United")],
        ("Brenna Rovers in 2005", "Tarn United in 2021", "Holt Wanderers in 2014"),
        (
            Fact("The team scored {v} goals.", "How many goals did {s} score?", range(20, 99)),
            Fact("The coach was {v}.", "Who was the coach of {s}?", OTHERS),
            Fact(
                "On average {v} people came to the games.",
                "How many people came to the games of {s} on average?",
                range(300, 4900),
            ),
            Fact(
                "Their captain broke his {v}.",
                "What did the captain of {s} break?",
                "wrist|ankle|nose|collarbone|thumb|jaw|left arm|right arm|big toe|rib|knee|hand|foot|"
                "shin|elbow|shoulder".split("|"),
            ),
        ),
        CLUB_FILLER,
    ),
    "ferries": Domain(
        "test",
        "{s}",
        "Ostara Marisol Belladonna Corvina Delfina Estrella Fiorella Galatea".split(),
        ("Pandora", "Serafina", "Windrose"),
        FERRY_FACTS,
        (
            "Her hull is blue.",
            "Dogs stay on the car deck.",
            "The saloon has a piano.",
            "She sails in all but the worst weather.",
            "Soup is served until ten.",
        ),
        ("Ferries of the northern line", "The fleet in winter"),
    ),
}


def write(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write records, one a line."""
    folder.mkdir(exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def value_of(fact: Fact, rng: random.Random, used: set[str]) -> str:
    """Draw a value that no other subject has, as long as there is one."""
    values = [str(value) for value in fact.values]
    free = [value for value in values if value not in used] or values
    chosen = rng.choice(free)
    used.add(chosen)
    return chosen


def make(name: str, domain: Domain) -> None:
    """Write the articles and questions of a domain."""
    rng = random.Random(f"{SEED} {name}")
    used: dict[str, set[str]] = {fact.sentence: set() for fact in domain.facts}
    told: dict[str, list[tuple[Fact, str]]] = {}
    for subject in domain.subjects:
        told[subject] = [(fact, value_of(fact, rng, used[fact.sentence])) for fact in domain.facts]
    placed = list(in_sections(name, domain, told, rng) if domain.sections else alone(name, domain, told, rng))
    questions = []
    for subject, facts in told.items():
        for fact, value in facts:
            questions.append(
                {
                    "kind": "answerable",
                    "question": fact.asked.format(s=asked_as(subject)),
                    "answers": [value],
                    "evidence": [fact.sentence.format(v=value)],
                    "answerable": True,
                    "document_id": dict(placed)[subject],
                }
            )
    questions += [
        {
            "kind": "stranger",
            "question": fact.asked.format(s=asked_as(stranger)),
            "answers": [],
            "answerable": False,
        }
        for stranger in domain.strangers
        for fact in domain.facts
    ]
    write(
        HERE / name,
        "questions.jsonl",
        [{"id": f"{name}-{n:03}", "split": domain.split, **row} for n, row in enumerate(questions, start=1)],
    )


def asked_as(subject: str) -> str:
    """Return a subject as a question names it: "Fjell Shipping for 2019" is "Fjell Shipping in 2019"."""
    return subject.replace(" for ", " in ")


def alone(
    name: str, domain: Domain, told: dict[str, list[tuple[Fact, str]]], rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Write an article for each subject; yield each subject with its article's id."""
    articles = []
    for number, (subject, facts) in enumerate(told.items(), start=1):
        sentences = [fact.sentence.format(v=value) for fact, value in facts]
        paragraphs = []
        cuts = [0, *sorted(rng.sample(range(1, len(sentences)), 2)), len(sentences)]
        for first, last in pairwise(cuts):
            filler = rng.sample(domain.filler, 7)
            at = rng.randrange(len(filler))
            paragraphs.append(" ".join([*filler[:at], *sentences[first:last], *filler[at:]]))
        title = domain.titles.format(s=subject)
        articles.append({"id": f"{name}-{number:02}", "title": title, "text": "\n\n".join(paragraphs)})
        yield subject, f"{name}-{number:02}"
    write(HERE / name, "articles.jsonl", articles)


def in_sections(
    name: str, domain: Domain, told: dict[str, list[tuple[Fact, str]]], rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Write a section for each subject; yield each subject with its article's id."""
    (HERE / name).mkdir(exist_ok=True)
    subjects = list(told)
    share = len(subjects) // len(domain.sections)
    for number, title in enumerate(domain.sections, start=1):
        own = subjects[(number - 1) * share : number * share]
        lines = [f"# {title}"]
        for subject in own:
            sentences = [fact.sentence.format(v=value) for fact, value in told[subject]]
            sentences += rng.sample(domain.filler, 3)
            rng.shuffle(sentences)
            sentences.sort(key=lambda sentence: sentence.startswith(("It was", "Its ")))
            lines += [f"## {subject}", " ".join(sentences)]
        id_ = f"{name}-{number:02}"
        (HERE / name / f"{id_}.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        yield from ((subject, id_) for subject in own)


CODES = {  # the split, the form of a code, the sentence, the question, and how the codes are listed
    "containers": (
        "dev",
        "AB-{n:04}",
        "{c} carried {v} tonnes of {w}.",
        "How many tonnes did {c} carry?",
        " ",
    ),
    "entries": (
        "dev",
        "PQR-{n:04}",
        "Entry {c} describes {w} in hold {v}, and the owner was told the same day.",
        "In which hold does entry {c} describe something?",
        "\n\n",
    ),
    "flaws": (
        "dev",
        "CVE-2021-{n}",
        "{c} lets a guest change {v} {w}.",
        "How many {w} does {c} let a guest change?",
        "\n\n",
    ),
    "parts": ("dev", "KX{n:03}", "- {c}: {w}, {v} crowns", "What does {c} cost?", "\n"),
    "rooms": ("dev", "B{n:03}", "| {c} | {w} | {v} |", "How many seats has room {c}?", "\n"),
    "flights": (
        "test",
        "LH{n}",
        "Flight {c} left {v} minutes late because of {w}.",
        "How many minutes late did {c} leave?",
        " ",
    ),
    "trials": (
        "test",
        "NCT0{n}",
        "{c} enrolled {v} people with {w}.",
        "How many people did {c} enrol?",
        "\n\n",
    ),
    "valves": ("test", "V-{n}/A", "* {c} {w}: {v} bar", "What is the pressure at {c}?", "\n"),
    "lots": ("test", "2021-{n}-Q", "| {c} | {w} | {v} |", "What is the weight of lot {c}?", "\n"),
}
HEADERS = {
    "rooms": "| Room | Use | Seats |\n|---|---|---|\n",
    "lots": "| Lot | Goods | Weight |\n|---|---|---|\n",
}
WORDS = {
    "containers": "grain|coal|salt|fish|timber".split("|"),
    "entries": "rust|oil|a crack|a leak|mould|a loose rail".split("|"),
    "flaws": "files|accounts|logs|keys".split("|"),
    "parts": "bolt|washer|hinge|spring|seal|clamp".split("|"),
    "rooms": "lectures|chess|music|exams|yoga".split("|"),
    "flights": "fog|ice|a strike|a missing crew".split("|"),
    "trials": "asthma|gout|migraine|eczema".split("|"),
    "valves": "feed water|steam|brine|lubricant".split("|"),
    "lots": "wool|flax|hemp|cork".split("|"),
}
# Other questions for what a line says, "w" or "v", and questions for what it does not say.
OTHERWISE: dict[str, tuple[tuple[str, str], ...]] = {
    "containers": (("What did {c} carry?", "w"),),
    "entries": (("What does entry {c} describe?", "w"),),
    "flaws": (("What does {c} let a guest do?", "v"),),
    "parts": (("What kind of part is {c}?", "w"), ("How many crowns does {c} cost?", "v")),
    "rooms": (("What is room {c} used for?", "w"),),
    "flights": (("Why did {c} leave late?", "w"),),
    "trials": (("What do the people in {c} suffer from?", "w"),),
    "valves": (("What goes through {c}?", "w"),),
    "lots": (("What is in lot {c}?", "w"),),
}
UNTOLD = {
    "containers": ("Which port did {c} leave?", "How many passengers did {c} carry?", "Who owned {c}?"),
    "entries": (
        "Who found what entry {c} describes?",
        "When was what entry {c} describes mended?",
        "How much did what entry {c} describes cost?",
    ),
    "flaws": ("Who found {c}?", "When was {c} mended?", "How many administrators does {c} let in?"),
    "parts": ("What does {c} weigh?", "Who makes {c}?", "How many of {c} are in stock?"),
    "rooms": ("On which floor is room {c}?", "Who cleans room {c}?", "How many windows has room {c}?"),
    "flights": ("Where did {c} land?", "How many passengers were on {c}?", "Who flew {c}?"),
    "trials": ("Who led {c}?", "How many people left {c}?", "When did {c} begin?"),
    "valves": ("How hot is {c}?", "Who makes {c}?", "When was {c} changed?"),
    "lots": ("Who bought lot {c}?", "What did lot {c} cost?", "When was lot {c} sold?"),
}
LISTED, ASKED, UNKNOWN, ASKED_OTHERWISE, ASKED_UNTOLD = 60, 9, 3, 3, 2


def code_numbers(rng: random.Random) -> list[int]:
    """Return numbers of codes of which many differ in two swapped digits or in one."""
    found: dict[int, None] = {}
    while len(found) < LISTED:
        digits = list(str(rng.randrange(1000, 9999)))
        at = rng.randrange(3)
        swapped = digits.copy()
        swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
        other = digits.copy()
        other[rng.randrange(4)] = str(rng.randrange(1, 10))
        found |= dict.fromkeys(int("".join(one)) for one in (digits, swapped, other) if one[0] != "0")
    return rng.sample(list(found)[:LISTED], LISTED)


def make_codes(split: str) -> None:
    """Write lists of codes as articles, and questions for some of them and for what is not there."""
    questions: list[dict[str, Any]] = []
    more: list[dict[str, Any]] = []
    folder = HERE / f"codes-{split}"
    folder.mkdir(exist_ok=True)
    for name, (its, form, line, asked, gap) in CODES.items():
        if its != split:
            continue
        rng = random.Random(f"{SEED} {name}")
        numbers = code_numbers(rng)
        rows = [(form.format(n=n), rng.choice(WORDS[name]), str(rng.randrange(2, 990))) for n in numbers]
        told = [line.format(c=code, w=word, v=value) for code, word, value in rows]
        text = f"# List of {name}\n\n{HEADERS.get(name, '')}{gap.join(told)}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
        for code, word, value in rng.sample(rows, ASKED):
            questions.append(
                {
                    "kind": "answerable",
                    "question": asked.format(c=code, w=word),
                    "answers": [value],
                    "evidence": [line.format(c=code, w=word, v=value).strip("-*| ")],
                    "answerable": True,
                    "document_id": name,
                }
            )
        absent = [n for n in code_numbers(rng) if n not in numbers][:UNKNOWN]
        questions += [
            {
                "kind": "stranger",
                "question": asked.format(c=form.format(n=n), w=WORDS[name][0]),
                "answers": [],
                "answerable": False,
            }
            for n in absent
        ]
        more += ask_more(name, line, rows)
    rows_of_both = enumerate([*questions, *more], start=1)
    write(
        folder,
        "questions.jsonl",
        [{"id": f"codes-{split}-{n:03}", "split": split, **row} for n, row in rows_of_both],
    )


def ask_more(name: str, line: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    """Yield other questions for what the lines of a list say, and for what they do not say of a code."""
    rng = random.Random(f"{SEED} {name} otherwise")
    for asked, told in OTHERWISE[name]:
        for code, word, value in rng.sample(rows, ASKED_OTHERWISE):
            yield {
                "kind": "answerable",
                "question": asked.format(c=code),
                "answers": [word if told == "w" else value],
                "evidence": [line.format(c=code, w=word, v=value).strip("-*| ")],
                "answerable": True,
                "document_id": name,
            }
    for asked in UNTOLD[name]:
        for code, _, _ in rng.sample(rows, ASKED_UNTOLD):
            yield {"kind": "untold", "question": asked.format(c=code), "answers": [], "answerable": False}


if __name__ == "__main__":
    for _name, _domain in DOMAINS.items():
        make(_name, _domain)
    for _split in ("dev", "test"):
        make_codes(_split)
