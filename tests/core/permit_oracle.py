"""A second opinion on who may see a credit file, written from the law alone.

Plain worlds in, plain answers out: nothing of `openbureau.core.permit` and none of the policies is used here.  Sources:
Regulation on the Credit Reporting Industry, Art. 18 (written consent and agreed purpose; nothing supplied against that),
Art. 20 (agreed purpose only), Art. 23 (accuracy); Personal Information Protection Law, Art. 15 (withdrawal), Art. 23
(separate consent), Art. 28 and 31 (minors), Art. 44 (the right to decide), Art. 49 (the deceased); our own rules on the age
for credit and on what may be told to a lender without a consent.

A world is a dictionary:
  member: active, lender, from, until, purposes    (days as whole numbers)
  purpose, today
  found: "one", "none", "many"; name_agrees, frozen, deceased, adult_on (None for a firm)
  consents: list of {purpose, from, until, withdrawn, once, used}
"""

from typing import Any

World = dict[str, Any]

ORDER = (
    "member-not-active", "purpose-not-in-contract", "no-consent", "purpose-not-covered", "consent-withdrawn",
    "consent-expired", "consent-used", "identity-not-confirmed", "subject-deceased", "subject-minor", "file-frozen",
)  # fmt: skip


def opinion(world: World) -> tuple[str, ...]:
    """The reasons against an answer in their order; empty where it may be given."""
    reasons = _of_member(world)
    consent = best_consent(world)
    if consent is None:
        # Without consent the person is a stranger to this lender: not even their being on file may show.
        reasons |= {"no-consent"}
    else:
        reasons |= _of_consent(consent, world) | _of_person(world)
    told = tuple(reason for reason in ORDER if reason in reasons)
    if told:
        return told
    return () if world["member"]["lender"] else ("policy-error",)


def _of_member(world: World) -> set[str]:
    member = world["member"]
    found = set()
    if not (member["active"] and member["from"] <= world["today"] <= member["until"]):
        found.add("member-not-active")
    if world["purpose"] not in member["purposes"]:
        found.add("purpose-not-in-contract")
    return found


def best_consent(world: World) -> World | None:
    """The consent that comes nearest: narrowed down wish by wish, each wish given up where none fulfils it."""
    if world["found"] == "none" or not world["consents"]:
        return None
    left = list(world["consents"])
    for wish in (_covers, _stands, _runs, _unused):
        left = [consent for consent in left if wish(consent, world)] or left
    latest = max(consent["until"] for consent in left)
    found: World = next(consent for consent in left if consent["until"] == latest)
    return found


def _covers(consent: World, world: World) -> bool:
    return bool(consent["purpose"] == world["purpose"])


def _stands(consent: World, _world: World) -> bool:
    return not consent["withdrawn"]


def _runs(consent: World, world: World) -> bool:
    return bool(consent["from"] <= world["today"] <= consent["until"])


def _unused(consent: World, _world: World) -> bool:
    return not (consent["once"] and consent["used"])


def _of_consent(consent: World, world: World) -> set[str]:
    faults = {
        "purpose-not-covered": _covers, "consent-withdrawn": _stands, "consent-expired": _runs, "consent-used": _unused,
    }  # fmt: skip
    return {reason for reason, holds in faults.items() if not holds(consent, world)}


def _of_person(world: World) -> set[str]:
    if world["found"] == "many":
        return {"identity-not-confirmed"}
    found = set()
    if not world["name_agrees"]:
        found.add("identity-not-confirmed")
    if world["deceased"]:
        found.add("subject-deceased")
    if world["adult_on"] is not None and world["today"] < world["adult_on"]:
        found.add("subject-minor")
    if world["frozen"]:
        found.add("file-frozen")
    return found
