"""Of what does a consent consist?  Products and the kinds of data they disclose, and the points that are agreed to one by one.

Data tables and what follows from them.  Promises: a point is asked for by the rule that it names; a report covers every
lesser product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from openbureau.core.products import MONITORING, Product

BUREAU = "bureau"
"""The collector where the person consents on a page of the bureau."""
WEB: Final = "web"
ONLINE: Final = "lender-online"
PAPER: Final = "paper"
"""Where a consent is taken: on a page of the bureau, by a member on line, by a member on paper."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is agreed to by itself, the rule that asks for it, and what is ticked."""

    code: str
    rule: str
    zh: str
    en: str


POINTS: dict[str, Point] = {
    point.code: point
    for point in (
        Point(
            "purpose", "crr.inquiry.consent",
            "我书面同意该机构为上述用途向征信机构查询我的信息。",
            "I agree in writing that this lender asks the bureau about me, for the purpose above.",
        ),
        Point(
            "provide", "pipl.provide.separate_consent",
            "我单独同意征信机构将上述种类的信息提供给该机构。",
            "I agree, separately, that the bureau provides the kinds of information above to this lender.",
        ),
        Point(
            "sensitive", "pipl.sensitive.separate_consent",
            "我知道其中的金融账户信息属于敏感个人信息，并单独同意处理。",
            "I know that information on financial accounts is sensitive, and agree separately that it is processed.",
        ),
        Point(
            MONITORING, "ndr.separate_consent.definition",
            "我单独同意在同意期限内，当我的信息发生变化时由征信机构主动通知该机构。",
            "I agree, separately, that the bureau tells this lender by itself when something changes, while the consent runs.",
        ),
    )
}  # fmt: skip
"""In the order in which they are shown."""

DATA_KINDS: dict[str, tuple[str, str]] = {
    "identity": ("姓名与证件号码", "name and identity number"),
    "accounts": ("信贷账户", "credit accounts"),
    "repayment": ("逐月还款记录", "monthly repayment"),
    "inquiries": ("查询记录", "earlier inquiries"),
    "score": ("评分及理由", "score and its reasons"),
    "attributes": ("由档案计算的指标", "figures computed from the file"),
    "answers": ("对具体问题的回答", "answers to set questions"),
    "changes": ("变化提示", "that something has changed"),
}
"""Kinds of data: Chinese, English."""

KINDS_OF: dict[str, tuple[str, ...]] = {
    Product.REPORT: tuple(DATA_KINDS),
    Product.SCORE: ("identity", "score"),
    Product.ATTRIBUTES: ("identity", "attributes"),
    Product.QUESTION: ("identity", "answers"),
    Product.CHANGES: ("identity", "changes"),
    MONITORING: ("identity", "changes"),
}
"""What each product may disclose; a report covers every lesser product."""


def kinds_of(products: Iterable[str]) -> list[str]:
    """The kinds of data that products may disclose, in the order of the table."""
    named = {kind for product in products for kind in KINDS_OF[product]}
    return [kind for kind in DATA_KINDS if kind in named]


def points_for(products: Iterable[str]) -> tuple[Point, ...]:
    """The points that must each be agreed to for these products."""
    held = set(products)
    return tuple(point for point in POINTS.values() if point.code != MONITORING or MONITORING in held)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The `inputs` field of a consent's leaf: what of it a watcher reads."""

    member_id: str
    first: str
    last: str
    notice_version: str
    channel: str
    products: tuple[str, ...]
    purpose_version: int
    collector: str


def render_inputs(told: Inputs) -> str:
    """`member;first day;last day;notice version;channel;products;version of the purpose;collector`."""
    return ";".join(
        (
            told.member_id, told.first, told.last, told.notice_version, told.channel, "+".join(told.products),
            str(told.purpose_version), told.collector,
        )
    )  # fmt: skip


def read_inputs(text: str) -> Inputs | None:
    """The inverse; the older form ends after the channel and stands for the report, version 1, taken from the person.

    None for any other form.
    """
    words = text.split(";")
    if len(words) in {3, 5}:
        member_id, first, last, notice, channel = [*words, "", WEB][:5]
        return Inputs(member_id, first, last, notice, channel, (Product.REPORT.value,), 1, "subject")
    if len(words) != 8 or not words[6].isdecimal():
        return None
    member_id, first, last, notice, channel, products, version, collector = words
    return Inputs(member_id, first, last, notice, channel, tuple(products.split("+")), int(version), collector)
