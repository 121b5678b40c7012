"""For which purposes may a lender ask?  Our words, the PBOC inquiry reason codes, both languages.  Data table.

What a person agrees to is a purpose in a wording.  Each wording has a version and the day from which it holds; a consent
stores the version.  Promises: the version that holds is a function of the day; once another wording holds, consents to
the one before are out of date (PIPL Art. 14: a changed purpose needs a new consent).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Purpose:
    """A permissible purpose.  `counts` tells whether it is an application for credit (hard inquiry).

    `pboc_code` is `-` where the list of codes, as far as it was read, has none.  `by_order`: nobody consents to it; a court
    or an authority asks by a document.
    """

    name: str
    pboc_code: str
    zh: str
    en: str
    counts: bool
    by_order: bool = False


EMPLOYMENT = "employment"

PURPOSES: dict[str, Purpose] = {
    purpose.name: purpose
    for purpose in (
        Purpose("loan-approval", "02", "贷款审批", "Approval of a loan", True),
        Purpose("card-approval", "03", "信用卡审批", "Approval of a credit card", True),
        Purpose("post-loan", "01", "贷后管理", "Management of a running loan", False),
        Purpose("guarantor-check", "08", "担保资格审查", "Check of a guarantor", True),
        Purpose("merchant-check", "19", "特约商户实名审查", "Check of a merchant", False),
        Purpose("finance-approval", "24", "融资审批", "Approval of finance", True),
        Purpose("limit-approval", "26", "额度审批", "Approval of a limit", True),
        Purpose(EMPLOYMENT, "-", "用人单位录用审查", "Check before employment", False),
        Purpose("judicial", "09", "司法调查", "Look-up by a court", False, by_order=True),
        Purpose("official", "-", "国家机关依法查询", "Look-up by an authority", False, by_order=True),
    )
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person agrees to, word for word: version (1, 2, 3 ...), the first day on which it holds, both languages."""

    version: int
    since: date
    zh: str
    en: str


_FIRST = date(2013, 3, 15)
"""The Regulation's first day: a consent older than any change is one to version 1."""

WORDINGS: dict[str, tuple[Wording, ...]] = {
    "loan-approval": (
        Wording(
            1, _FIRST, "用于审批本人提出的一笔贷款申请：评估还款能力与信用状况，决定是否放款及条件。",
            "To decide on one application of mine for a loan: whether to grant it and on which terms.",
        ),
    ),
    "card-approval": (
        Wording(
            1, _FIRST, "用于审批本人提出的信用卡申请：决定是否发卡及初始额度。",
            "To decide on one application of mine for a credit card: whether to issue it and with which first limit.",
        ),
    ),
    "post-loan": (
        Wording(
            1, _FIRST, "用于管理本人在该机构尚未结清的信贷业务：在业务存续期间了解信用状况的变化；业务结清后不再查询。",
            "To manage credit that I still owe to this institution, while I owe it; no inquiry after it is settled.",
        ),
    ),
    "guarantor-check": (
        Wording(
            1, _FIRST, "用于审查本人作为担保人的资格：评估本人为他人债务提供担保的能力。",
            "To check whether I can stand as a guarantor for somebody else's debt.",
        ),
    ),
    "merchant-check": (
        Wording(
            1, _FIRST, "用于本人作为特约商户或其负责人的实名审查。",
            "To check me, as a merchant or the person in charge of one, before card payments are accepted there.",
        ),
    ),
    "finance-approval": (
        Wording(
            1, _FIRST, "用于审批本人提出的一笔融资申请（贷款、信用卡以外的融资）。",
            "To decide on one application of mine for finance that is neither a loan nor a card.",
        ),
    ),
    "limit-approval": (
        Wording(
            1, _FIRST, "用于审批本人授信额度的设立或调整。",
            "To decide on setting or changing a credit limit of mine.",
        ),
    ),
    "employment": (
        Wording(
            1, _FIRST, "用于本人应聘的用人单位就约定的问题核对信用状况：只得到答案，不得到档案。",
            "To let an employer where I apply ask agreed questions about my credit: it gets answers, never the file.",
        ),
    ),
}  # fmt: skip
"""Every wording of every purpose that people agree to, oldest first.  A change is a new row; an old row is never edited."""


def check_wordings(wordings: Mapping[str, tuple[Wording, ...]]) -> None:
    """ValueError unless each purpose has versions 1, 2, 3 ... from rising days, in both languages."""
    agreed = {name for name, purpose in PURPOSES.items() if not purpose.by_order}
    if set(wordings) != agreed:
        raise ValueError(f"purposes without wording, or the other way round: {sorted(set(wordings) ^ agreed)}")
    for name, rows in wordings.items():
        days = [row.since for row in rows]
        is_ordered = [row.version for row in rows] == list(range(1, len(rows) + 1)) and sorted(set(days)) == days
        if not rows or not is_ordered or not all(row.zh and row.en for row in rows):
            raise ValueError(f"the wordings of {name} are not versions 1, 2, 3 ... from rising days in both languages")


check_wordings(WORDINGS)


def wording_on(purpose: str, day: date) -> Wording:
    """The wording of a purpose that holds on a day; `LookupError` for an unknown purpose or a day before the first."""
    held = [row for row in WORDINGS.get(purpose, ()) if row.since <= day]
    if not held:
        raise LookupError(f"the purpose {purpose!r} has no wording on {day}")
    return held[-1]


def purpose_version(purpose: str, day: date) -> int:
    """The version of a purpose's wording that holds on a day."""
    return wording_on(purpose, day).version


def is_outdated(purpose: str, version: int, day: date) -> bool:
    """Does another wording than the one agreed to hold on this day?  Then the consent needs renewing (PIPL Art. 14)."""
    return purpose_version(purpose, day) != version
