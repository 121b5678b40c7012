"""How good is what a furnisher sent in a month?  The published formula (docs/specs/quality.md).

Five parts of 0 to 100, each from what was received or corrected in that month.  A part without a source is absent, never
zero, and the whole is the weighted mean of the parts that are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

WEIGHTS = {"timeliness": 20, "completeness": 20, "consistency": 25, "corrections": 10, "harm": 25}
"""What each part weighs in the whole."""
ON_TIME_DAYS = 10
"""Days after the end of a month within which its record is on time."""
CORRECTIONS_FACTOR = 10
"""Points lost for each correction a thousand facts held."""
HARM_FACTOR = 1
"""Points lost for each weighted person harmed a thousand persons held."""
LARGE_CHANGE = 30
"""Points of score from which a change counts as large."""
HARM_WEIGHTS = {"reasons": 1, "score": 2, "large": 5, "scored": 5}
"""What one person counts for: only the reasons changed; the score changed; by 30 points or more; from or to no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySource:
    """The counts of one furnisher's month."""

    accounts: int
    """Accounts whose newest month came in for the first time."""
    on_time: int
    median_days: int | None
    important: int
    """Important optional fields of the records that came in, and how many of them were filled."""
    filled: int
    months_spanned: int
    """Months between first and last of every account held, and how many of them are held."""
    months_held: int
    records: int
    accepted: int
    facts: int
    """Months and tradelines held from this furnisher."""
    corrections: int
    people: int
    """Persons and firms of whom something is held from this furnisher."""
    harmed: Mapping[str, int] | None
    """Persons by the largest harm done to them; None while the answers are not looked for yet."""


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def parts(source: QualitySource) -> dict[str, float | None]:
    """The five parts, each 0 to 100 or absent."""
    shares = [
        share
        for share in (_share(source.filled, source.important), _share(source.months_held, source.months_spanned))
        if share is not None
    ]
    rate = 1000 * source.corrections / source.facts if source.facts else None
    harm = 1000 * harm_points(source.harmed) / source.people if source.people and source.harmed is not None else None
    return {
        "timeliness": _share(source.on_time, source.accounts),
        "completeness": sum(shares) / len(shares) if shares else None,
        "consistency": _share(source.accepted, source.records),
        "corrections": None if rate is None else max(0.0, 100 - CORRECTIONS_FACTOR * rate),
        "harm": None if harm is None else max(0.0, 100 - HARM_FACTOR * harm),
    }


def harm_points(harmed: Mapping[str, int]) -> int:
    """Persons harmed, weighted by how."""
    return sum(HARM_WEIGHTS[kind] * count for kind, count in harmed.items())


def harm_of(before: int | None, after: int | None, *, reasons_changed: bool) -> str | None:
    """The kind of harm of one answer; None when neither score nor reasons moved."""
    if (before is None) != (after is None):
        return "scored"
    if before is not None and after is not None and before != after:
        return "large" if abs(before - after) >= LARGE_CHANGE else "score"
    return "reasons" if reasons_changed else None


def whole(found: Mapping[str, float | None]) -> float | None:
    """The weighted mean of the parts that are there; None when there is none."""
    there = {name: value for name, value in found.items() if value is not None}
    if not there:
        return None
    return sum(WEIGHTS[name] * value for name, value in there.items()) / sum(WEIGHTS[name] for name in there)
