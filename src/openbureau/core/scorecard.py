"""How many points, and why?

A scorecard is a points table (JSON in `scorecards/`).  Promises: the score is a pure function of attributes and table;
base plus points is the sum that is shown, and where the sum leaves the scale the cut is shown too; each reason names an
attribute that cost points against the table's published reference level, the strongest family first, four at most; a
special code is never a reason; too little history gives no score, never a low one.

Bins are left-closed: an attribute equal to an edge belongs to the bin above it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from openbureau.core.attribute_list import BY_NAME, FAMILIES
from openbureau.core.attributes import AttributeValue

MOST_REASONS = 4


class ScorecardRefused(ValueError):
    """The table is not one by which people may be scored."""


class TableRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One attribute: edges cut the numbers into bins, one more than there are edges; reference points are published."""

    name: str
    edges: list[int]
    points: list[int]
    special: dict[str, int]
    reference: int


class Scorecard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A points table with its scale and its standing."""

    id: str
    subject_kind: str
    standing: dict[str, str]
    base: int
    lowest: int
    highest: int
    history_months: int
    table: list[TableRow]


@dataclass(frozen=True, slots=True)
class Points:
    """What one attribute brought."""

    attribute: str
    family: str
    value: int | None
    special: str | None
    points: int
    reference: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The number (None: not enough data), how it adds up, and why it is not higher."""

    scorecard_id: str
    scorecard_digest: str
    value: int | None
    base: int
    total: int
    points: tuple[Points, ...]
    reasons: tuple[str, ...]
    standing: Mapping[str, str]


def parse_scorecard(content: bytes) -> Scorecard:
    """Read a table strictly; `ScorecardRefused` says what is wrong with it."""
    try:
        card = msgspec.json.decode(content, type=Scorecard)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as trouble:
        raise ScorecardRefused(f"not a scorecard: {trouble}") from None
    names = [row.name for row in card.table]
    if len(set(names)) != len(names) or not names:
        raise ScorecardRefused("each attribute stands in the table once, and there is at least one")
    for row in card.table:
        _check_row(row)
    if not card.lowest < card.base < card.highest or card.subject_kind not in {"person", "enterprise"}:
        raise ScorecardRefused("the base lies within the scale, and the table is for persons or for enterprises")
    if set(card.standing) != {"en", "zh"}:
        raise ScorecardRefused("the standing of the table is told in en and zh")
    return card


def _check_row(row: TableRow) -> None:
    if row.name not in BY_NAME:
        raise ScorecardRefused(f"no attribute is called {row.name}")
    if len(row.points) != len(row.edges) + 1:
        raise ScorecardRefused(f"{row.name}: there is one bin more than there are edges")
    if any(left >= right for left, right in zip(row.edges, row.edges[1:], strict=False)):
        raise ScorecardRefused(f"{row.name}: edges rise")
    if row.reference > max(row.points):
        raise ScorecardRefused(f"{row.name}: the reference lies above the best bin")


def scorecard_digest(content: bytes) -> str:
    """SHA-256 (hex) of the table's file: what an approval names."""
    return hashlib.sha256(content).hexdigest()


def score(card: Scorecard, digest: str, attributes: Mapping[str, AttributeValue]) -> Score:
    """The score of these attributes under this table."""
    points = tuple(_points(row, attributes[row.name]) for row in card.table)
    total = card.base + sum(part.points for part in points)
    history = attributes["history_months"].value
    if history is None or history < card.history_months:
        return Score(card.id, digest, None, card.base, total, (), (), card.standing)
    value = min(max(total, card.lowest), card.highest)
    return Score(card.id, digest, value, card.base, total, points, reasons_for(points), card.standing)


def _points(row: TableRow, found: AttributeValue) -> Points:
    if found.value is None:
        gained = row.special.get(found.special or "", row.reference)
    else:
        gained = row.points[sum(edge <= found.value for edge in row.edges)]
    family = BY_NAME[row.name].family
    return Points(row.name, family, found.value, found.special, gained, row.reference, found.sources)


def reasons_for(points: tuple[Points, ...]) -> tuple[str, ...]:
    """At most four attributes that cost points against the reference: by family first, then the strongest in it."""
    short: dict[str, list[Points]] = {}
    for part in points:
        if part.special is None and part.points < part.reference:
            short.setdefault(part.family, []).append(part)
    families = sorted(short.values(), key=lambda parts: sum(part.points - part.reference for part in parts))
    named = [min(parts, key=lambda part: part.points - part.reference).attribute for parts in families]
    return tuple(named[:MOST_REASONS])


def reason_text(attribute: str, language: str) -> str:
    """A reason in plain words."""
    info = BY_NAME[attribute]
    return info.zh if language == "zh" else info.en


def score_json(found: Score) -> dict[str, Any]:
    """The score as plain JSON: the number, the sum it comes from, reasons, and every point."""
    return {
        "scorecard": found.scorecard_id,
        "scorecard_digest": found.scorecard_digest,
        "standing": dict(found.standing),
        "value": found.value,
        "note": None if found.value is not None else "not-enough-data",
        "sum": None
        if found.value is None
        else {"base": found.base, "total": found.total, "cut": found.value - found.total},
        "points": [
            {
                "attribute": part.attribute,
                "family": part.family,
                "value": part.value,
                "special": part.special,
                "points": part.points,
                "reference": part.reference,
                "tradelines": list(part.sources),
            }
            for part in found.points
        ],
        "reasons": [{"code": reason, "family": BY_NAME[reason].family} for reason in found.reasons],
    }


def family_text(family: str, language: str) -> str:
    """The name of a family of attributes."""
    return FAMILIES[family][0 if language == "zh" else 1]
