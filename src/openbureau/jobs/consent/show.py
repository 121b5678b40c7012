"""What is a person shown before they consent?  The notice with this lender, this purpose and these days in it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from openbureau.config import SANDBOX
from openbureau.core.consent.notice import NoticeIncomplete, check_by_law, notice_on, tell
from openbureau.core.consent.terms import DATA_KINDS, KINDS_OF, kinds_of, points_for
from openbureau.core.member import Member
from openbureau.core.products import MONITORING
from openbureau.core.purpose import wording_on
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.context import Bureau


def wanted_products(products: Collection[str], *, is_one_time: bool = False) -> tuple[str, ...]:
    """The products of a consent in the order of the table; `ConsentRefused` where there can be no consent to them."""
    wanted = tuple(name for name in KINDS_OF if name in products)
    if not set(wanted) - {MONITORING} or len(wanted) != len(set(products)):
        raise ConsentRefused("a consent names products that there are; choose them from the list")
    if MONITORING in wanted and is_one_time:
        raise ConsentRefused("changes are told under a continuing consent only")
    return wanted


def show_notice(
    bureau: Bureau, lender: Member, *, purpose: str, products: Collection[str], term: tuple[date, date], language: str
) -> dict[str, Any]:
    """Version, warning, items and the points to agree to one by one, in a language; `ConsentRefused` where it would say
    less than the law asks for.
    """
    products = wanted_products(products)
    is_chinese = language == "zh-CN"
    first, last = (f"{day.year}年{day.month}月{day.day}日" if is_chinese else day.isoformat() for day in term)
    worded = wording_on(purpose, term[0])
    kinds = [DATA_KINDS[kind][0 if is_chinese else 1] for kind in kinds_of(products)]
    places = {
        **contacts(bureau, lender),
        "lender": lender.name_zh if is_chinese else lender.name_en,
        "bureau": str(bureau.act.body["installation"]),
        "purpose": worded.zh if is_chinese else worded.en,
        "kinds": ("、" if is_chinese else ", ").join(kinds),
        "first": first,
        "last": last,
    }
    try:
        check_by_law(bureau.rulebook(term[0]))
        told = tell(notice_on(term[0]), language, places)
    except NoticeIncomplete as trouble:
        raise ConsentRefused(str(trouble), rules=("pipl.notice.items", "pipl.provide.notice_items")) from None
    rulebook = bureau.rulebook(term[0])
    points = [
        {"point": point.code, "rule": point.rule, "text": point.zh if is_chinese else point.en,
         "citation": rulebook.rule(point.rule).citation}
        for point in points_for(products)
    ]  # fmt: skip
    return told | {"purpose": places["purpose"], "points": points}


def check_notice(bureau: Bureau, lender: Member, day: date) -> None:
    """`ConsentRefused` where no complete notice could have been shown on this day."""
    try:
        check_by_law(bureau.rulebook(day))
    except NoticeIncomplete as trouble:
        raise ConsentRefused(str(trouble), rules=("pipl.notice.items",)) from None
    if not all(contacts(bureau, lender).values()):
        raise ConsentRefused("nobody knows how to reach the bureau or the lender", rules=("pipl.notice.items",))


def contacts(bureau: Bureau, lender: Member) -> dict[str, str]:
    """How bureau and lender are reached; in the sandbox, where nobody is, addresses under the log's own name."""
    made_up = bureau.settings.mode == SANDBOX
    return {
        "bureau_contact": bureau.settings.contact or (f"bureau@{bureau.act.origin}" if made_up else ""),
        "lender_contact": _contact(lender) or (f"{lender.member_id}@{bureau.act.origin}" if made_up else ""),
    }


def _contact(lender: Member) -> str:
    """The address for personal information that the act names, else the first it names."""
    found = sorted(lender.contacts, key=lambda contact: contact.duty != "personal-information")
    return ", ".join(filter(None, (found[0].email, found[0].phone))) if found else ""
