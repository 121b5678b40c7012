"""Which stories are sure to be there, however small the country?  Data table and the accounts made for them.

The first people and the first firm of every country are made for a story each: their accounts follow a script instead
of chance, so that a demonstration or a test always finds somebody who pays well, somebody who is late, and so on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from openbureau.lab.loans import CURED, IN_ORDER, WORSE

CASES: dict[str, tuple[str, int]] = {
    "good-payer": ("person", 1),
    "late-payer": ("person", 2),
    "cured": ("person", 3),
    "expired": ("person", 4),
    "thin-file": ("person", 5),
    "many-lenders": ("person", 6),
    "minor": ("person", 7),
    "no-record": ("person", 8),
    "sole-trader": ("person", 9),
    "firm-good": ("firm", 1),
}
"""Case, kind and number of who it is made for."""
MONTHS_FOR_EXPIRED = 68
"""An adverse event that ended more than five years ago needs this many months; with fewer the case is left out."""
MINOR_KNOWN_TO = "platform-yunfu"
"""Furnishes the minor as a subject without any account."""


@dataclass(frozen=True, slots=True)
class Script:
    """One account of a story: product, furnisher, age in months at the last month, limit in yuan, term, turns."""

    product: str
    furnisher_id: str
    age: int
    yuan: int
    term: int = 0
    turns: tuple[tuple[int, int], ...] = ()
    """Months before the last one, and what happens in them."""


def _good(_months: int) -> tuple[Script, ...]:
    return (
        Script("home-loan", "bank-chengxin", 62, 860_000, 240),
        Script("card", "bank-heshan", 74, 30_000),
        Script("car-loan", "finance-ruiju", 19, 120_000, 36),
    )


def _late(_months: int) -> tuple[Script, ...]:
    return (
        Script("instalment-loan", "platform-yunfu", 9, 18_000, 24, ((2, WORSE), (1, WORSE), (0, WORSE))),
        Script("card", "bank-chengxin", 30, 20_000, 0, ((0, WORSE),)),
    )


def _cured(_months: int) -> tuple[Script, ...]:
    return (
        Script("car-loan", "bank-heshan", 14, 90_000, 36, ((5, WORSE), (4, WORSE), (3, CURED))),
        Script("card", "bank-chengxin", 40, 25_000),
    )


def _expired(months: int) -> tuple[Script, ...]:
    later = (Script("card", "bank-chengxin", 90, 40_000), Script("home-loan", "bank-heshan", 28, 640_000, 360))
    if months < MONTHS_FOR_EXPIRED:
        return later
    # Opened 69 months ago for six: late twice, put in order, settled more than five years ago.
    return (Script("instalment-loan", "platform-fanzhu", 69, 9_000, 6, ((67, WORSE), (66, WORSE), (65, CURED))), *later)


def _thin(_months: int) -> tuple[Script, ...]:
    return (Script("instalment-loan", "finance-ruiju", 1, 6_000, 12),)


def _many(_months: int) -> tuple[Script, ...]:
    return (
        Script("cash-line", "platform-yunfu", 5, 12_000),
        Script("cash-line", "platform-fanzhu", 4, 15_000),
        Script("instalment-loan", "finance-ruiju", 7, 20_000, 12),
        Script("card", "bank-chengxin", 26, 18_000),
        Script("card", "bank-heshan", 11, 10_000),
    )


def _none(_months: int) -> tuple[Script, ...]:
    return ()


def _trader(_months: int) -> tuple[Script, ...]:
    return (
        Script("trade-loan", "bank-heshan", 13, 200_000, 24),
        Script("trade-loan", "platform-yunfu", 5, 60_000, 12),
        Script("card", "bank-chengxin", 50, 50_000),
    )


def _firm(_months: int) -> tuple[Script, ...]:
    return (
        Script("firm-loan", "bank-chengxin", 16, 1_500_000, 36),
        Script("firm-line", "platform-yunfu", 22, 400_000),
    )


SCRIPTS: dict[str, Callable[[int], tuple[Script, ...]]] = {
    "good-payer": _good,
    "late-payer": _late,
    "cured": _cured,
    "expired": _expired,
    "thin-file": _thin,
    "many-lenders": _many,
    "minor": _none,
    "no-record": _none,
    "sole-trader": _trader,
    "firm-good": _firm,
}
_CASE_OF = {place: name for name, place in CASES.items()}


def case_of(kind: str, number: int) -> str | None:
    """The story for which person or firm `number` is made, if any."""
    return _CASE_OF.get((kind, number))


def turns_of(script: Script, last_month: int) -> tuple[tuple[int, int], ...]:
    """The turns of a script by month number; every other month is in order."""
    return tuple((last_month - before, turn) for before, turn in script.turns if turn != IN_ORDER)
