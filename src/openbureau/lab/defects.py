"""Which faults can be planted in a clean record, so that exactly one rule finds exactly that record?

Each defect names its rule and its record kind, says in which records it can be planted, and changes as little as possible.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openbureau.core.furnishing import codes
from openbureau.core.subject import PERSON_ID, born_on, person_check

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Defect:
    """One fault: the rule that finds it, the kind of its record, where it can be planted, and how."""

    rule: str
    kind: str
    fits: Callable[[Record], bool]
    plant: Callable[[Record, date], Mapping[str, Any]]


def _always(_: Record) -> bool:
    return True


def _is_person(record: Record) -> bool:
    return str(record["id_kind"]) == PERSON_ID


def _other_check(record: Record, _: date) -> Mapping[str, Any]:
    number = str(record["id_number"])
    return {"id_number": number[:-1] + ("1" if number[-1] != "1" else "2")}


def _other_birth(record: Record, _: date) -> Mapping[str, Any]:
    born = born_on(str(record["id_number"])) or date(1980, 1, 1)
    return {"born_on": (born + timedelta(days=1)).isoformat()}


def _as_child(record: Record, today: date) -> Mapping[str, Any]:
    number = str(record["id_number"])
    first = f"{number[:6]}{today.year - 5}0101{number[14:17]}"
    return {"id_number": first + person_check(first), "born_on": None}


def _day(text: Any) -> date:
    return date.fromisoformat(str(text))


def _is_open(record: Record) -> bool:
    kind = str(record["account_type"])
    return record.get("closed_on") is None and record["account_status"] not in codes.CLOSED_STATUSES[kind]


def _is_late(record: Record) -> bool:
    return record["status"] in set("1234567")


def _is_on_time(record: Record) -> bool:
    return str(record["status"]) == "N"


DEFECTS = {
    defect.rule: defect
    for defect in (
        Defect("bad-identity-number", "subject", _is_person, _other_check),
        Defect("birth-day-differs", "subject", _is_person, _other_birth),
        Defect("child", "subject", _is_person, _as_child),
        Defect("text-too-long", "subject", _always, lambda *_: {"subject_ref": "x" * 65}),
        Defect("unknown-code", "tradeline", _always, lambda *_: {"account_type": "ZZ"}),
        Defect("missing-field", "tradeline", _always, lambda *_: {"currency": None}),
        Defect("no-limit", "tradeline", _always, lambda *_: {"limit_fen": 0}),
        Defect("bad-amount", "tradeline", _always, lambda *_: {"limit_fen": -1}),
        Defect("day-in-future", "tradeline", _always,
               lambda _, today: {"as_of_on": (today + timedelta(days=40)).isoformat()}),
        Defect("closed-but-open-status", "tradeline", _is_open, lambda record, _: {"closed_on": record["as_of_on"]}),
        Defect("due-before-opened", "tradeline", _is_open,
               lambda record, _: {"due_on": (_day(record["opened_on"]) - timedelta(days=1)).isoformat()}),
        Defect("bad-month", "month", _always, lambda *_: {"month": "2024-13"}),
        Defect("month-in-future", "month", _is_on_time, lambda _, today: {"month": f"{today.year + 1}-12"}),
        Defect("on-time-but-overdue", "month", _is_on_time, lambda *_: {"overdue_fen": 100}),
        Defect("late-without-amount", "month", _is_late, lambda *_: {"overdue_fen": 0}),
        Defect("adverse-without-notice", "month", _is_late, lambda *_: {"adverse_notified_on": None}),
        Defect("notice-not-before", "month", _is_late, lambda _, today: {"adverse_notified_on": today.isoformat()}),
        Defect("settled-with-balance", "month", lambda record: record["status"] == "C", lambda *_: {"balance_fen": 100}),
    )
}  # fmt: skip
"""Every defect on offer, by the rule that finds it."""
