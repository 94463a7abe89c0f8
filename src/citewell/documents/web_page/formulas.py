"""Write a MathML formula as one line of text."""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from citewell.text.raised import write_lowered, write_raised

_UNSEEN = frozenset({"annotation", "annotation-xml", "mphantom", "none", "mprescripts"})


def formula(element: Element) -> str:
    """Return a formula as text: 10⁵, (a + b)/c, √(x), x_max.

    A page may write a formula twice, once to be seen and once in TeX: it is read once.
    """
    # From the inside out and without recursion: formulas may be nested deeply.
    said: dict[Element, str] = {}
    stack = [(element, False)]
    while stack:
        at, is_done = stack.pop()
        tag = at.tag if isinstance(at.tag, str) else "annotation"
        if tag.rpartition("}")[2] in _UNSEEN:
            said[at] = ""
        elif is_done:
            parts = [said.pop(inner) for inner in at]
            tails = [" ".join((inner.tail or "").split()) for inner in at]
            said[at] = _joined(tag.rpartition("}")[2], " ".join((at.text or "").split()), parts, tails)
        else:
            stack.append((at, True))
            stack += [(inner, False) for inner in at]
    return said[element]


def _joined(  # noqa: C901, PLR0911  # one case an element of MathML
    tag: str, text: str, parts: list[str], tails: Iterable[str]
) -> str:
    """Put the parts of an element together."""
    if tag == "msup" and len(parts) == 2:  # noqa: PLR2004 - MathML's number, as below
        return parts[0] + _power(parts[0] if len(parts[0]) == 1 else "10", parts[1])
    if tag == "msub" and len(parts) == 2:  # noqa: PLR2004
        return parts[0] + write_lowered(parts[0], parts[1].strip())
    if tag == "msubsup" and len(parts) == 3:  # noqa: PLR2004
        return parts[0] + write_lowered(parts[0], parts[1].strip()) + _power("10", parts[2])
    if tag == "mfrac" and len(parts) == 2:  # noqa: PLR2004
        return "/".join(part if part.isalnum() else f"({part})" for part in parts)
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    if tag == "mroot" and len(parts) == 2:  # noqa: PLR2004
        return f"({parts[0]})^(1/{parts[1]})"
    if tag == "mo" and text in {"=", "+", "-", "−", "×", "·", "<", ">", "≤", "≥", "≈", "→", "∈", "±"}:
        return f" {text} "
    if tag in {"mtext", "mspace"}:
        return f" {text} "
    if tag == "mtr":
        return ", ".join(parts)
    if tag == "mtable":
        return "; ".join(parts)
    return text + "".join(part + tail for part, tail in zip(parts, tails, strict=True))


def _power(base: str, exponent: str) -> str:
    return write_raised(base, exponent.strip()) or f"^({exponent})"
