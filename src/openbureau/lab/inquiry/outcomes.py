"""Which made-up person gets which outcome?  Data table, and the records from which they come to be.

One person for each way an inquiry can end, the same in every sandbox, so that a lender's tests can name them.  Nobody in it
exists: the numbers carry the province code 99, which no province has, and a county of their own that the synthetic country
does not use.  `jobs/founding/outcomes.py` brings them into a sandbox; docs/guide/sandbox.md lists them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from openbureau.core.credit_file import month_end, month_text
from openbureau.core.refusal import RefusalCode
from openbureau.core.subject import PERSON_ID, person_check
from openbureau.lab.loans import last_whole_month

Record = dict[str, Any]
COUNTY = "999999"
PURPOSE, OTHER_PURPOSE = "loan-approval", "post-loan"
RIVAL_NAME = "辛旁人"
"""Who claims the number of the ambiguous person, too."""


class State(StrEnum):
    """What has happened to a person before a lender asks, in the order in which it is brought about."""

    CONSENTED = "consented"
    CONSENTED_ONCE = "consented-once"
    CONSENTED_OTHER = "consented-other"
    """For another purpose than the one asked for."""
    CONSENTED_BEFORE = "consented-before"
    """Long ago, and not renewed."""
    WITHDRAWN = "withdrawn"
    ASKED = "asked"
    """A lender has had its answer."""
    FROZEN = "frozen"
    DECEASED = "deceased"
    CLAIMED = "claimed"
    """Another person is furnished under the same number."""


@dataclass(frozen=True, slots=True)
class OutcomePerson:
    """A made-up person, what is done beforehand, and how an inquiry for `PURPOSE` about them ends.

    `outcome` is `report`, `thin`, `no-hit` or the code of a refusal; `months` how much history is held (None: not on file at
    all, 0: known, without an account); `asked_name` the name with which to ask.
    """

    key: str
    serial: int
    name: str
    outcome: str
    months: int | None
    states: tuple[State, ...]
    words: tuple[str, str]
    """What is special about them, in English and Chinese."""
    born: str = "19900615"
    asked_name: str = ""

    @property
    def id_number(self) -> str:
        """The identity number, with its check character."""
        first = f"{COUNTY}{self.born}{self.serial:03d}"
        return first + person_check(first)

    @property
    def subject(self) -> dict[str, str]:
        """Whom to ask about, as the body of an inquiry says it."""
        return {"id_kind": PERSON_ID, "id_number": self.id_number, "name": self.asked_name or self.name}

    @property
    def handle(self) -> str:
        """Under which they sign in to the sandbox."""
        return f"S{self.serial:04d}"


def _person(
    serial: int, key: str, name: str, *, outcome: str, months: int | None = 24, states: tuple[State, ...] = (),
    words: tuple[str, str], **more: str,
) -> OutcomePerson:  # fmt: skip
    return OutcomePerson(key, serial, name, outcome, months, states, words, **more)


_YES = (State.CONSENTED,)
OUTCOMES: tuple[OutcomePerson, ...] = (
    _person(1, "answered", "甲有档", outcome="report", states=_YES, words=("two years of payments", "两年还款记录")),
    _person(2, "thin", "乙薄档", outcome="thin", months=2, states=_YES,
            words=("two months: a report without a score", "仅两个月：有报告，无评分")),
    _person(3, "no-hit", "丙空档", outcome="no-hit", months=0, states=_YES,
            words=("known, no account: an answer, free of charge", "有主体、无账户：属于答复，不收费")),
    _person(4, "nobody", "丁查无", outcome=RefusalCode.NO_CONSENT, months=None,
            words=("the number is valid, nobody carries it: the same refusal as without a consent",
                   "号码有效但无此人：与无同意的拒绝相同")),
    _person(5, "minor", "戊未成", outcome=RefusalCode.SUBJECT_MINOR, months=0, states=_YES, born="20120101",
            words=("born on 1 January 2012", "2012 年 1 月 1 日出生")),
    _person(6, "deceased", "己已故", outcome=RefusalCode.SUBJECT_DECEASED, states=(State.CONSENTED, State.DECEASED),
            words=("died after consenting", "同意后死亡")),
    _person(7, "frozen", "庚冻结", outcome=RefusalCode.FILE_FROZEN, states=(State.CONSENTED, State.FROZEN),
            words=("has frozen the file", "本人冻结档案")),
    _person(8, "ambiguous", "辛存疑", outcome=RefusalCode.IDENTITY_AMBIGUOUS, states=(State.CONSENTED, State.CLAIMED),
            words=("somebody else is furnished under the same number", "同一号码下另有他人")),
    _person(9, "no-consent", "壬未同", outcome=RefusalCode.NO_CONSENT, words=("has consented to nobody", "未同意任何机构")),
    _person(10, "expired", "癸过期", outcome=RefusalCode.CONSENT_EXPIRED, states=(State.CONSENTED_BEFORE,),
            words=("consented for one month, long ago", "很久以前同意一个月")),
    _person(11, "withdrawn", "子撤回", outcome=RefusalCode.CONSENT_WITHDRAWN, states=(State.CONSENTED, State.WITHDRAWN),
            words=("has withdrawn the consent", "已撤回同意")),
    _person(12, "used", "丑已用", outcome=RefusalCode.CONSENT_USED, states=(State.CONSENTED_ONCE, State.ASKED),
            words=("consented to one inquiry, and it was made", "一次性同意已使用")),
    _person(13, "other-purpose", "寅他用", outcome=RefusalCode.PURPOSE_NOT_COVERED, states=(State.CONSENTED_OTHER,),
            words=("consented for another purpose", "同意的是其他用途")),
    _person(14, "wrong-name", "卯本名", outcome=RefusalCode.IDENTITY_NOT_CONFIRMED, states=_YES, asked_name="卯误名",
            words=("asked for under another name", "以其他姓名查询")),
)  # fmt: skip


def outcome_records(today: date) -> Iterator[Record]:
    """What a furnisher sends of them: subjects, an account each, its months up to the last whole one."""
    held = [person for person in OUTCOMES if person.months is not None]
    last = last_whole_month(today)
    yield from (_subject(person, person.handle, person.name) for person in held)
    for person in held:
        if person.months:
            yield _account(person, last)
    for person in held:
        for month in range(last - (person.months or 0) + 1, last + 1):
            yield {
                "record": "month", "account_no": f"{person.handle}-1", "month": month_text(month), "status": "N",
                "balance_fen": 1_200_000, "due_fen": 100_000, "paid_fen": 100_000, "overdue_fen": 0,
            }  # fmt: skip


def rival_records() -> Iterator[Record]:
    """What comes later: somebody else under the number of each person in the state `CLAIMED`."""
    return (
        _subject(person, f"{person.handle}-rival", RIVAL_NAME) for person in OUTCOMES if State.CLAIMED in person.states
    )


def _subject(person: OutcomePerson, ref: str, name: str) -> Record:
    return {
        "record": "subject", "subject_ref": ref, "kind": "person", "id_kind": PERSON_ID, "id_number": person.id_number,
        "name": name, "synthetic": True,
    }  # fmt: skip


def _account(person: OutcomePerson, last: int) -> Record:
    opened = month_end(last - (person.months or 0))
    return {
        "record": "tradeline", "account_no": f"{person.handle}-1", "subject_ref": person.handle, "role": "borrower",
        "account_type": "D1", "business_type": "91", "opened_on": opened.isoformat(),
        "due_on": opened.replace(year=opened.year + 4, day=1).isoformat(), "currency": "CNY", "limit_fen": 3_000_000,
        "account_status": "1", "five_class": "1", "as_of_on": month_end(last).isoformat(),
    }  # fmt: skip
