"""What did everything cost on a day?  The tariff as public data: every price with the rules it follows from."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from openbureau.core.furnishing.codes import INSTITUTION_KINDS
from openbureau.core.invoice import tiers_of
from openbureau.core.member import CONCESSION_KINDS
from openbureau.core.pricing import FREE_RULES, OF, REPORT, SHARES, fee
from openbureau.law.reader import Law
from openbureau.law.rules import RULE_IDS, Rulebook
from openbureau.law.show import row

FREE_OF_CHARGE = (*FREE_RULES, "wrong_answer_free", "refusal_free", "self_access_free", "official_lookup_free")
"""The typed rules under which nothing is owed."""


def tariff(law: Law, on: date) -> dict[str, Any]:
    """Prices, tiers, what is free, and each rule behind them, as they hold on a day.

    `NoRule` before the first complete tariff.  Amounts in fen.
    """
    rulebook = law.on(on)
    typed = rulebook.typed
    prices = list(_prices(rulebook))
    fees = {rule_id for price in prices for rule_id in price["rules"]}
    return {
        "on": on.isoformat(),
        "digest": law.digest,
        "currency": "CNY",
        "prices": prices,
        "reduced_for": [
            {"kind": kind, "zh": INSTITUTION_KINDS[kind][0], "en": INSTITUTION_KINDS[kind][1]}
            for kind in sorted(CONCESSION_KINDS)
        ],
        "tiers": [{"above": above, "percent": percent} for above, percent in tiers_of(rulebook)],
        "terms": [row(typed.bill_dispute_days), row(typed.bill_decision_days)],
        "free": [row(getattr(typed, name)) for name in FREE_OF_CHARGE],
        "rules": [row(rule) for rule in rulebook if rule.id in fees | {RULE_IDS["fee_tiers"]}],
    }


def _prices(rulebook: Rulebook) -> Iterator[dict[str, Any]]:
    """One row a product, kind of subject and class of institution."""
    for product in (REPORT, *SHARES):
        for subject in ("person", "enterprise"):
            for is_reduced in (False, True):
                found = fee(
                    rulebook.typed, product=product, is_person=subject == "person", is_concession=is_reduced
                )  # fmt: skip
                yield {
                    "product": product,
                    "subject": subject,
                    "institutions": "reduced" if is_reduced else "standard",
                    "amount_fen": found.amount_fen,
                    "rules": found.rule_id.split(OF),
                }
