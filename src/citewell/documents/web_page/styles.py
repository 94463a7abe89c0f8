"""Find which declarations of a page's own CSS hold for each element.

Selectors are matched compound by compound, and each element is matched once with each compound. So the work
grows with the page times its rules, not with the depth of selectors. Style sheets of other files are not
fetched.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cssselect2
import tinycss2
from lxml.etree import _Element as Element

from citewell.documents.web_page.css import (
    is_for_screens,
    parts,
    read_declarations,
    rules_of,
    split,
    without_states,
)

_RELEVANT = re.compile(
    r"none|hidden|visib|collapse|opacity|font-size|font\s*:|color|background|line-through|super|\bsub\b"
    r"|absolute"
    r"|fixed|text-indent|margin|clip|filter|height|width|transform|content-visibility|display",
    re.IGNORECASE,
)
# In characters: many times the length of a framework's style sheet; a longer one takes seconds to parse.
LONGEST_SHEET = 1_500_000
MOST_RULES = 5_000
# Selectors that look at all siblings of an element: their time grows with the square of a page's length.
_WIDE = re.compile(r":has\(|of-type|:nth-last|:only|:last-child", re.IGNORECASE)
WIDE_PAGE = 3_000
Declarations = Mapping[str, str]


@dataclass(slots=True)
class _Rule:
    """A selector and what it declares.

    Attributes:
        compounds: The parts of the selector, from the left.
        combinators: The combinators between the compounds.
        specificity: The specificity of the whole selector.
        order: The rule's place in the page.
        declared: Property to value, and whether the declaration is important.
        by_reader: Whether the rule holds only once a person points or clicks.
    """

    compounds: list[Any]
    combinators: list[str]
    specificity: tuple[int, ...]
    order: int
    declared: dict[str, tuple[str, bool]]
    by_reader: bool


@dataclass(slots=True)
class Styles:
    """The rules of a page, and the matches found so far."""

    is_wide: bool
    problems: list[str] = field(default_factory=list)
    _rules: list[_Rule] = field(default_factory=list)
    _ids: dict[str, list[_Rule]] = field(default_factory=dict)
    _classes: dict[str, list[_Rule]] = field(default_factory=dict)
    _names: dict[str, list[_Rule]] = field(default_factory=dict)
    _others: list[_Rule] = field(default_factory=list)
    # Keyed by the id() of wrappers; the wrappers are kept alive so that no id is used again.
    _known: dict[tuple[int, int, int, bool], bool] = field(default_factory=dict)
    _kept: list[cssselect2.ElementWrapper] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self._rules)

    def add_sheet(self, css: str) -> None:
        """Take in a style sheet."""
        if not _RELEVANT.search(css):
            return
        if len(css) > LONGEST_SHEET:
            self.problems.append(
                "its style sheet is too long to be read: text that it hides may stand in the text"
            )
            return
        for prelude, content in rules_of(
            tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        ):
            if len(self._rules) >= MOST_RULES:
                self.problems.append(
                    "not all rules of its style sheet were read: text that they hide may stand in the text"
                )
                return
            declared = read_declarations(
                tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
            )
            if declared:
                for selector in split(prelude, {","}):
                    self._add(selector, declared)

    def _add(self, tokens: Sequence[Any], declared: dict[str, tuple[str, bool]]) -> None:
        compounds, combinators = parts(tokens)
        by_reader = False
        compiled = []
        specificity = [0, 0, 0]
        for compound in compounds:
            plain, has_state = without_states(compound)
            by_reader = by_reader or has_state
            text = tinycss2.serialize(plain) or "*"
            if self.is_wide and _WIDE.search(text):
                return
            one = _compiled(text)
            if one is None:
                return
            compiled.append(one)
            specificity = [sum(both) for both in zip(specificity, one.specificity, strict=True)]
        if not compiled:
            return
        rule = _Rule(compiled, combinators, tuple(specificity), len(self._rules), declared, by_reader)
        self._rules.append(rule)
        last = compiled[-1]
        if last.id is not None:
            self._ids.setdefault(last.id, []).append(rule)
        elif last.class_name is not None:
            self._classes.setdefault(last.class_name, []).append(rule)
        elif last.local_name is not None:
            self._names.setdefault(last.lower_local_name, []).append(rule)
        else:
            self._others.append(rule)

    def declared(
        self, element: Element, wrapper: cssselect2.ElementWrapper | None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return an element's declarations now, and those that hold once a person points or clicks.

        Args:
            element: The element.
            wrapper: What selectors are matched with; None where no rule is to be matched.
        """
        holding = [] if wrapper is None else self._holding(wrapper)
        inline = inline_declarations(element.get("style") or "")
        if not holding and not inline:
            return {}, {}
        now: dict[str, str] = {}
        later: dict[str, str] = {}
        for important in (False, True):
            for rule in holding:
                into = later if rule.by_reader else now
                into.update(
                    {name: value for name, (value, is_so) in rule.declared.items() if is_so is important}
                )
            now.update({name: value for name, (value, is_so) in inline.items() if is_so is important})
        return now, later

    def _holding(self, wrapper: cssselect2.ElementWrapper) -> list[_Rule]:
        """Return the rules that hold for an element, the weakest first."""
        self._kept.append(wrapper)
        found = [*self._others]
        found += self._ids.get(wrapper.id or "", ())
        for name in set(wrapper.classes):
            found += self._classes.get(name, ())
        found += self._names.get(wrapper.local_name.lower(), ())
        holding = [rule for rule in found if self._matches(wrapper, rule, len(rule.compounds) - 1)]
        holding.sort(key=lambda rule: (rule.specificity, rule.order))
        return holding

    def _matches(self, wrapper: Any, rule: _Rule, part: int) -> bool:
        """Whether an element matches the selector's compounds up to the one at `part`."""
        if not rule.compounds[part].test(wrapper):
            return False
        if part == 0:
            return True
        combinator = rule.combinators[part - 1]
        if combinator == ">":
            return wrapper.parent is not None and self._matches(wrapper.parent, rule, part - 1)
        if combinator == "+":
            return wrapper.previous is not None and self._matches(wrapper.previous, rule, part - 1)
        return self._reaches(wrapper, rule, part - 1, upwards=combinator == " ")

    def _reaches(self, wrapper: Any, rule: _Rule, part: int, *, upwards: bool) -> bool:
        """Whether an ancestor of an element, or a sibling before it, matches the compounds up to `part`."""
        passed = []
        answer = False
        at = wrapper.parent if upwards else wrapper.previous
        while at is not None:
            key = (id(at), rule.order, part, upwards)
            known = self._known.get(key)
            if known is None:
                passed.append(key)
                known = self._matches(at, rule, part) or None
            if known is not None:
                answer = known
                break
            at = at.parent if upwards else at.previous
        for key in passed:
            self._known[key] = answer
        return answer


def page_styles(root: Element) -> Styles:
    """Return the rules in a page's own style sheets."""
    styles = Styles(is_wide=sum(1 for _ in root.iter()) > WIDE_PAGE)
    for sheet in root.iter("style"):
        if is_for_screens(sheet.get("media") or ""):
            styles.add_sheet("".join(sheet.itertext()))
    return styles


@lru_cache(maxsize=4096)
def inline_declarations(css: str) -> dict[str, tuple[str, bool]]:
    """Return the declarations of a style attribute; the caller must not change the result."""
    if not css or not _RELEVANT.search(css):
        return {}
    return read_declarations(tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True))


@lru_cache(maxsize=4096)
def _compiled(compound: str) -> Any:
    """Return a compound of a selector as a test; None where the compound can match no element."""
    try:
        (one,) = cssselect2.compile_selector_list(compound)
    except (cssselect2.SelectorError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return None if one.never_matches or one.pseudo_element else one
