"""How does an account go, month by month?

An account is in order or some months late; each month a roll decides whether it gets worse, stays, gets better or is put
in order.  The odds come from the traits of its subject, the shocks of that month and the product.

Promises, for every month after the first one furnished:
- balance = balance before - paid + drawn (nothing is drawn on an instalment loan);
- overdue = overdue before + due - paid, never below zero;
- overdue <= balance <= limit; the status tells whole months since the oldest amount unpaid; nothing follows a closing.

Interest is left out, so that these sums hold to the fen.
"""

import math
from dataclasses import dataclass
from datetime import date
from random import Random

from openbureau.core.credit_file import month_end, month_number
from openbureau.lab.people import ILLNESS, JOB_LOSS, SALES_DROP, Traits
from openbureau.lab.products import Product

Row = tuple[int, str, int, int, int, int]
"""Month number, status, balance, due, paid, overdue (fen)."""

IN_ORDER, WORSE, STAYS, BETTER, CURED = range(5)

ROLL: tuple[tuple[float, float, float, float], ...] = (
    (0.0, 0.0, 0.0, 0.0),  # in order: see `MISS`
    (0.24, 0.12, 0.04, 0.60),
    (0.36, 0.18, 0.11, 0.35),
    (0.52, 0.17, 0.11, 0.20),
    (0.66, 0.14, 0.08, 0.12),
    (0.74, 0.11, 0.06, 0.09),
    (0.80, 0.09, 0.05, 0.06),
    (0.87, 0.06, 0.03, 0.04),
)
"""For an account late by 1 to 7 or more months and a middling person: worse, stays, better by one, put in order."""
MISS = -4.7
"""Log-odds that a middling person misses a payment when all is in order."""
BLOW = {JOB_LOSS: 2.5, ILLNESS: 1.7, SALES_DROP: 2.1}
"""What a shock adds to the log-odds, of missing a payment and of getting worse."""
WRITE_OFF_FROM, WRITE_OFF = 8, 0.16
"""From so many months late an account is written off with this chance a month."""
SETTLE_EARLY, CLOSE_CARD, LEAST_DUE_FEN = 0.004, 0.003, 10_000


@dataclass(frozen=True, slots=True)
class Account:
    """A planned account.  `term` 0 is revolving; `opened_month` is the month of `opened_on` as a number.

    `script` fixes the turn of single months (month number to turn), `is_scripted` all the others to paying.
    """

    handle: str
    number: int
    product: Product
    furnisher_id: str
    account_no: str
    subject_ref: str
    role: str
    opened_on: date
    opened_month: int
    term: int
    limit_fen: int
    is_scripted: bool = False
    script: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What became of an account: months oldest first, closing day, status, grade, months late at the end."""

    rows: tuple[Row, ...]
    closed_on: date | None
    account_status: str
    five_class: str
    late: int
    worst: int
    is_written_off: bool


class _Odds:
    """The chances of one account in every state; built once per state of shock."""

    def __init__(self, account: Account, traits: Traits) -> None:
        self._lean = account.product.tilt + (500 - traits.prudence) / 165 + (3 - traits.band) * 0.22
        self._blows = [(blow.first_month, blow.first_month + blow.months, BLOW[blow.kind]) for blow in traits.shocks]
        self._tables: dict[float, tuple[tuple[float, float, float], ...]] = {}
        self.transactor = 0.15 + 0.6 * traits.prudence / 1000
        self.usage = 0.10 + 0.35 * (1 - traits.prudence / 1000)
        self.tardy = 0.004 + 0.05 * (1 - traits.prudence / 1000)

    def table(self, month: int) -> tuple[tuple[float, float, float], ...]:
        """For each months late: bounds of worse, stays, better on a draw from 0 to 1."""
        blow = 0.0
        for first, after, weight in self._blows:
            if first <= month < after:
                blow += weight
        found = self._tables.get(blow)
        if found is None:
            found = self._tables[blow] = tuple(self._bounds(late, blow) for late in range(len(ROLL)))
        return found

    def _bounds(self, late: int, blow: float) -> tuple[float, float, float]:
        if late == 0:
            miss = 1 / (1 + math.exp(-(MISS + self._lean + blow)))
            return (miss, miss, miss)
        worse, stays, better, _ = ROLL[late]
        tilted = worse * math.exp(0.5 * self._lean + 0.6 * blow)
        leans = tilted / (tilted + 1 - worse)
        rest = (1 - leans) / (1 - worse)
        return (leans, leans + stays * rest, leans + (stays + better) * rest)


class _Course:
    """The state of one account on its way through the months."""

    def __init__(self, account: Account, traits: Traits, rng: Random) -> None:
        self.account = account
        self.odds = _Odds(account, traits)
        self.chance = rng.random
        self.script = dict(account.script)
        self.balance = 0
        self.overdue = 0
        self.late = 0
        self.worst = 0
        self.is_written_off = False
        self.is_closed = False

    def turn(self, month: int) -> int:
        """What happens to the obligation of this month."""
        if self.account.is_scripted:
            return self.script.get(month, CURED if self.late else IN_ORDER)
        late = self.late
        draw = self.chance()
        worse, stays, better = self.odds.table(month)[min(late, 7)]
        if draw < worse:
            return WORSE
        if late == 0:
            return IN_ORDER
        if draw < stays:
            return STAYS
        return BETTER if draw < better else CURED

    def settle(self, turn: int, due: int, step: int) -> int:
        """Apply a turn to what is due; what was paid.  `step` is one month's payment of arrears."""
        owed = self.overdue + due
        if turn == WORSE:
            paid = 0
            self.late += 1
        elif turn == STAYS:
            paid = min(step, owed)
        elif turn == BETTER and self.late > 1:
            paid = min(step + self.overdue // self.late, owed)
            self.late -= 1
        else:
            paid = owed
        self.overdue = owed - paid
        if self.overdue == 0:
            self.late = 0
        self.worst = max(self.worst, self.late)
        self.balance -= paid
        return paid

    def write_off(self, month: int) -> Row | None:
        """The month of a written-off account; None when it is not written off."""
        if not self.is_written_off:
            if self.account.is_scripted or self.late < WRITE_OFF_FROM or self.chance() >= WRITE_OFF:
                return None
            self.is_written_off = True
        due, self.overdue = self.balance - self.overdue, self.balance
        return (month, "B", self.balance, due, 0, self.overdue)

    def in_order(self) -> str:
        """On time, or late within the month."""
        return "M" if not self.account.is_scripted and self.chance() < self.odds.tardy else "N"


def repay(account: Account, traits: Traits, *, span: tuple[int, int], rng: Random) -> History:
    """The course of an account over the months from `span[0]` to `span[1]` (year*12+month-1, both included)."""
    course = _Course(account, traits, rng)
    rows = _instalments(course, span) if account.term else _revolving(course, span)
    closed_on = day_within(rows[-1][0], account.number) if course.is_closed else None
    return History(
        tuple(rows),
        closed_on,
        _account_status(course),
        _grade(course),
        course.late,
        course.worst,
        course.is_written_off,
    )


def _instalments(course: _Course, span: tuple[int, int]) -> list[Row]:
    """A loan in equal parts; the last one takes what division left over."""
    account = course.account
    limit, term, opened = account.limit_fen, account.term, account.opened_month
    part = limit // term
    last_part = limit - part * (term - 1)
    rows: list[Row] = []
    start = max(opened, span[0])
    if start == opened:
        course.balance = limit
        rows.append((start, "*", limit, 0, 0, 0))
        start += 1
    else:
        course.balance = limit - part * (start - opened - 1)
    for month in range(start, span[1] + 1):
        if course.late >= WRITE_OFF_FROM and (row := course.write_off(month)):
            rows.append(row)
            continue
        at = month - opened
        due = part if at < term else last_part if at == term else 0
        turn = course.turn(month)
        if (
            course.late == 0
            and turn == IN_ORDER
            and at > 3
            and not account.is_scripted
            and course.chance() < SETTLE_EARLY
        ):
            due = course.balance
        paid = course.settle(turn, due, part)
        if course.balance == 0:
            rows.append((month, "C", 0, due, paid, 0))
            course.is_closed = True
            break
        late = course.late
        status = str(min(late, 7)) if late else course.in_order()
        rows.append((month, status, course.balance, due, paid, course.overdue))
    return rows


def _revolving(course: _Course, span: tuple[int, int]) -> list[Row]:
    """A card or line: drawn on while in order, a tenth of the balance due each month."""
    account = course.account
    limit = account.limit_fen
    rows: list[Row] = []
    start = max(account.opened_month, span[0])
    usage = 0.12 if account.is_scripted else course.odds.usage
    if start == account.opened_month:
        course.balance = int(limit * usage * course.chance())
        rows.append((start, "*", course.balance, 0, 0, 0))
        start += 1
    else:
        course.balance = int(limit * usage)
    for month in range(start, span[1] + 1):
        if course.late >= WRITE_OFF_FROM and (row := course.write_off(month)):
            rows.append(row)
            continue
        rows.append(_card_month(course, month, usage))
        if course.is_closed:
            break
    return rows


def _card_month(course: _Course, month: int, usage: float) -> Row:
    before, limit = course.balance, course.account.limit_fen
    if before == 0:
        if not course.account.is_scripted and course.chance() < CLOSE_CARD:
            course.is_closed = True
            return (month, "C", 0, 0, 0, 0)
        course.balance = int(limit * usage * course.chance())
        return (month, "*", course.balance, 0, 0, 0)
    due = min(before - course.overdue, max(LEAST_DUE_FEN, before // 10))
    paid = course.settle(course.turn(month), due, due or LEAST_DUE_FEN)
    if course.late:
        return (month, str(min(course.late, 7)), course.balance, due, paid, course.overdue)
    if course.chance() < course.odds.transactor:
        paid, course.balance = before, 0
    status = course.in_order()
    course.balance += int((limit - before) * usage * course.chance())
    return (month, status, course.balance, due, paid, 0)


_BAD_DEBT = {"D1": "4", "R4": "4", "R1": "4", "R2": "5"}
_CLOSED = {"D1": "3", "R4": "3", "R1": "3", "R2": "4"}


def _account_status(course: _Course) -> str:
    kind = course.account.product.account_type
    if course.is_closed:
        return _CLOSED[kind]
    if course.is_written_off:
        return _BAD_DEBT[kind]
    if kind == "R2":
        return "2" if course.late >= 3 else "1"  # a card is frozen, not overdue
    return "2" if course.late else "1"


def _grade(course: _Course) -> str:
    """Five-class grade by months late: special mention at once, substandard past 90 days, doubtful past 270, loss past 360."""
    if course.is_written_off or course.late > 12:
        return "5"
    return "4" if course.late > 9 else "3" if course.late > 3 else "2" if course.late else "1"


def is_default(history: History) -> bool:
    """More than 90 days late, or written off, at any time furnished."""
    return history.worst >= 4 or history.is_written_off


def day_within(month: int, number: int) -> date:
    """A made-up day within a month, from the 8th to the 22nd: of a closing, or of the notice of an adverse month."""
    return date(month // 12, month % 12 + 1, 8 + number % 15)


def last_whole_month(until: date) -> int:
    """The last month that has ended by the evening of `until`."""
    number = month_number(until)
    return number if month_end(number) == until else number - 1
