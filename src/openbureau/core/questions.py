"""Which questions may be asked instead of seeing a file?  The visible table, and how each is answered.

A question is answered with yes or no, or with a band.  Promises: an answer follows from the fields that its row names and from
nothing else; a question that the file cannot answer is `unknown`, never a guess; amounts are counted in CNY alone.

Words in both languages: each row has the question as a lender reads it and as the person reads it in their diary.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from openbureau.core.attributes import AttributeValue
from openbureau.core.credit_file import CreditFile, Tradeline, month_number

YES, NO, UNKNOWN = "yes", "no", "unknown"
YUAN = 100
_LATE = frozenset("1234567B")
_REVOLVING = frozenset({"R1", "R2", "R3", "R4"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What answers are made from: the file as it may be seen, its attributes, and the month of the inquiry."""

    held: CreditFile
    figures: dict[str, AttributeValue]
    month: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question.  With `edges` it is answered by a band of `unit` (left-closed), without by yes or no.

    `reads` names the only fields of a file from which the answer follows.
    """

    id: str
    en: str
    zh: str
    reads: tuple[str, ...]
    figure: Callable[[Seen], int | bool | None]
    edges: tuple[int, ...] = ()
    unit: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Every answer that can be given."""
        return (*(self.bands or (YES, NO)), UNKNOWN)

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands, lowest first: `0`, `1-2`, `3-5`, `6+`."""
        if not self.edges:
            return ()
        closed = tuple(str(low) if high - low == 1 else f"{low}-{high - 1}" for low, high in pairwise((0, *self.edges)))
        return (*closed, f"{self.edges[-1]}+")

    def answer(self, seen: Seen) -> str:
        """The answer of a file."""
        found = self.figure(seen)
        if found is None:
            return UNKNOWN
        if not self.edges:
            return YES if found else NO
        return self.bands[sum(edge <= found for edge in self.edges)]


def _open(seen: Seen) -> list[Tradeline]:
    return [line for line in seen.held.tradelines if line.closed_on is None]


def _late_months(seen: Seen) -> int:
    months: set[int] = set()
    for line in seen.held.tradelines:
        for at in range(max(seen.month - 24, line.first_month), min(seen.month, line.last_month + 1)):
            if line.statuses[at - line.first_month] in _LATE:
                months.add(at)
    return len(months)


def _balance_yuan(seen: Seen) -> int:
    return sum(line.balance_fen for line in _open(seen) if line.currency == "CNY") // YUAN


def _exposure_yuan(seen: Seen) -> int:
    """What is owed, or could be drawn today: the balance of a loan, the larger of balance and limit of a revolving account."""
    open_lines = [line for line in _open(seen) if line.currency == "CNY"]
    drawn = sum(line.balance_fen for line in open_lines if line.account_type not in _REVOLVING)
    drawable = sum(max(line.balance_fen, line.limit_fen) for line in open_lines if line.account_type in _REVOLVING)
    return (drawn + drawable) // YUAN


def _at_least(yuan: int) -> Callable[[Seen], bool]:
    return lambda seen: _exposure_yuan(seen) >= yuan


def _older_than(months: int) -> Callable[[Seen], bool]:
    return lambda seen: any(seen.month - month_number(line.opened_on) >= months for line in seen.held.tradelines)


def _figure(name: str) -> Callable[[Seen], int | None]:
    return lambda seen: seen.figures[name].value


_COUNT = (1, 3, 6)
_MONTHLY = ("accounts.history.statuses",)
_EXPOSURE = (
    "accounts.account_type",
    "accounts.currency",
    "accounts.closed_on",
    "accounts.balance_fen",
    "accounts.limit_fen",
)
_AGE = ("accounts.opened_on",)
QUESTIONS: dict[str, Question] = {
    question.id: question
    for question in (
        Question("has-overdue-now", "Is any open account overdue in its newest month?", "是否有未结清账户当前逾期？",
                 ("accounts.closed_on", "accounts.overdue_fen"),
                 lambda seen: any(line.overdue_fen > 0 for line in _open(seen))),
        Question("has-write-off", "Was any account written off, paid by others, or ended abnormally?",
                 "是否有呆账、代偿或非正常终止的账户？", _MONTHLY, _figure("written_off")),
        Question("overdue-months-24-band", "In how many of the last 24 months was any account overdue?",
                 "近24个月内有逾期的月数？", _MONTHLY, _late_months, _COUNT, "months"),
        Question("worst-status-24-band", "How bad was the worst delay in the last 24 months, in bands of 30 days?",
                 "近24个月最严重的逾期（每30天一档）？", _MONTHLY, _figure("worst_24"), (1, 2, 3, 4), "bands of 30 days"),
        Question("lenders-asked-3-band", "How many lenders asked about credit in the last 3 months?",
                 "近3个月有多少家机构因信贷申请查询？", ("inquiries.asked_on", "inquiries.by", "inquiries.purpose"),
                 _figure("lenders_asked_3"), _COUNT, "lenders"),
        Question("new-accounts-6-band", "How many accounts were opened in the last 6 months?", "近6个月新开多少个账户？",
                 _AGE, _figure("opened_6"), _COUNT, "accounts"),
        Question("open-accounts-band", "How many accounts are open?", "未结清账户有多少个？",
                 ("accounts.closed_on",), lambda seen: len(_open(seen)), _COUNT, "accounts"),
        Question("open-balance-band", "What is owed in all on open accounts?", "未结清账户余额合计？",
                 ("accounts.currency", "accounts.closed_on", "accounts.balance_fen"), _balance_yuan,
                 (1, 10_000, 50_000, 200_000, 500_000), "CNY"),
        Question("revolving-use-band", "How much of the revolving limits is in use?", "循环额度使用率？",
                 ("accounts.account_type", "accounts.closed_on", "accounts.limit_fen", "accounts.balance_fen"),
                 _figure("utilisation"), (300, 500, 800), "per mille"),
        Question("exposure-at-least-50k", "Is the exposure at least 50,000 yuan?", "敞口是否不低于5万元？", _EXPOSURE,
                 _at_least(50_000)),
        Question("exposure-at-least-200k", "Is the exposure at least 200,000 yuan?", "敞口是否不低于20万元？", _EXPOSURE,
                 _at_least(200_000)),
        Question("exposure-at-least-500k", "Is the exposure at least 500,000 yuan?", "敞口是否不低于50万元？", _EXPOSURE,
                 _at_least(500_000)),
        Question("account-older-than-2y", "Is any account older than two years?", "是否有开立满两年的账户？", _AGE,
                 _older_than(24)),
        Question("account-older-than-5y", "Is any account older than five years?", "是否有开立满五年的账户？", _AGE,
                 _older_than(60)),
        Question("has-shared-debt", "Does the person answer for a debt with or for somebody else?",
                 "是否有共同借款或担保的债务？", ("accounts.role",),
                 lambda seen: any(line.role != "borrower" for line in seen.held.tradelines)),
    )
}  # fmt: skip
"""Every question by its id.  Ids are part of the contract with lenders: never reused, never renamed."""
