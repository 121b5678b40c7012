"""What is the synthetic country, and what do its furnishers furnish?

People, firms and members of a place that does not exist, and the openbureau/1 records that its furnishers hold.
Promises: the same seed gives the same country; person k is the same however many there are; records come one after the
other and are never held together; every subject is marked synthetic; every record passes the checks of the door.

Not done here: files (`files.py`), known truth (`truth.py`), twins, slips and stolen numbers (`mishaps.py`).
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any

from openbureau.core.credit_file import ADVERSE, month_end, month_text
from openbureau.core.member import Member, Role
from openbureau.lab.accounts import Owner, plan_accounts, subject_ref
from openbureau.lab.cases import CASES, MINOR_KNOWN_TO, MONTHS_FOR_EXPIRED, case_of
from openbureau.lab.chance import source
from openbureau.lab.firms import Firm, make_firm
from openbureau.lab.loans import Account, History, day_within, last_whole_month, repay
from openbureau.lab.mishaps import Written, person_of, written
from openbureau.lab.people import Person, make_person
from openbureau.lab.products import make_members

LEAST_MONTHS, MOST_MONTHS = 6, 120
KINDS = ("subject", "tradeline", "month")
Record = dict[str, Any]


class NoSuchOne(LookupError):
    """The country has nobody of this number, or no furnisher of this name."""


@dataclass(frozen=True)
class Country:
    """A made-up country: `people` and `firms` by number, `members`, named `cases`, and records by furnisher."""

    seed: int
    people_count: int
    firm_count: int
    months: int
    until: date
    members: tuple[Member, ...]
    has_mishaps: bool = False
    """Are there twins, slips of the pen, stolen numbers and so on (`mishaps.py`)?"""

    @property
    def furnishers(self) -> tuple[str, ...]:
        """Ids of the members that furnish."""
        return tuple(member.member_id for member in self.members if Role.FURNISHER in member.roles)

    @cached_property
    def span(self) -> tuple[int, int]:
        """First and last month furnished, as year*12+month-1: whole months that ended by `until`."""
        last = last_whole_month(self.until)
        return (last - self.months + 1, last)

    @cached_property
    def cases(self) -> Mapping[str, str]:
        """Named cases that this country holds, and the handle of who each is."""
        counts = {"person": self.people_count, "firm": self.firm_count}
        return MappingProxyType(
            {
                name: f"{'P' if kind == 'person' else 'F'}{number:04d}"
                for name, (kind, number) in CASES.items()
                if number <= counts[kind] and (name != "expired" or self.months >= MONTHS_FOR_EXPIRED)
            }
        )

    def person(self, number: int) -> Person:
        """Person `number`, counted from 1.  Raises `NoSuchOne`."""
        return self.person_and_mishaps(number)[0]

    def person_and_mishaps(self, number: int) -> tuple[Person, tuple[str, ...]]:
        """Person `number`, and what is odd about who they are: nothing unless the country has mishaps."""
        if not 1 <= number <= self.people_count:
            raise NoSuchOne(f"there is no person {number}: people are numbered 1 to {self.people_count}")
        case = case_of("person", number)
        if self.has_mishaps:
            return person_of(self.seed, number, until=self.until, case=case)
        return make_person(self.seed, number, until=self.until, case=case), ()

    def firm(self, number: int) -> Firm:
        """Firm `number`, counted from 1.  Raises `NoSuchOne`."""
        if not 1 <= number <= self.firm_count:
            raise NoSuchOne(f"there is no firm {number}: firms are numbered 1 to {self.firm_count}")
        return make_firm(self.seed, number, until=self.until, case=case_of("firm", number))

    def one(self, handle: str) -> Owner:
        """The person or firm of a handle such as `P0001` or `F0001`.  Raises `NoSuchOne`."""
        if handle[:1] in {"P", "F"} and handle[1:].isdecimal():
            return self.person(int(handle[1:])) if handle[0] == "P" else self.firm(int(handle[1:]))
        raise NoSuchOne("handles are written P0001 for people and F0001 for firms")

    @property
    def people(self) -> Iterator[Person]:
        """All people in order."""
        return map(self.person, range(1, self.people_count + 1))

    @property
    def firms(self) -> Iterator[Firm]:
        """All firms in order."""
        return map(self.firm, range(1, self.firm_count + 1))

    def accounts(self, owner: Owner, *, at: str | None = None) -> tuple[Account, ...]:
        """The accounts of a person or firm: at all furnishers, or at one."""
        return plan_accounts(self.seed, owner, self.span, at=at)

    def history(self, account: Account, owner: Owner) -> History:
        """What became of an account, month by month."""
        rng = source(self.seed, account.handle, "account", account.number)
        return repay(account, owner.traits, span=self.span, rng=rng)

    def records(self, furnisher_id: str) -> Iterator[Record]:
        """All records of a furnisher: its subjects, then its tradelines, then their months.  Raises `NoSuchOne`."""
        held: _Held = _Held(self, furnisher_id)
        return chain(held.subjects(), held.tradelines(), held.months())

    def written(self, furnisher_id: str) -> Iterator[Written]:
        """The subjects of a furnisher with who they really are.  Raises `NoSuchOne`."""
        return _Held(self, furnisher_id).written()

    def records_of(self, furnisher_id: str, kind: str) -> Iterator[Record]:
        """The records of one kind: `subject`, `tradeline` or `month`.  Raises `NoSuchOne`."""
        held = _Held(self, furnisher_id)
        return {"subject": held.subjects, "tradeline": held.tradelines, "month": held.months}[kind]()


class _Held:
    """What one furnisher holds.  Keeps the numbers of its subjects (eight bytes each) after the first time through."""

    def __init__(self, country: Country, furnisher_id: str) -> None:
        if furnisher_id not in country.furnishers:
            raise NoSuchOne(f"no furnisher is called {furnisher_id}: there are {', '.join(country.furnishers)}")
        self._country = country
        self._furnisher_id = furnisher_id
        self._people: array[int] | None = None
        self._firms: array[int] | None = None

    def _owners(self) -> Iterator[tuple[Owner, tuple[Account, ...]]]:
        """Subjects with their accounts here; the minor comes without any."""
        people: Iterable[int] = self._people or range(1, self._country.people_count + 1)
        firms: Iterable[int] = self._firms or range(1, self._country.firm_count + 1)
        with_people, with_firms = array("Q"), array("Q")
        for numbers, make, seen in (
            (people, self._country.person, with_people),
            (firms, self._country.firm, with_firms),
        ):
            for number in numbers:
                owner: Owner = make(number)
                accounts = self._country.accounts(owner, at=self._furnisher_id)
                if accounts or (owner.case == "minor" and self._furnisher_id == MINOR_KNOWN_TO):
                    seen.append(number)
                    yield owner, accounts
        self._people, self._firms = with_people, with_firms

    def subjects(self) -> Iterator[Record]:
        """One record a subject."""
        return (written.record for written in self.written())

    def written(self) -> Iterator[Written]:
        """One record a subject, and who it really is."""
        country = self._country
        for owner, _ in self._owners():
            record = subject_record(owner, subject_ref(country.seed, self._furnisher_id, owner))
            if not country.has_mishaps:
                yield Written(record, owner.handle, owner.handle, ())
                continue
            struck = country.person_and_mishaps(owner.number)[1] if isinstance(owner, Person) else ()
            yield from written(country.seed, self._furnisher_id, owner, record=record, struck=struck)

    def tradelines(self) -> Iterator[Record]:
        """One record an account, as it stood at the end of the last month."""
        as_of = month_end(self._country.span[1]).isoformat()
        for owner, accounts in self._owners():
            for account in accounts:
                yield tradeline_record(account, self._country.history(account, owner), as_of)

    def months(self) -> Iterator[Record]:
        """One record a month of an account, oldest first."""
        texts = {number: month_text(number) for number in range(self._country.span[0], self._country.span[1] + 1)}
        for owner, accounts in self._owners():
            for account in accounts:
                name = account.account_no
                for month, status, balance, due, paid, overdue in self._country.history(account, owner).rows:
                    record = {
                        "record": "month", "account_no": name, "month": texts[month], "status": status,
                        "balance_fen": balance, "due_fen": due, "paid_fen": paid, "overdue_fen": overdue,
                    }  # fmt: skip
                    if status in ADVERSE:
                        record["adverse_notified_on"] = day_within(month, account.number).isoformat()
                    yield record


def subject_record(owner: Owner, ref: str) -> Record:
    """A subject as furnished, marked synthetic."""
    record: Record = {
        "record": "subject", "subject_ref": ref, "kind": owner.kind, "id_kind": owner.id_kind,
        "id_number": owner.id_number, "name": owner.name, "region": owner.region, "synthetic": True,
    }  # fmt: skip
    if isinstance(owner, Person):
        record |= {"born_on": owner.born_on.isoformat(), "phone": owner.phone}
    return record


def due_on(account: Account) -> date | None:
    """The day on which an instalment loan ends by its plan."""
    if not account.term:
        return None
    month = account.opened_month + account.term
    return date(month // 12, month % 12 + 1, account.opened_on.day)


def tradeline_record(account: Account, history: History, as_of: str) -> Record:
    """An account as furnished.  Days that do not apply are left out."""
    record: Record = {
        "record": "tradeline", "account_no": account.account_no, "subject_ref": account.subject_ref,
        "role": account.role, "account_type": account.product.account_type,
        "business_type": account.product.business_type, "opened_on": account.opened_on.isoformat(),
        "currency": "CNY", "limit_fen": account.limit_fen, "account_status": history.account_status,
        "five_class": history.five_class, "as_of_on": as_of,
    }  # fmt: skip
    due = due_on(account)
    if due is not None:
        record["due_on"] = due.isoformat()
    if history.closed_on is not None:
        record["closed_on"] = history.closed_on.isoformat()
    return record


def make_country(seed: int, *, people: int, firms: int, months: int, until: date, has_mishaps: bool = False) -> Country:
    """A country of `people` and `firms` whose furnishers hold `months` whole months that end by `until`.

    With `has_mishaps` there are twins, slips of the pen, stolen numbers and so on; some records then fail at the door.

    Raises ValueError on counts below zero or months outside 6 to 120.
    """
    if people < 0 or firms < 0:
        raise ValueError("people and firms are counted from 0 up")
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise ValueError(f"months run from {LEAST_MONTHS} (the named cases need them) to {MOST_MONTHS}")
    return Country(seed, people, firms, months, until, make_members(until), has_mishaps)
