"""List the characters of the two fonts of every PDF viewer whose codes no other encoding has.

Source: PDF 1.7 (ISO 32000-1), annexes D.5 and D.6. Each row has sixteen codes, from 0x20. A pair of dots
marks a code without a character.
"""

GAP = "‥"

SYMBOL_ROWS = (
    " !∀#∃%&∋()∗+,−./",
    "0123456789:;<=>?",
    "≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟ",
    "ΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_",
    "‥αβχδεφγηιϕκλμνο",
    "πθρστυϖωξψζ{|}∼‥",
    "‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥",
    "‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥",
    "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓",
    "°±″≥×∝∂•÷≠≡≈…‥‥↵",
    "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉",
    "∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓",
    "◊〈‥‥‥∑‥‥‥‥‥‥‥‥‥‥",
    "‥〉∫⌠‥⌡‥‥‥‥‥‥‥‥‥‥",
)
DINGBATS_ROWS = (
    " ✁✂✃✄☎✆✇✈✉☛☞✌✍✎✏",
    "✐✑✒✓✔✕✖✗✘✙✚✛✜✝✞✟",
    "✠✡✢✣✤✥✦✧★✩✪✫✬✭✮✯",
    "✰✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿",
    "❀❁❂❃❄❅❆❇❈❉❊❋●❍■❏",
    "❐❑❒▲▼◆❖◗❘❙❚❛❜❝❞‥",
    "❨❩❪❫❬❭❮❯❰❱❲❳❴❵‥‥",
    "‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥‥",
    "‥❡❢❣❤❥❦❧♣♦♥♠①②③④",
    "⑤⑥⑦⑧⑨⑩❶❷❸❹❺❻❼❽❾❿",
    "➀➁➂➃➄➅➆➇➈➉➊➋➌➍➎➏",
    "➐➑➒➓➔→↔↕➘➙➚➛➜➝➞➟",
    "➠➡➢➣➤➥➦➧➨➩➪➫➬➭➮➯",
    "‥➱➲➳➴➵➶➷➸➹➺➻➼➽➾‥",
)


def characters(rows: tuple[str, ...]) -> dict[int, str]:
    """Return the characters of codes."""
    return {0x20 + code: shown for code, shown in enumerate("".join(rows)) if shown != GAP}


SYMBOL = characters(SYMBOL_ROWS)
DINGBATS = characters(DINGBATS_ROWS)
