"""What does an inquiry cost?

The same for every member by construction: the fee depends on the kind of subject, the published class of institution and
the repeat window, all dated rules; the member's name is no argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openbureau.core.member import Member
from openbureau.law.rules import Rulebook

FREE_NO_HIT = "house.no_hit_free"


@dataclass(frozen=True, slots=True)
class Charge:
    """The fee of one answer: the tariff rule, the amount, and whether it goes on a bill."""

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
    member: Member, *, product: str, subject_kind: str, last_charged: Mapping[str, date], is_no_hit: bool,
    rulebook: Rulebook,
) -> Charge:  # fmt: skip
    """The charge for an answer on the rulebook's day; `last_charged` is the last day of a charge by product.

    A no-hit is free; a repeat on the same subject by the same member within the window of the tariff is free.
    """
    typed = rulebook.typed
    is_person = subject_kind == "person"
    if is_no_hit:
        return Charge(typed.no_hit_free.id, 0)
    window = typed.fee_window_person if is_person else typed.fee_window_firm
    last = last_charged.get(product)
    if last is not None and rulebook.day < last + timedelta(days=window.number):
        return Charge(window.id, 0)
    if member.pays_concession:
        rule = typed.fee_person_concession if is_person else typed.fee_firm_concession
    else:
        rule = typed.fee_person if is_person else typed.fee_firm
    return Charge(rule.id, rule.number)
