"""What does an answer cost?

The same for every member by construction: the fee depends on the product, the kind of subject, the published class of
institution and the repeat window, all dated rules; no function here is told which member asks.  What a month comes to
is reckoned in `core/invoice.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openbureau.core.member import CONCESSION_KINDS
from openbureau.law.rules import Rule, Rulebook, TypedRules

REPORT = "report"
SHARES: Mapping[str, str] = {
    "score": "fee_share_score",
    "attributes": "fee_share_attributes",
    "changes": "fee_share_changes",
    "question": "fee_share_question",
    "alert": "fee_share_alert",
}
"""The lesser products, each with the typed rule that says what share of the report's fee it costs."""
PRODUCT_NAMES: Mapping[str, tuple[str, str]] = {
    REPORT: ("信用报告", "Report"),
    "score": ("评分", "Score"),
    "attributes": ("指标", "Attributes"),
    "changes": ("变动", "Changes since the last look"),
    "question": ("问答", "Answers to questions"),
    "alert": ("预警", "Alert"),
}
"""What has a price, in Chinese and English."""
FREE_RULES = (
    "no_hit_free",
    "fee_window_person",
    "fee_window_firm",
    "late_answer_seconds",
    "replay_free",
    "monitor_start_free",
)
"""The typed rules under which an answer is free."""
OF = "*"
"""Joins a fee and a share in the name of a price: `fee.crc.personal*house.fee_share_score`."""


@dataclass(frozen=True, slots=True)
class Charge:
    """The fee of one answer: the tariff rule (a fee, or a fee and a share of it), the amount, whether it goes on a bill."""

    rule_id: str
    amount_fen: int
    currency: str = "CNY"

    @property
    def is_billable(self) -> bool:
        """Does it cost anything?"""
        return self.amount_fen > 0

    def render(self) -> str:
        """The `price` field of a leaf: rule;units;amount;currency;billable or free."""
        return f"{self.rule_id};1;{self.amount_fen};{self.currency};{'billable' if self.is_billable else 'free'}"


FREE = f"{'-'};0;0;CNY;free"
"""The price of what never costs: refusals and a person's own access."""


def charge(
    institution: str, *, product: str, subject_kind: str, last_charged: Mapping[str, date], is_no_hit: bool,
    rulebook: Rulebook, seconds_taken: float = 0,
) -> Charge:  # fmt: skip
    """The charge for an answer on the rulebook's day to an institution of a kind (the PBOC lender type code).

    `last_charged` is the last day of a charge of the asking institution for this subject, by product.  Free, in this order:
    a no-hit; an answer that took too long (`seconds_taken` since the request came); a repeat within the window of the
    tariff, also of a lesser product after a report.  KeyError for a product that has no price.
    """
    typed = rulebook.typed
    if is_no_hit:
        return Charge(typed.no_hit_free.id, 0)
    if seconds_taken > typed.late_answer_seconds.number:
        return Charge(typed.late_answer_seconds.id, 0)
    is_person = subject_kind == "person"
    window = typed.fee_window_person if is_person else typed.fee_window_firm
    if last_charged:
        since = rulebook.day - timedelta(days=window.number)
        if any(last_charged.get(covering, date.min) > since for covering in (product, REPORT)):
            return Charge(window.id, 0)
    return fee(typed, product=product, is_person=is_person, is_concession=institution in CONCESSION_KINDS)


def fee(typed: TypedRules, *, product: str, is_person: bool, is_concession: bool) -> Charge:
    """The list price of a product: the report's fee, or a share of it, rounded down to the fen."""
    if is_concession:
        rule = typed.fee_person_concession if is_person else typed.fee_firm_concession
    else:
        rule = typed.fee_person if is_person else typed.fee_firm
    if product == REPORT:
        return Charge(rule.id, rule.number)
    share: Rule = getattr(typed, SHARES[product])
    return Charge(f"{rule.id}{OF}{share.id}", rule.number * share.number // 100)
