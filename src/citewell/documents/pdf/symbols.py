"""The characters of the two fonts that every reader of PDF brings and whose codes no other encoding has.

PDF 1.7 (ISO 32000-1), annexes D.5 and D.6; each row has sixteen codes, from 0x20. A pair of dots stands where
no character is.
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
