"""What is a person told before they consent?

Notices have versions like purposes; each is a list of items in both languages with places for names, days and kinds.
Promises: a notice that lacks an item which the law asks for is not loaded; one is never shown with an empty place; an old
notice is never edited, because consents name its version.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openbureau.law.rules import Rulebook

LANGUAGES = ("zh-CN", "en")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told: its code, a heading and a sentence in both languages."""

    code: str
    heading: tuple[str, str]
    zh: str
    en: str
    """`{names}` stand for what differs from consent to consent."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: version, first day, the conspicuous warning, the items."""

    version: str
    since: date
    warning_zh: str
    warning_en: str
    items: tuple[Item, ...]


REQUIRED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "pipl.notice.items": {
        "handler name and contact": ("handler",),
        "purpose, method, kinds, retention": ("purpose", "method", "kinds", "retention"),
        "how to exercise rights": ("rights",),
        "others by law": ("regulation",),
    },
    "pipl.provide.notice_items": {
        "recipient name": ("recipients",),
        "contact": ("recipients",),
        "purpose": ("purpose",),
        "method": ("method",),
        "kinds": ("kinds",),
    },
    "pipl.sensitive.extra_notice": {"necessity": ("necessity",), "effect on the person": ("effect",)},
    "ndr.notice.extra": {
        "what happens at the end of retention": ("retention-end",),
        "recipients as a table": ("recipients",),
    },
}
"""Which items answer which words of a rule's list.  A word of the law that is not here has no answer in any notice."""

PLACES = frozenset({"bureau", "bureau_contact", "lender", "lender_contact", "purpose", "kinds", "first", "last"})
_NEEDED = {"handler": ("bureau", "bureau_contact"), "recipients": ("lender", "lender_contact"), "purpose": ("purpose",),
           "kinds": ("kinds",), "retention": ("first", "last")}  # fmt: skip


class NoticeIncomplete(ValueError):
    """A notice lacks what the law asks for, or a place in it has nothing to say."""


NOTICES: tuple[Notice, ...] = (
    Notice(
        "notice-2",
        date(2013, 3, 15),
        "请注意：同意后，该机构可以看到您的信贷信息，并可能据此作出影响您的决定。同意须出于自愿；您可以不同意，也可以随时撤回。",
        "Please note: once you agree, this lender can see your credit information and may decide about you by it. "
        "Agree only if you want to; you may refuse, and withdraw at any time.",
        (
            Item(
                "handler", ("谁处理您的信息", "Who handles your information"),
                "{bureau}（征信机构）。联系方式：{bureau_contact}。", "{bureau} (the bureau). Contact: {bureau_contact}.",
            ),
            Item(
                "recipients", ("提供给谁", "To whom it is provided"),
                "{lender}。联系方式：{lender_contact}。不提供给其他任何人。",
                "{lender}. Contact: {lender_contact}. Nobody else.",
            ),
            Item("purpose", ("用途", "For which purpose"), "{purpose}不得用于其他用途。", "{purpose} For nothing else."),
            Item(
                "method", ("处理方式", "How"),
                "该机构逐次查询，征信机构以电子方式答复；每次查询无论是否答复都记入公开日志，您可以在“谁看过”中看到。",
                "The lender asks each time and the bureau answers electronically; every inquiry, answered or refused, "
                "enters the public log, and you see it under “Who looked”.",
            ),
            Item("kinds", ("信息种类", "Which kinds"), "{kinds}。", "{kinds}."),
            Item(
                "retention", ("期限", "For how long"),
                "本同意自{first}起至{last}止有效。该机构仅在用途所需期间保存所得信息。",
                "This consent holds from {first} to {last}. The lender keeps what it was given only while the purpose "
                "needs it.",
            ),
            Item(
                "retention-end", ("期满之后", "What happens then"),
                "同意期满即不再答复新的查询；该机构应删除不再需要的信息。查询记录按法律要求留存。",
                "When the consent ends no new inquiry is answered, and the lender deletes what it no longer needs. "
                "The record of inquiries is kept as the law asks.",
            ),
            Item(
                "necessity", ("为何必须", "Why it is necessary"),
                "账户与还款信息是判断信用的依据，没有它无法为上述用途出具报告。金融账户信息属于敏感个人信息。",
                "Accounts and repayment are what credit is judged by; no answer for this purpose can be given without them. "
                "Information on financial accounts is sensitive.",
            ),
            Item(
                "effect", ("对您的影响", "What it means for you"),
                "该机构可能据此同意、拒绝或改变条件；申请类查询会显示在您今后的报告中。报告仅供参考，由该机构自行决定。",
                "The lender may accept, refuse or change terms by it; an inquiry for an application shows in your later "
                "reports. A report is for reference only, the lender decides.",
            ),
            Item(
                "rights", ("您的权利", "Your rights"),
                "您可以在本站免费查阅、复制自己的报告和每次查询，一步撤回同意，并对错误提出异议；如有疑问，可向征信机构要求说明。",
                "On this site you can see and copy your report and every inquiry, free, withdraw in one step, and dispute "
                "what is wrong; the bureau explains anything on request.",
            ),
            Item(
                "regulation", ("法律另有要求", "What else the law asks"),
                "不同意不影响您在征信机构的任何权利；除非所涉信息为产品所必需，该机构不得以此为由拒绝提供产品或者服务。",
                "Not agreeing costs you no right at the bureau; a lender may not refuse a product or service for it, unless "
                "the information is necessary for it.",
            ),
        ),
    ),
)  # fmt: skip
"""Oldest first."""


def missing_items(notice: Notice, rules: Mapping[str, Iterable[str]]) -> list[str]:
    """What a notice does not say that the lists of these rules ask for, each as `rule: word`."""
    told = {item.code: item for item in notice.items if all((*item.heading, item.zh, item.en))}
    found = [
        f"{rule_id}: {word}"
        for rule_id, words in rules.items()
        for word in words
        if not (codes := REQUIRED.get(rule_id, {}).get(word)) or not set(codes) <= told.keys()
    ]
    found += [
        f"{code}: {place}"
        for code, places in _NEEDED.items()
        for place in places
        if code in told and not all(f"{{{place}}}" in text for text in (told[code].zh, told[code].en))
    ]
    return found if notice.warning_zh and notice.warning_en else [*found, "crr.consent.standard_terms: warning"]


def check_notices(notices: Collection[Notice], rules: Mapping[str, Iterable[str]] = REQUIRED) -> None:
    """`NoticeIncomplete` unless every notice says all that is asked for."""
    for notice in notices:
        if missing := missing_items(notice, rules):
            raise NoticeIncomplete(f"{notice.version} does not say: {'; '.join(missing)}")


def check_by_law(rulebook: Rulebook) -> None:
    """The same against the lists of the law itself as it stands on a day; a word we have no item for is missing too."""
    rules: dict[str, list[str]] = {}
    for rule_id in REQUIRED:
        value = rulebook.rule(rule_id).value
        rules[rule_id] = [str(word) for word in value] if isinstance(value, tuple) else []
    check_notices([notice_on(rulebook.day)], rules)


check_notices(NOTICES)


def notice_on(day: date) -> Notice:
    """The notice that holds on a day; `LookupError` before the first."""
    held = [notice for notice in NOTICES if notice.since <= day]
    if not held:
        raise LookupError(f"there is no notice on {day}")
    return held[-1]


def tell(notice: Notice, language: str, places: Mapping[str, str]) -> dict[str, object]:
    """A notice in one language with its places filled: version, warning, items.  `NoticeIncomplete` for an empty place."""
    if empty := sorted(place for place in PLACES if not places.get(place)):
        raise NoticeIncomplete(f"{notice.version} cannot be shown: nothing is known of {', '.join(empty)}")
    at = LANGUAGES.index(language)
    items = [
        {"code": item.code, "heading": item.heading[at], "text": (item.zh, item.en)[at].format_map(places)}
        for item in notice.items
    ]
    return {
        "version": notice.version,
        "language": language,
        "warning": (notice.warning_zh, notice.warning_en)[at],
        "items": items,
    }
