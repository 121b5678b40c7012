"""Which made-up person gets which outcome?  Data table, and the records from which they come to be.

One person for each way an inquiry can end, the same in every sandbox, so that a member's tests can name them.  Nobody in it
exists: the numbers carry the province code 99, which no province has, and a county of their own that the synthetic country
does not use.  `jobs/founding/outcomes.py` brings them into a sandbox; docs/guide/sandbox.md lists them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from openbureau.core.credit_file import month_end, month_text
from openbureau.core.decision.order import AUTHORITY_PURPOSE, COURT_PURPOSE, ORDER_PURPOSES
from openbureau.core.member import Member, Role
from openbureau.core.products import Product
from openbureau.core.purpose import EMPLOYMENT
from openbureau.core.refusal import RefusalCode
from openbureau.core.subject import PERSON_ID, person_check
from openbureau.lab.loans import last_whole_month

Record = dict[str, Any]
COUNTY = "999999"
PURPOSE, OTHER_PURPOSE, GUARANTEE = "loan-approval", "post-loan", "guarantor-check"
QUESTION = "has-overdue-now"
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
    CONSENTED_LESS = "consented-less"
    """To questions only."""
    CONSENTED_WORK = "consented-work"
    """To an employer, to questions."""
    CONSENTED_OTHER_WORDING = "consented-other-wording"
    """To the purpose in other words than those that hold."""
    ENTERED = "entered"
    """A consent stands that a lender took on line and that the person has not confirmed."""
    WITHDRAWN = "withdrawn"
    ASKED = "asked"
    """A lender has had its answer."""
    FROZEN = "frozen"
    DECEASED = "deceased"
    CLAIMED = "claimed"
    """Another person is furnished under the same number."""


class Shown(StrEnum):
    """What a court or an authority shows."""

    GOOD = "good"
    NOTHING = "nothing"
    OTHER_KIND = "other-kind"
    """Of proceedings that the other kind of body conducts."""
    OLD = "old"
    LATER = "later"
    """With the wish to tell the person later, and the law for it."""
    LATER_WITHOUT_LAW = "later-without-law"


@dataclass(frozen=True, slots=True)
class OutcomePerson:
    """A made-up person, what is done beforehand, and how an inquiry about them ends.

    `outcome` is `report`, `thin`, `no-hit` or the code of a refusal; `months` how much history is held (None: not on file at
    all, 0: known, without an account); `asked_name` the name with which to ask.  Who asks (`asker`), for which `purpose` and
    `product`, and by what (`shown`) are those of a lender that decides on a loan unless said otherwise.
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
    asker: Role = Role.LENDER
    purpose: str = PURPOSE
    product: str = Product.REPORT.value
    shown: Shown | None = None

    @property
    def id_number(self) -> str:
        """The identity number, with its check character."""
        first = f"{COUNTY}{self.born}{self.serial:03d}"
        return first + person_check(first)

    @property
    def subject(self) -> dict[str, str]:
        """Whom to ask about, as the body of an inquiry says it."""
        return {"id_kind": PERSON_ID, "id_number": self.id_number, "name": self.asked_name or self.name}

    def body(self, today: date) -> Record:
        """The body of the inquiry, for a day."""
        said: Record = {"subject": self.subject, "purpose": self.purpose}
        if self.shown is not None:
            return said | _by_order(self.shown, self.purpose, today)
        if self.product != Product.REPORT:
            said["product"] = self.product
        if self.product == Product.QUESTION:
            said["questions"] = [QUESTION]
        return said

    @property
    def address(self) -> str:
        """Where to send it."""
        return "/v1/inquiries" if self.shown is None else "/v1/official-inquiries"

    def may_be_asked_by(self, member: Member) -> bool:
        """Is this a member that brings the outcome about?"""
        is_asker = member.is_active and self.asker in member.roles
        return is_asker and (self.purpose in member.purposes or self.outcome == RefusalCode.PURPOSE_NOT_IN_CONTRACT)

    @property
    def handle(self) -> str:
        """Under which they sign in to the sandbox."""
        return f"S{self.serial:04d}"


def _person(
    serial: int, key: str, name: str, *, outcome: str, months: int | None = 24, states: tuple[State, ...] = (),
    words: tuple[str, str], **more: Any,
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
    _person(15, "questions-only", "辰限问", outcome=RefusalCode.PRODUCT_NOT_COVERED, states=(State.CONSENTED_LESS,),
            words=("consented to questions; the report is asked for", "仅同意提问，却查询报告")),
    _person(16, "other-wording", "巳异文", outcome=RefusalCode.CONSENT_OUTDATED, states=(State.CONSENTED_OTHER_WORDING,),
            words=("consented to the purpose in another wording", "同意的是该用途的另一版表述")),
    _person(17, "unconfirmed", "午未认", outcome=RefusalCode.CONSENT_NOT_CONFIRMED, states=(State.ENTERED,),
            words=("a consent taken by the lender on line, not confirmed by the person", "机构在线取得、本人尚未确认的同意")),
    _person(18, "settled", "未结清", outcome=RefusalCode.NO_RUNNING_ACCOUNT, months=0, states=(State.CONSENTED_OTHER,),
            purpose=OTHER_PURPOSE,
            words=("consented to post-loan; has no account with the lender", "同意贷后管理，但在该机构没有账户")),
    _person(19, "guarantor", "申担保", outcome=RefusalCode.GUARANTOR_NOT_CONSENTED, states=_YES, purpose=GUARANTEE,
            words=("consented as a borrower; is checked as a guarantor", "以借款人身份同意，却按担保人审查")),
    _person(20, "not-your-business", "酉无关", outcome=RefusalCode.PURPOSE_NOT_IN_CONTRACT, states=_YES, purpose=EMPLOYMENT,
            words=("a lender asks as an employer would", "信贷机构以用人用途查询")),
    _person(21, "applicant", "戌应聘", outcome="report", states=(State.CONSENTED_WORK,), asker=Role.EMPLOYER,
            purpose=EMPLOYMENT, product=Product.QUESTION.value,
            words=("an employer asks a question", "用人单位提问")),
    _person(22, "applicant-file", "亥应聘", outcome=RefusalCode.PRODUCT_NOT_FOR_PURPOSE, states=(State.CONSENTED_WORK,),
            asker=Role.EMPLOYER, purpose=EMPLOYMENT,
            words=("an employer asks for the report", "用人单位查询报告")),
    _person(23, "litigant", "金涉诉", outcome="report", asker=Role.COURT, purpose=COURT_PURPOSE, shown=Shown.GOOD,
            words=("a court asks by its document; no consent is needed", "法院凭文书查询，无须同意")),
    _person(24, "taxpayer", "木纳税", outcome="report", asker=Role.AUTHORITY, purpose=AUTHORITY_PURPOSE,
            shown=Shown.LATER, words=("the tax office asks, and the person is told later", "税务机关查询，延后告知本人")),
    _person(25, "no-document", "水无书", outcome=RefusalCode.DOCUMENT_MISSING, asker=Role.COURT, purpose=COURT_PURPOSE,
            shown=Shown.NOTHING, words=("a court shows no document", "法院未出示文书")),
    _person(26, "other-document", "火异书", outcome=RefusalCode.DOCUMENT_NOT_FOR_BODY, asker=Role.COURT,
            purpose=COURT_PURPOSE, shown=Shown.OTHER_KIND,
            words=("a court shows a document of a tax case", "法院出示税务文书")),
    _person(27, "old-document", "土旧书", outcome=RefusalCode.DOCUMENT_EXPIRED, asker=Role.COURT, purpose=COURT_PURPOSE,
            shown=Shown.OLD, words=("the document has run out", "文书已过期")),
    _person(28, "secret", "日密查", outcome=RefusalCode.DEFERRAL_NOT_LAWFUL, asker=Role.AUTHORITY,
            purpose=AUTHORITY_PURPOSE, shown=Shown.LATER_WITHOUT_LAW,
            words=("the tax office wants it kept secret and names no law", "税务机关要求保密而未载明法律依据")),
    _person(29, "not-held", "月查无", outcome=RefusalCode.NO_FILE_HELD, months=None, asker=Role.COURT,
            purpose=COURT_PURPOSE, shown=Shown.GOOD, words=("nobody carries this number", "该号码下无人")),
    _person(30, "wrong-door", "星错门", outcome=RefusalCode.ROLE_NOT_ENTITLED, asker=Role.COURT, purpose=COURT_PURPOSE,
            words=("a court asks at the address of lenders", "法院使用信贷机构的地址查询")),
)  # fmt: skip


def _by_order(shown: Shown, purpose: str, today: date) -> Record:
    """What comes with a look-up by a court or an authority."""
    if shown is Shown.NOTHING:
        return {}
    (other,) = ORDER_PURPOSES - {purpose}
    began, ends = (40, -10) if shown is Shown.OLD else (5, 25)
    said: Record = {
        "document": {
            "kind": _PROCEEDINGS[other if shown is Shown.OTHER_KIND else purpose], "statute": "某法第一条",
            "number": "（2026）虚构第1号", "issued_by": "虚构机关", "officer": "承办人 0042",
            "issued_on": (today - timedelta(began)).isoformat(), "valid_until": (today + timedelta(ends)).isoformat(),
        }
    }  # fmt: skip
    if shown in {Shown.LATER, Shown.LATER_WITHOUT_LAW}:
        statute = "某法第二条" if shown is Shown.LATER else ""
        said["deferral"] = {"statute": statute, "until": (today + timedelta(30)).isoformat()}
    return said


_PROCEEDINGS = {COURT_PURPOSE: "enforcement", AUTHORITY_PURPOSE: "tax"}


def outcome_records(people: Iterable[OutcomePerson], today: date) -> Iterator[Record]:
    """What a furnisher sends of them: subjects, an account each, its months up to the last whole one."""
    held = [person for person in people if person.months is not None]
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


def rival_records(people: Iterable[OutcomePerson]) -> Iterator[Record]:
    """What comes later: somebody else under the number of each person in the state `CLAIMED`."""
    return (
        _subject(person, f"{person.handle}-rival", RIVAL_NAME) for person in people if State.CLAIMED in person.states
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
