"""How alike are two records, field by field, what is that worth, and which pairs are looked at?  Data table and its reading.

Each comparison is a list of levels from the strongest agreement to none; a level has a code, which is what a reviewer is
shown, and a condition.  Each block is a set of columns; records that agree in all of them are compared.  Only those are
used whose columns the records fill.

Conditions are written for the two sides of a pair as `{c}_l` and `{c}_r`.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import splink.comparison_level_library as cll
import splink.comparison_library as cl


@dataclass(frozen=True, slots=True)
class Level:
    """One grade of agreement: its code, its condition (none: whatever is left), how often it is seen in one person."""

    code: str
    condition: str | None
    expected: float
    is_weighed: bool = False
    """Is agreement on something rare worth more?"""
    bits: float | None = None
    """What it is worth by rule, in powers of two; None: learnt from the records."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one field is compared: its name, the columns that it needs, its levels, when it says nothing."""

    field: str
    column: str
    levels: tuple[Level, ...]
    silent: str = "{c}_l is null or {c}_r is null"


def _typo(limit: int) -> str:
    return f"damerau_levenshtein({{c}}_l, {{c}}_r) <= {limit}"


def _slip(part: int) -> str:
    """One slip leaves the beginning or the end as it was, which is quicker to see than counting slips."""
    return f"(left({{c}}_l, {part}) = left({{c}}_r, {part}) or right({{c}}_l, {part}) = right({{c}}_r, {part})) and {_typo(1)}"


def _alike(least: float) -> str:
    return f"jaro_winkler_similarity({{c}}_l, {{c}}_r) >= {least}"


_SAME = "{c}_l = {c}_r"
_SWAPPED = "given_l = family_r and family_l = given_r"
_PART = "starts_with({c}_l, {c}_r) or starts_with({c}_r, {c}_l)"
_WORDS = (
    "list_unique(list_intersect(string_split({c}_l, ' '), string_split({c}_r, ' '))) * 2 "
    ">= least(len(string_split({c}_l, ' ')), len(string_split({c}_r, ' ')))"
)
_INSIDE = "contains({c}_l, {c}_r) or contains({c}_r, {c}_l)"


def _else(expected: float) -> Level:
    return Level("different", None, expected)


_LATIN = "strlen({c}_l) = length({c}_l) and strlen({c}_r) = length({c}_r)"
_ONE_IS_WHOLE = "coalesce(whole_l, whole_r) is not null"
_NO_NAME = "({c}_l is null or {c}_r is null) and coalesce(whole_l, whole_r) is null"
_SAME_READING = f"reading_l = reading_r or ({_ONE_IS_WHOLE} and latin_l = latin_r)"
_ONE_LETTER = f"({_LATIN} and {_typo(1)}) or ({_ONE_IS_WHOLE} and damerau_levenshtein(latin_l, latin_r) <= 1)"
_ONE_CHARACTER = f"length({{c}}_l) = 2 and length({{c}}_r) = 2 and {_typo(1)}"
_ANOTHER_GIVEN_NAME = (
    "given_l <> given_r and reading_l <> reading_r and given_l <> family_r and not starts_with(given_l, given_r) "
    "and not starts_with(given_r, given_l) and (strlen(given_l) > length(given_l) or "
    "(jaro_winkler_similarity(given_l, given_r) < 0.88 and damerau_levenshtein(given_l, given_r) > 1))"
)

PERSON_NAMES = (
    Comparison(
        "family name",
        "family",
        (
            Level("same", _SAME, 0.8, is_weighed=True),
            Level("given and family swapped", _SWAPPED, 0.02),
            Level("one letter", f"{_LATIN} and {_typo(1)}", 0.06),
            Level("alike", f"{_LATIN} and {_alike(0.88)}", 0.04),
            Level("beginning", f"{_LATIN} and ({_PART})", 0.02),
            _else(0.06),
        ),
    ),
    Comparison(
        "given name",
        "given",
        (
            Level("same", _SAME, 0.75, is_weighed=True),
            Level("given and family swapped", _SWAPPED, 0.02),
            Level("same reading", _SAME_READING, 0.03),
            Level("one letter", _ONE_LETTER, 0.05),
            Level("one of two characters", _ONE_CHARACTER, 0.01),
            Level("alike", f"{_LATIN} and {_alike(0.88)}", 0.04),
            Level("beginning", f"{_LATIN} and ({_PART})", 0.04),
            _else(0.06),
        ),
        silent=_NO_NAME,
    ),
)
"""For records with a given name and a surname."""
WHOLE_NAME = Comparison(
    "name",
    "name",
    (
        Level("same", _SAME, 0.75, is_weighed=True),
        Level("same reading", "latin_l = latin_r", 0.05),
        Level("one letter", "damerau_levenshtein(latin_l, latin_r) <= 1", 0.05),
        Level("alike", "jaro_winkler_similarity(latin_l, latin_r) >= 0.92", 0.04),
        Level("words shared", _WORDS.replace("{c}", "latin"), 0.06),
        _else(0.05),
    ),
)
"""For records with a name as it is written."""
OTHERS = (
    Comparison(
        "day of birth",
        "birth",
        (
            Level("same", _SAME, 0.85),
            Level("one digit or two swapped", _slip(3), 0.06),
            Level("same year, two digits", f"left({{c}}_l, 4) = left({{c}}_r, 4) and {_typo(2)}", 0.03),
            Level("same month and day", "right({c}_l, 4) = right({c}_r, 4)", 0.01),
            Level("same year", "left({c}_l, 4) = left({c}_r, 4)", 0.01),
            _else(0.04),
        ),
        silent="{c}_l is null or {c}_r is null or (number_l = number_r and contains(number_l, birth_l))",
    ),
    Comparison(
        "identity number",
        "number",
        (
            Level("same", _SAME, 0.9),
            Level("two valid numbers", "sound_l <> sound_r", 0.0, bits=-40),
            Level("one digit or two swapped", _slip(3), 0.05),
            Level("two digits", _typo(2), 0.02),
            _else(0.03),
        ),
    ),
    Comparison(
        "telephone",
        "phone",
        (
            Level("same, under another given name", f"{_SAME} and {_ANOTHER_GIVEN_NAME}", 0.0, bits=0),
            Level("same", _SAME, 0.75, is_weighed=True),
            Level("one digit or two swapped", _slip(3), 0.05),
            Level("same line", "left({c}_l, length({c}_l) - 2) = left({c}_r, length({c}_r) - 2)", 0.03),
            _else(0.17),
        ),
    ),
    Comparison(
        "mail address",
        "email",
        (
            Level("same", _SAME, 0.7, is_weighed=True),
            Level("same before the at", "split_part({c}_l, '@', 1) = split_part({c}_r, '@', 1)", 0.08),
            Level("two letters", _typo(2), 0.1),
            Level("alike", _alike(0.88), 0.06),
            _else(0.06),
        ),
    ),
    Comparison(
        "postcode",
        "postcode",
        (
            Level("same", _SAME, 0.75, is_weighed=True),
            Level("one letter", _typo(1), 0.1),
            Level(
                "same district",
                "left({c}_l, length({c}_l) - 3) = left({c}_r, length({c}_r) - 3) and length({c}_l) > 5",
                0.05,
            ),
            _else(0.1),
        ),
    ),
    Comparison(
        "house number",
        "house",
        (Level("same", _SAME, 0.8, is_weighed=True), Level("one digit", _typo(1), 0.08), _else(0.12)),
    ),
    Comparison(
        "street",
        "street",
        (
            Level("same", _SAME, 0.7, is_weighed=True),
            Level("two letters", _typo(2), 0.1),
            Level("alike", _alike(0.88), 0.08),
            Level("words shared", _WORDS, 0.06),
            _else(0.06),
        ),
    ),
    Comparison(
        "building",
        "building",
        (
            Level("same", _SAME, 0.7, is_weighed=True),
            Level("two letters", _typo(2), 0.1),
            Level("alike", _alike(0.88), 0.08),
            _else(0.12),
        ),
    ),
    Comparison(
        "place",
        "place",
        (
            Level("same", _SAME, 0.7, is_weighed=True),
            Level("two letters", _typo(2), 0.08),
            Level("one inside the other", _INSIDE, 0.06),
            Level("alike", _alike(0.88), 0.04),
            _else(0.12),
        ),
    ),
    Comparison("region", "region", (Level("same", _SAME, 0.9, is_weighed=True), _else(0.1))),
    Comparison(
        "occupation",
        "occupation",
        (Level("same", _SAME, 0.8, is_weighed=True), _else(0.2)),
    ),
    Comparison("gender", "gender", (Level("same", _SAME, 0.95), _else(0.05))),
)

BLOCKS: tuple[tuple[str, ...], ...] = (
    ("number",), ("phone",), ("email",), ("name",), ("latin",), ("birth",), ("house", "street"), ("postcode", "house"),
    ("postcode", "left(birth,4)"), ("postcode", "left(family,2)"), ("postcode", "left(given,2)"), ("street", "left(given,1)"),
    ("left(family,4)", "left(given,3)"), ("family", "left(birth,6)"), ("family", "right(birth,4)"),
    ("given", "left(birth,4)"), ("given", "right(birth,4)"), ("left(email,6)", "left(given,1)"),
    ("left(phone,7)", "left(name,1)"), ("place", "left(given,2)"), ("place", "left(family,2)"),
    ("left(latin,4)", "left(birth,6)"), ("left(latin,4)", "right(birth,4)"),
)  # fmt: skip
"""Columns, or parts of them, in which a pair must agree to be looked at.  One block is enough."""
REFINED_BY = ("left(birth,4)", "left(latin,2)")
"""A block that is too large is cut by these, one after the other; what is still too large is left out and counted."""


def comparisons_for(filled: frozenset[str]) -> tuple[Comparison, ...]:
    """The comparisons whose columns are filled."""
    names = PERSON_NAMES if {"given", "family"} <= filled else (WHOLE_NAME,) if "name" in filled else ()
    return (*names, *(comparison for comparison in OTHERS if comparison.column in filled))


def part_columns(part: str) -> str:
    """The column of a part of a block: `left(birth,4)` is of `birth`."""
    return part.removeprefix("left(").removeprefix("right(").partition(",")[0]


def blocks_for(filled: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """The blocks whose columns are filled."""
    return tuple(block for block in BLOCKS if all(part_columns(part) in filled for part in block))


Weights = dict[str, list[tuple[float, float]]]
"""Per field and level: how often it is seen in one person (m), and in two strangers (u)."""


def creator(comparison: Comparison, weights: Weights | None) -> cl.CustomComparison:
    """A comparison as Splink reads it, with its weights where they are known."""
    levels: list[Any] = [cll.CustomLevel(comparison.silent.format(c=comparison.column)).configure(is_null_level=True)]
    for at, level in enumerate(comparison.levels):
        made: Any = cll.ElseLevel()
        if level.condition is not None:
            made = cll.CustomLevel(level.condition.format(c=comparison.column), label_for_charts=level.code)
        if weights is not None:
            seen, chance = weights[comparison.field][at]
            made = made.configure(m_probability=seen, u_probability=chance)
        if level.is_weighed:
            made = made.configure(tf_adjustment_column=comparison.column, tf_adjustment_weight=1.0)
        levels.append(made)
    return cl.CustomComparison(output_column_name=comparison.column, comparison_levels=levels)


ROUNDS = 60
_SMOOTH = 2.0
"""Pairs of one person that every comparison is taken to have seen already, spread as its levels expect."""


def by_rule(level: Level, chance: float) -> float:
    """How often a level is expected in one person; where its worth is set by rule, what gives that worth."""
    return level.expected if level.bits is None else chance * 2.0**level.bits


def same_by_chance(values: list[Any], sources: list[str]) -> float:
    """The share of pairs that agree exactly, counted from how often each value comes: between two sources, or within one."""
    parts = [
        Counter(value for value, source in zip(values, sources, strict=True) if value is not None and source == name)
        for name in sorted(set(sources))
    ]
    if len(parts) == 2:
        first, second = parts
        return sum(count * second[value] for value, count in first.items()) / max(1, first.total() * second.total())
    whole = sum(parts, Counter())
    return sum(count * (count - 1) for count in whole.values()) / max(1, whole.total() * (whole.total() - 1))


def learn(
    comparisons: tuple[Comparison, ...], weights: Weights, *, patterns: Any, counts: Any, possible: float
) -> tuple[Weights, float]:
    """Weights and prior by expectation maximisation: chance is known, what one person's records share is learnt.

    Pairs that no block brings together are taken as strangers.  What is learnt is taken out of the chance as well, since
    random pairs hold a few pairs of one person.
    """
    seen = [np.array([pair[0] for pair in weights[comparison.field]]) for comparison in comparisons]
    observed = [np.array([pair[1] for pair in weights[comparison.field]]) for comparison in comparisons]
    chance = [one.copy() for one in observed]
    expected = [one.copy() for one in seen]
    learnt = [np.array([level.bits is None for level in comparison.levels]) for comparison in comparisons]
    prior = min(0.5, 0.1 * counts.sum() / possible)
    places = [np.where(patterns[:, at] >= 0, len(seen[at]) - 1 - patterns[:, at], -1) for at in range(len(comparisons))]
    for _ in range(ROUNDS):
        odds = np.full(len(counts), np.log(prior / (1 - prior)))
        for at, place in enumerate(places):
            ratio = np.append(np.log(seen[at] / chance[at]), 0.0)
            odds += ratio[place]
        share = counts / (1 + np.exp(-np.clip(odds, -60, 60)))
        before, prior = prior, float(np.clip(share.sum() / possible, 1e-12, 0.5))
        for at, place in enumerate(places):
            told = np.bincount(place[place >= 0], weights=share[place >= 0], minlength=len(seen[at]))
            told[~learnt[at]] = 0
            told = told + _SMOOTH * expected[at] * learnt[at]
            cleaned = (observed[at] - prior * seen[at]) / (1 - prior)
            chance[at] = np.where(learnt[at], np.maximum(cleaned, observed[at] * 0.02), observed[at])
            seen[at] = np.where(learnt[at], told / told.sum(), expected[at])
        if abs(before - prior) < 1e-9 * prior:
            break
    told_of = {
        comparison.field: [(float(one), float(other)) for one, other in zip(seen[at], chance[at], strict=True)]
        for at, comparison in enumerate(comparisons)
    }
    return told_of, prior
