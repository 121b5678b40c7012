"""What does a Metro 2 record mean in openbureau/1?

One record becomes a subject, its tradeline, the parties of J1 and J2, the present month and the months of the history; or
the deletion of an account.  Whole units become the smallest unit; the currency is USD; a Metro 2 social security number is a
`us-ssn`.  Nothing is invented: what has no equal is left out and told.  Metro 2 cannot say that a person was told before
adverse information was furnished (Art. 15), so adverse months stay out with `adverse-without-notice`: a record whose present
state is adverse is refused as a whole, a record with adverse months in its history is taken without them.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

from openbureau.core.credit_file import ADVERSE, month_number, month_text
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.checks import CheckContext, check
from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.messages import REFUSE, RULES
from openbureau.core.furnishing.values import (
    DeletionUpdate,
    MonthUpdate,
    PartyUpdate,
    SubjectUpdate,
    TradelineUpdate,
    Update,
)
from openbureau.core.metro2 import layout
from openbureau.core.metro2.checks import Trouble, Validator, form_findings
from openbureau.core.metro2.layout import BASE, HEADER, J1, J2, TRAILER
from openbureau.core.metro2.read import Form, Record, day_number, read_record, to_day
from openbureau.core.metro2.write import Tally
from openbureau.core.subject import US_PERSON_ID, normalize_id
from openbureau.law.workdays import add_months

_AT = BASE.places()
_PERSON_AT = {segment.name: segment.places() for segment in (BASE, J1, J2)}
CURRENCY = "USD"
_month_text = lru_cache(4096)(month_text)
UNIT = 100
"""Smallest units in a whole unit."""


class Taken(NamedTuple):
    """What became of one piece: is it a record that counts, what may be applied, what is told."""

    is_record: bool
    updates: tuple[Update, ...]
    findings: tuple[Finding, ...]


class FileReader:
    """Reads the pieces of one Metro 2 file in order."""

    def __init__(self, form: Form, context: CheckContext) -> None:
        self._form = form
        self._context = context
        today = context.today
        self._validator = Validator(today.year * 10000 + today.month * 100 + today.day)
        self._tally = Tally()
        self._has_header = False
        self._has_trailer = False

    def read(self, content: bytes, number: int) -> Taken:
        """One piece.  Header and trailer are no records; what is wrong with them is told of the file (record 0)."""
        record = read_record(content, self._form)
        told = self._follow(record)
        if record.kind in {"header", "trailer"}:
            return Taken(False, (), tuple(told))
        if record.kind != "base":
            return Taken(True, (), (*told, *_findings(number, record.troubles)))
        base, troubles = self._validator.check(record)
        findings = [*told, *_findings(number, troubles)]
        if any(RULES[rule].severity == REFUSE for rule, _ in troubles):
            return Taken(True, (), tuple(findings))
        updates, more = updates_of(record._replace(content=base), number, self._context)
        return Taken(True, tuple(updates), (*findings, *more) if more else tuple(findings))

    def recall(self, content: bytes) -> None:
        """Count a piece that was read before, so that a load that goes on half-way ends like one that did not stop."""
        self._follow(read_record(content, self._form))

    def end(self) -> tuple[Finding, ...]:
        """What is told when the file is over."""
        return () if self._has_trailer else (Finding(0, "m2-trailer-missing"),)

    def _follow(self, record: Record) -> list[Finding]:
        """Keep the counts, and look at header and trailer."""
        told: list[Finding] = []
        if record.kind == "header":
            self._has_header, self._has_trailer, self._tally = True, False, Tally()
            odd = [field for rule, field in form_findings(HEADER, record.content)[1] if rule != "m2-blank-number"]
            odd += [name for name, place in HEADER_DAYS if day_number(record.content[place]) < 0 and name not in odd]
            return [*_findings(0, record.troubles), *(Finding(0, "m2-header-odd", field) for field in odd)]
        if not self._has_header:
            self._has_header = True
            told.append(Finding(0, "m2-header-missing"))
        if record.kind == "trailer":
            self._has_trailer = True
            told += _findings(0, record.troubles)
            if len(record.content) == TRAILER.size:
                told += starmap(_miscounted, self._tally.differences(record.content))
            self._tally = Tally()
        elif self._has_trailer:
            self._has_trailer = False
            told.append(Finding(0, "m2-after-trailer"))
        if record.kind == "base" and len(record.content) == BASE.size:
            self._tally.add(record)
        return told


HEADER_DAYS = tuple((name, place) for name, place in HEADER.places().items() if HEADER.by_name[name].kind == "date")


def _miscounted(name: str, counted: int) -> Finding:
    return Finding(0, "m2-trailer-count", name, f"counted here: {counted}")


def _findings(number: int, troubles: Iterable[Trouble]) -> list[Finding]:
    return [Finding(number, rule, field) for rule, field in troubles]


# ------------------------------------------------------------------------------------------------- one record


def updates_of(record: Record, number: int, context: CheckContext) -> tuple[list[Update], list[Finding]]:
    """What a sound record says; no updates where one of its own parts must be refused."""
    base = record.content
    text = base.decode("ascii")
    status = text[_AT["account_status"]]
    account = text[_AT["consumer_account_number"]].strip()
    as_of = to_day(day_number(base[_AT["date_account_information"]]))
    if as_of is None:
        raise AssertionError("a record without a day passed the rules")
    if status in layout.DELETIONS:
        deletion = DeletionUpdate("deletion", "tradeline", account, "fraud" if status == "DF" else "other", as_of)
        told = list(check(deletion, number, context))
        return [] if any(one.refuses for one in told) else [deletion], told
    role = layout.ECOA_ROLES[text[_AT["ecoa_code"]]]
    if role is None:
        return [], [Finding(number, "m2-tie-not-applied", "ecoa_code")]
    subject = _subject("base", base)
    tradeline = _tradeline(base, (account, subject.subject_ref, role), as_of)
    present = _present(base, account, as_of)
    found = [*check(subject, number, context), *check(tradeline, number, context)]
    if not subject.name:
        found.append(Finding(number, "missing-field", "surname"))
    if present is None:
        found.append(Finding(number, "adverse-without-notice", "account_status"))
    else:
        found += check(present, number, context)
    if any(one.refuses for one in found) or present is None:
        return [], found
    updates: list[Update] = [subject, tradeline, present]
    months, adverse = _history(base, account, as_of)
    updates += months
    if adverse:
        found.append(
            Finding(number, "adverse-without-notice", "payment_history_profile", f"months left out: {adverse}")
        )
    for name, content in record.appended:
        if name in {"j1", "j2"}:
            other = _other(name, content, (account, as_of))
            if other is None or any(one.subject_ref == subject.subject_ref for one in other):
                found.append(Finding(number, "m2-other-left-out", f"{name}.social_security_number"))
                continue
            told = [finding for one in other for finding in check(one, number, context)]
            if not any(one.refuses for one in told):
                updates += other
            found += [_of_other(name, one) for one in told]
    return updates, found


def _of_other(name: str, finding: Finding) -> Finding:
    """A finding about the person of J1 or J2.  What would refuse a record of their own leaves them out of this one."""
    field = f"{name}.{finding.field}"
    if finding.refuses:
        return Finding(finding.record_no, "m2-other-left-out", field, finding.rule)
    return Finding(finding.record_no, finding.rule, field, finding.hint)


def _subject(name: str, content: bytes) -> SubjectUpdate:
    """The person of a segment.  The furnisher has no key for a person in Metro 2: their number serves as one."""
    places, text = _PERSON_AT[name], content.decode("ascii")
    number = text[places["social_security_number"]]
    parts = (text[places[part]].strip() for part in ("first_name", "middle_name", "surname"))
    telephone = text[places["telephone_number"]]
    return SubjectUpdate(
        record="subject",
        subject_ref=f"{US_PERSON_ID}:{number}",
        kind="person",
        id_kind=US_PERSON_ID,
        id_number=number,
        name=" ".join(filter(None, parts)),
        born_on=to_day(day_number(content[places["date_birth"]])),
        phone=telephone if telephone.strip("0 ") else None,
    )


def account_type_of(portfolio: str, kind: str) -> str:
    """The account type of openbureau/1."""
    if kind in layout.COLLECTION_TYPES:
        return "C1"
    if portfolio in "IML":
        return "D1"
    return "R2" if kind in layout.CARD_TYPES else "R1"


def _tradeline(base: bytes, held: tuple[str, str, str], as_of: date) -> TradelineUpdate:
    account, subject_ref, role = held
    text = base.decode("ascii")
    portfolio, kind = text[_AT["portfolio_type"]], text[_AT["account_type"]]
    account_type = account_type_of(portfolio, kind)
    at = layout.ACCOUNT_STATUS_TYPES.index(account_type)
    status = layout.ACCOUNT_STATUS[text[_AT["account_status"]]][at]
    limit, highest = int(base[_AT["credit_limit"]]), int(base[_AT["highest_credit"]])
    closed = to_day(day_number(base[_AT["date_closed"]]))
    opened = to_day(day_number(base[_AT["date_opened"]]))
    if opened is None:
        raise AssertionError("a record without a day passed the rules")
    return TradelineUpdate(
        record="tradeline",
        account_no=account,
        subject_ref=subject_ref,
        role=role,
        account_type=account_type,
        business_type=layout.ACCOUNT_TYPES[kind][2] if kind in layout.ACCOUNT_TYPES else "99",
        opened_on=opened,
        currency=CURRENCY,
        limit_fen=UNIT * (highest if portfolio in "IML" or not limit else limit),
        account_status=status,
        as_of_on=as_of,
        closed_on=closed if status in codes.CLOSED_STATUSES[account_type] else None,
        due_on=_due(portfolio, text[_AT["terms_duration"]], opened),
    )


def _due(portfolio: str, terms: str, opened: date) -> date | None:
    """The day on which a loan ends: its terms are months, a mortgage's years (months where they would be more than fifty)."""
    if portfolio not in "IML" or not terms.isdigit() or int(terms) == 0:
        return None
    months = int(terms) * (12 if portfolio == "M" and int(terms) <= 50 else 1)
    return add_months(opened, months)


def _present(base: bytes, account: str, as_of: date) -> MonthUpdate | None:
    """The month of the record; None when it is adverse and has no equal."""
    text = base.decode("ascii")
    balance, due = int(base[_AT["current_balance"]]), int(base[_AT["scheduled_monthly_payment_amount"]])
    code = text[_AT["account_status"]]
    status: str | None = layout.MONTH_OF_STATUS[code]
    if code == "05":
        status = layout.HISTORY_MONTHS[text[_AT["payment_rating"]]]
    if status == "N" and not balance and not due:
        status = "*"
    if status is None or status == layout.NO_EQUAL:
        return None
    return MonthUpdate(
        record="month",
        account_no=account,
        month=_month_text(month_number(as_of)),
        status=status,
        balance_fen=UNIT * balance,
        due_fen=UNIT * due,
        paid_fen=UNIT * int(base[_AT["actual_payment_amount"]]),
        overdue_fen=UNIT * int(base[_AT["amount_past_due"]]),
    )


def _history(base: bytes, account: str, as_of: date) -> tuple[list[MonthUpdate], int]:
    """The months before the present one, oldest first, and how many stay out because they are adverse."""
    opened = day_number(base[_AT["date_opened"]])
    first = opened // 10000 * 12 + opened // 100 % 100 - 1
    months, adverse = [], 0
    at = month_number(as_of)
    for letter in base[_AT["payment_history_profile"]].decode("ascii"):
        at -= 1
        status = layout.HISTORY_MONTHS[letter]
        if status is None or at < first:
            continue
        if status in ADVERSE or status == layout.NO_EQUAL:
            adverse += 1
            continue
        months.append(MonthUpdate("month", account, _month_text(at), status))
    return months[::-1], adverse


def _other(name: str, content: bytes, held: tuple[str, date]) -> list[SubjectUpdate | PartyUpdate] | None:
    """The person of J1 or J2 and their part in the account; nothing when the rules told why, None when it is to be told."""
    content, troubles = form_findings(J1 if name == "j1" else J2, content)
    if any(rule != "m2-blank-number" for rule, _ in troubles):
        return []
    subject = _subject(name, content)
    role = layout.ECOA_OTHERS.get(content.decode("ascii")[_PERSON_AT[name]["ecoa_code"]])
    if role is None or day_number(content[_PERSON_AT[name]["date_birth"]]) < 0:
        return []
    if int(subject.id_number) == 0:
        return []
    if normalize_id(subject.id_kind, subject.id_number) is None or not subject.name:
        return None
    account, as_of = held
    return [subject, PartyUpdate("party", account, subject.subject_ref, role, as_of)]
