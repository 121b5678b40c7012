"""How are tariff and invoices described to those who write against them?  Part of the description in `openapi.py`."""

from openbureau.web.api.openapi_parts import Json, answer, operation, record, some, text, whole

_DAY: Json = {
    "name": "on", "in": "query", "required": False, "schema": text(format="date"),
    "description": "A day; today when left out.",
}  # fmt: skip
_TARIFF = record(
    "Every price of a day, in fen, with the rules it follows from; the same for every institution of a kind.",
    on=text(format="date"), digest=text("Digest of the rule set."), currency=text(),
    prices=some(record(
        "A price.", product=text(), subject=text(enum=["person", "enterprise"]),
        institutions=text(enum=["standard", "reduced"]),
        amount_fen=whole(), rules=some(text("A fee, and the share of it that a lesser product costs.")),
    )),
    reduced_for=some(record("A kind of institution (PBOC lender type code).", kind=text(), zh=text(), en=text())),
    tiers=some(record(
        "Above this many charges of one price in a month, the excess costs this percentage of it.",
        above=whole(), percent=whole(),
    )),
    free=some({"type": "object"}), rules=some({"type": "object"}),
)  # fmt: skip


def billing_paths() -> Json:
    """The paths of tariff and invoices."""
    return {
        "/v1/tariff": {"get": operation(
            "law", "tariff", "The tariff of a day: prices, volume tiers, what is free",
            answers={"200": answer("The tariff.", _TARIFF)}, problems=("no-rule", "fields-not-valid"), parameters=[_DAY],
        )},
    }  # fmt: skip
