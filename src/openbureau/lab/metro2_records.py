"""Made-up Metro 2 records of any number, clean or with planted faults whose findings are known.

Nobody in them exists.  The same seed makes the same records; each comes with the rule that must find its fault, or none.
Write them with `core/metro2/write.render_file`, in any form.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Any

KINDS = (
    ("I", "00", "060"),
    ("I", "12", "120"),
    ("M", "26", "030"),
    ("R", "18", "REV"),
    ("C", "89", "LOC"),
    ("O", "92", "001"),
)
FAULTS: dict[str, dict[str, Any]] = {
    "m2-bad-date": {"date_closed": b"02302026"},
    "m2-bad-number": {"telephone_number": b"55500A0000"},
    "m2-unknown-code": {"account_status": "12"},
    "m2-odd-code": {"compliance_condition_code": "QQ"},
    "m2-rating-not-wanted": {"payment_rating": "0"},
    "m2-current-past-due": {"amount_past_due": 5},
    "m2-delinquency-without-cause": {"date_first_delinquency": "2026-08-20"},
    "m2-no-identity": {"social_security_number": 0},
    "m2-ecoa-unclear": {"ecoa_code": "X"},
    "m2-joint-alone": {"ecoa_code": "2"},
    "m2-history-gap": {"payment_history_profile": "0" * 9 + "B" + "0" * 14},
    "m2-closed-before-opened": {"date_closed": "2001-01-31"},
    "m2-payment-after-as-of": {"date_last_payment": "2026-11-01"},
    "adverse-without-notice": {"payment_history_profile": "00010" + "0" * 19},
}
"""Rule, and what must be changed in a clean record so that it finds it."""
NUMBERS = 799 * 99 * 9_998
"""How many different people there can be: area 100 on, group and serial never nought."""


def social_security_number(person: int) -> int:
    """A number of the right form for a made-up person: no area, group or serial that cannot be."""
    area, rest = divmod(person % NUMBERS, 99 * 9_998)
    group, serial = divmod(rest, 9_998)
    area = 100 + area if 100 + area < 666 else 101 + area
    return area * 1_000_000 + (group + 1) * 10_000 + serial + 1


def made_records(
    seed: int, count: int, *, faults: float = 0.0, shares: Mapping[str, float] | None = None
) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Records as values, each with the rule that must find it.

    `faults` is the part of records with a fault of any kind; `shares` is the part for each kind, by rule.
    """
    draw = random.Random(seed)  # noqa: S311
    parts = dict.fromkeys(sorted(FAULTS), faults / len(FAULTS)) if shares is None else dict(sorted(shares.items()))
    for number in range(count):
        at, rule = draw.random(), None
        for name, part in parts.items():
            if 0 <= at < part:
                rule = name
            at -= part
        base = _clean(draw, number, is_paid=rule is None and draw.random() < 0.05)
        others = {"k2": [{"purchased_indicator": 1, "purchased_name": "MADE UP BANK"}]} if number % 20 == 0 else {}
        yield {"base": base | (FAULTS[rule] if rule else {}), **others}, rule


def _clean(draw: random.Random, number: int, *, is_paid: bool) -> dict[str, Any]:
    portfolio, kind, terms = draw.choice(KINDS)
    limit = draw.randint(130, 200) * 500
    made: dict[str, Any] = {
        "time_stamp": "2026-10-01T02:03:04", "identification_number": "MADEUP0001",
        "consumer_account_number": f"A{number:012d}", "portfolio_type": portfolio, "account_type": kind,
        "date_opened": f"20{draw.randint(10, 23)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
        "credit_limit": limit if portfolio in "RCO" else 0, "highest_credit": limit, "terms_duration": terms,
        "terms_frequency": "M", "account_status": "11", "payment_history_profile": "0" * 24,
        "current_balance": draw.randint(1_000, 60_000), "date_account_information": "2026-09-30",
        "date_last_payment": f"2026-09-{draw.randint(1, 30):02d}", "surname": f"MADEUP{_letters(number)}", "first_name": "JANE",
        "social_security_number": social_security_number(number),
        "date_birth": f"19{draw.randint(40, 99)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
        "telephone_number": 5_552_000_000 + number % 200_000, "ecoa_code": "1", "country_code": "US", "city": "NOWHERE",
        "state": "TX",
    }  # fmt: skip
    made["scheduled_monthly_payment_amount"] = made["actual_payment_amount"] = draw.randint(20, 900)
    if is_paid:
        made |= {
            "account_status": "13", "payment_rating": "0", "current_balance": 0, "scheduled_monthly_payment_amount": 0,
            "date_closed": "2026-09-20",
        }  # fmt: skip
    return made


def _letters(number: int) -> str:
    """A number in letters: names have no digits."""
    return "".join(chr(65 + number // 26**at % 26) for at in range(4))
