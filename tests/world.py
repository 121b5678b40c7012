"""A small made-up world for tests: members, people, files.  Nobody in it exists."""

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from openbureau.config import Settings, write_private
from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.member import Member, Role
from openbureau.core.subject import firm_check, person_check
from openbureau.jobs.context import Bureau, open_bureau
from openbureau.jobs.founding.init import Plan, contract_term, found_sandbox
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.store.database import ROLES
from openbureau.tlog.policy import Quorum

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CODE = "246810"


class Clock:
    """A clock that tests move by hand."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(frozen=True)
class Person:
    """A made-up person."""

    handle: str
    id_number: str
    name: str


def person_id(number: int, born: str = "19880214") -> str:
    first = f"990101{born}{number:03d}"
    return first + person_check(first)


def firm_id(number: int) -> str:
    first = f"91990101{number:09d}"
    return first + firm_check(first)


PEOPLE = {
    "good": Person("P0001", person_id(1), "甄良"),
    "late": Person("P0002", person_id(2), "贾迟"),
    "thin": Person("P0003", person_id(3), "薄新"),
    "busy": Person("P0004", person_id(4), "多借"),
    "plain": Person("P0005", person_id(5), "平常"),
    "minor": Person("P0006", person_id(6, "20100301"), "小幼"),
}
UNKNOWN = Person("P0999", person_id(999), "无名")
FIRM = Person("F0001", firm_id(1), "虚构市星辰商贸有限公司")


def members(today: date) -> tuple[Member, ...]:
    """Lenders, of which two also furnish, a platform that furnishes, a suspended lender, a court, an authority, an employer."""
    term = contract_term(today)
    loans = frozenset({"loan-approval", "card-approval", "post-loan"})

    def member(
        name: str, zh: str, kind: str, roles: set[Role], *, is_active: bool = True, purposes: frozenset[str] = loans
    ) -> Member:
        en = name.replace("-", " ").title()
        return Member(name, zh, en, kind, frozenset(roles), purposes, is_active, *term, b"")

    return (
        member("bank-alpha", "甲子银行", "11", {Role.LENDER, Role.FURNISHER}),
        member("bank-beta", "乙丑银行", "11", {Role.LENDER}),
        member("micro-gamma", "丙寅小额贷款公司", "51", {Role.LENDER, Role.FURNISHER}),
        member("platform-delta", "丁卯平台", "24", {Role.FURNISHER}),
        member("bank-closed", "停业银行", "11", {Role.LENDER}, is_active=False),
        member("court-epsilon", "虚构市人民法院", "99", {Role.COURT}, purposes=frozenset({"judicial"})),
        member("agency-zeta", "虚构市税务局", "99", {Role.AUTHORITY}, purposes=frozenset({"official"})),
        member("firm-eta", "戊申工厂", "99", {Role.EMPLOYER}, purposes=frozenset({"employment"})),
    )


def subject_record(person: Person) -> dict[str, Any]:
    is_firm = person.handle.startswith("F")
    return {
        "record": "subject",
        "subject_ref": person.handle,
        "kind": "enterprise" if is_firm else "person",
        "id_kind": "cn-uscc" if is_firm else "cn-id",
        "id_number": person.id_number,
        "name": person.name,
        "synthetic": True,
    }


def loan(person: Person, number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {
        "record": "tradeline",
        "account_no": f"{person.handle}-{number}",
        "subject_ref": person.handle,
        "role": "borrower",
        "account_type": "D1",
        "business_type": "91",
        "opened_on": "2024-11-05",
        "due_on": "2027-11-05",
        "currency": "CNY",
        "limit_fen": 12_000_000,
        "account_status": "1",
        "five_class": "1",
        "as_of_on": "2026-10-31",
    }
    return made | changes


def month_names(first: str, count: int) -> list[str]:
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    return [f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, start + count)]


def months(account_no: str, statuses: str, *, first: str = "2024-11") -> list[dict[str, Any]]:
    """Month records, one a character; late months carry an amount and the day the person was told."""
    made = []
    for name, status in zip(month_names(first, len(statuses)), statuses, strict=True):
        is_late = status in "1234567"
        row = {
            "record": "month",
            "account_no": account_no,
            "month": name,
            "status": status,
            "balance_fen": 0 if status == "C" else 8_000_000,
            "due_fen": 400_000,
            "paid_fen": 0 if is_late else 400_000,
            "overdue_fen": 400_000 * int(status) if is_late else 0,
        }
        if is_late:
            row["adverse_notified_on"] = f"{name}-02"
        made.append(row)
    return made


def jsonl(records: list[dict[str, Any]]) -> io.BytesIO:
    return io.BytesIO(b"".join(render_jsonl(record) for record in records))


def alpha_file() -> list[dict[str, Any]]:
    """What bank-alpha furnishes."""
    people = [PEOPLE[name] for name in ("good", "late", "busy", "plain", "minor")] + [FIRM]
    lines = [subject_record(person) for person in people]
    lines += [loan(person) for person in people]
    for person, statuses in (
        (PEOPLE["good"], "N" * 24),
        (PEOPLE["late"], "N" * 20 + "1234"),
        (PEOPLE["busy"], "N" * 22 + "1N"),
        (PEOPLE["plain"], "*N" * 12),
        (PEOPLE["minor"], "N" * 24),
        (FIRM, "N" * 24),
    ):
        lines += months(f"{person.handle}-1", statuses)
    return lines


def gamma_file() -> list[dict[str, Any]]:
    """What micro-gamma furnishes: one new person, one known, under keys of its own."""
    thin, busy = PEOPLE["thin"], PEOPLE["busy"]
    lines = [subject_record(thin), subject_record(busy)]
    lines.append(loan(thin, opened_on="2026-09-10", as_of_on="2026-10-31"))
    lines += [loan(busy, number, account_type="R1") for number in (1, 2)]
    lines += months(f"{thin.handle}-1", "NN", first="2026-09")
    lines += months(f"{busy.handle}-1", "N" * 24) + months(f"{busy.handle}-2", "N" * 24)
    return lines


def settings(home: Path, url: str | None) -> Settings:
    return Settings("sandbox", home, url, None, "cn", "127.0.0.1", 0)


@dataclass
class World:
    """A founded bureau with files in it, the tokens of its members, and a clock."""

    bureau: Bureau
    url: str
    tokens: dict[str, str]
    clock: Clock
    keys_used: int = 0

    def subject_id(self, person: Person) -> str:
        found = sign_in(self.bureau, person.handle, CODE)
        assert found is not None
        return found

    def request(self, person: Person, **changes: Any) -> InquiryRequest:
        """A lender's request about a person; every call has a key of its own."""
        self.keys_used += 1
        values: dict[str, Any] = {
            "token": self.tokens[changes.pop("member", "bank-alpha")],
            "idempotency_key": f"key-{self.keys_used}-{os.urandom(4).hex()}",
            "id_kind": "cn-uscc" if person.handle.startswith("F") else "cn-id",
            "id_number": person.id_number,
            "name": person.name,
            "purpose": "loan-approval",
            "actor_user": "u-17",
        }
        values |= changes
        values.setdefault(
            "body", msgspec.json.encode({name: values[name] for name in ("id_number", "name", "purpose")})
        )
        return InquiryRequest(**values)


def make_world(
    home: Path, url: str, *, files: dict[str, Callable[[], list[dict[str, Any]]]] | None = None, most: int = 8,
    make: Callable[[date], tuple[Member, ...]] = members, witnesses: Quorum | None = None,
) -> World:  # fmt: skip
    """Found, furnish, give sign-ins."""
    clock = Clock()
    plan = Plan("Test bureau", "test.openbureau.example", make(clock.at.date()), witnesses)
    held = settings(home, url)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Roles belong to the whole server: every world of a test run has to know the same passwords.
    write_private(home / "database.passwords", json.dumps({role: f"test-{role}" for role in ROLES}))
    tokens = found_sandbox(held, url, plan, now=clock.at, random=os.urandom)
    bureau = open_bureau(held, url, clock=clock, most=most)
    given = {"bank-alpha": alpha_file, "micro-gamma": gamma_file} if files is None else files
    for member_id, lines in given.items():
        _, acceptance = furnish(bureau, member_id, jsonl(lines()))
        assert acceptance is not None, member_id
        assert not acceptance.findings, acceptance.findings
    for person in (*PEOPLE.values(), FIRM):
        add_sign_in(
            bureau,
            handle=person.handle,
            code=CODE,
            id_kind="cn-uscc" if person.handle.startswith("F") else "cn-id",
            id_number=person.id_number,
        )
    return World(bureau, url, tokens, clock)
