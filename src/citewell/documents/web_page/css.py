"""Cut style sheets into the rules that hold on a screen, and selectors into their parts."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import tinycss2

# The properties that decide whether text is seen, struck out, raised or a block of its own.
PROPERTIES = frozenset(
    "display visibility opacity font-size color background background-color background-image text-decoration"
    " text-decoration-line vertical-align position left right top bottom margin-left margin-top"
    " text-indent clip"
    " clip-path width height max-height max-width overflow overflow-x overflow-y transform"
    " content-visibility filter"
    " font -webkit-text-fill-color".split()
)
SCREEN_PX = 1280  # an ordinary window, for rules that hold for some widths
_WIDTH = re.compile(r"(min|max)-width\s*:\s*([\d.]+)(px|em|rem)?")
# The states that a person brings about with a pointer or a click.
_STATES = frozenset("hover focus focus-within focus-visible active checked target open popover-open".split())
_STATE_CLASSES = frozenset(
    "active open opened show shown expanded selected current visible is-active is-open is-visible"
    " is-expanded is-selected".split()
)


def rules_of(rules: Iterable[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """Yield the prelude and the content of each rule that holds on a screen."""
    stack = [iter(rules)]
    while stack:
        rule = next(stack[-1], None)
        if rule is None:
            stack.pop()
        elif rule.type == "qualified-rule":
            yield rule.prelude, rule.content
        elif rule.type == "at-rule" and rule.content is not None:
            name = rule.lower_at_keyword
            if name in {"supports", "layer"} or (
                name == "media" and is_for_screens(tinycss2.serialize(rule.prelude))
            ):
                inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                stack.append(iter(inner))


def is_for_screens(media: str) -> bool:
    """Whether one of several media queries is true of an ordinary window."""
    return any(map(_is_true, media.lower().split(",")))


def _is_true(query: str) -> bool:
    words = set(re.findall(r"[a-z-]+", query))
    if words & {"print", "speech", "not", "dark", "reduce", "forced-colors", "portrait", "aural", "braille"}:
        return False
    for kind, number, unit in _WIDTH.findall(query):
        width = float(number) * (1 if unit in {"px", ""} else 16)
        if (width > SCREEN_PX) if kind == "min" else (width < SCREEN_PX):
            return False
    return True


def read_declarations(items: Iterable[Any]) -> dict[str, tuple[str, bool]]:
    """Return the declarations of the properties in `PROPERTIES`."""
    found: dict[str, tuple[str, bool]] = {}
    for item in items:
        if item.type == "declaration" and item.lower_name in PROPERTIES:
            value = " ".join(tinycss2.serialize(item.value).split())
            before = found.get(item.lower_name)
            if before is None or item.important or not before[1]:
                found[item.lower_name] = (value, item.important)
    return found


def split(tokens: Sequence[Any], separators: set[str]) -> Iterator[list[Any]]:
    """Split tokens at the literals that are separators."""
    piece: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value in separators:
            yield piece
            piece = []
        else:
            piece.append(token)
    yield piece


def parts(tokens: Sequence[Any]) -> tuple[list[list[Any]], list[str]]:
    """Split a selector into its compounds and the combinators between them."""
    compounds: list[list[Any]] = []
    combinators: list[str] = []
    combinator, is_new = "", True
    for token in tokens:
        if token.type == "whitespace":
            combinator, is_new = combinator or " ", True
        elif token.type == "literal" and token.value in {">", "+", "~"}:
            combinator, is_new = token.value, True
        elif token.type != "comment":
            if is_new:
                if compounds:
                    combinators.append(combinator or " ")
                compounds.append([])
                combinator, is_new = "", False
            compounds[-1].append(token)
    return compounds, combinators


def without_states(compound: Sequence[Any]) -> tuple[list[Any], bool]:
    """Leave out the states that a person brings about: `:hover`, `.is-open`, `[open]`."""
    kept: list[Any] = []
    has_state = False
    for token in compound:
        name = token.lower_value if token.type == "ident" else ""
        before = kept[-1] if kept else None
        is_pseudo = (
            before is not None and before.type == "literal" and before.value == ":" and name in _STATES
        )
        is_class = (
            before is not None and before.type == "literal" and before.value == "." and name in _STATE_CLASSES
        )
        if is_pseudo or is_class:
            kept.pop()
            has_state = True
        elif token.type == "[] block" and tinycss2.serialize(token.content).strip().lower().startswith(
            ("open", "aria-expanded", "aria-selected", "aria-hidden")
        ):
            has_state = True
        else:
            kept.append(token)
    return kept, has_state
