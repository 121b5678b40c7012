"""A second opinion on who may do what with a credit file, written from the law alone, for every actor.

Plain worlds in, plain answers out: nothing of the project is used here.  Sources, read whole in Chinese:

- Regulation on the Credit Reporting Industry (征信业管理条例): Art. 13 (collecting under consent), Art. 17 (one's own
  information), Art. 18 (written consent and agreed purpose, "except where a law lets somebody ask without consent";
  nothing supplied against that), Art. 20 (agreed purpose only), Art. 22 (staff: rights, name, time, content, purpose),
  Art. 23 (accuracy), Art. 25 (whoever furnished corrects), Art. 33 and 35 (the supervisor inspects institutions and keeps
  secret what it learns).
- Personal Information Protection Law (个人信息保护法): Art. 6 (smallest scope), Art. 14 (a changed purpose needs a new
  consent; the person's own and explicit word), Art. 15 (withdrawal), Art. 18 (no notice where a law demands secrecy),
  Art. 23 (separate consent), Art. 28 and 31 (minors), Art. 34 and 35 (state organs: competence, procedure, no more than
  needed, notice unless it would hinder them), Art. 44 (the person restricts, save where a law provides otherwise), Art. 49
  (the deceased), Art. 58 (the committee oversees).
- Regulation on Network Data Security (网络数据安全管理条例): Art. 12 (agreed purpose, method and scope with whoever
  receives), Art. 22 (not beyond the consented purpose, method and kind), Art. 51 (inspectors look at nothing that does not
  bear on their inspection), Art. 62 (7) (a separate consent is one for one specific processing).
- Our own rules, where the law gives no number: `EMPLOYMENT_PRODUCTS`, `ORDER_DAYS`, `DEFERRAL_DAYS`, the age for credit,
  and that nothing of a person shows to somebody who lacks the ground to ask.

Common to all worlds: `act`, `today` (days are whole numbers).  A member is {active, roles, from, until, purposes}.
  inquire: member, purpose, product, version (of the purpose, today), found ("one", "none", "many"), name_agrees, frozen,
    deceased, adult_on (None for a firm), running (an open account with the asking lender), consents: list of {purpose,
    from, until, withdrawn, once, used, products, version, confirmed}
  order: member, purpose, found, name_agrees, document (None or {kind, statute, number, issued_by, officer, from, until}),
    deferral (None or {statute, until}); and what is no bar to it: frozen, deceased, adult_on
  furnish: member.  correct: member, own (did it furnish the record).
  recordConsent: member, own (is it the recipient), recipient (a member), purpose
  seeOwnFile, giveConsent, confirmConsent, withdrawConsent: own
  viewCase, inspectFurnisher, sampleMasked, viewPerson: staff (role), reason (empty where none is given)
"""

from typing import Any

World = dict[str, Any]

EMPLOYMENT_PRODUCTS = ("question",)
"""Our rule on Art. 6 of the law: whoever hires gets answers to questions, never the file."""
ORDER_DAYS = 90
"""Our rule: a document of a court or authority serves at most this long after its issue."""
DEFERRAL_DAYS = 180
"""Our rule: the person is told at the latest after this long."""
COURT_KINDS = ("trial", "enforcement", "bankruptcy")
AUTHORITY_KINDS = ("criminal-investigation", "supervision-investigation", "tax", "administrative-case")
VIEW_REASONS = ("identity-review",)
UNMASKING_REASONS = ("unmasking",)
COVERED_BY_REPORT = ("report", "score", "attributes", "question", "changes")

ORDER = (
    "member-not-active", "role-not-entitled", "purpose-not-in-contract", "product-not-for-purpose",
    "recipient-not-entitled", "record-not-own", "document-missing", "document-not-for-body", "document-expired",
    "deferral-not-lawful", "no-consent", "purpose-not-covered", "guarantor-not-consented", "product-not-covered",
    "consent-withdrawn", "consent-expired", "consent-used", "consent-outdated", "consent-not-confirmed",
    "no-running-account", "no-file-held", "identity-ambiguous", "identity-not-confirmed", "subject-deceased",
    "subject-minor", "file-frozen", "not-own-file", "view-without-reason", "no-view-of-persons",
)  # fmt: skip


def opinion(world: World) -> tuple[str, ...]:
    """The reasons against the act in their order; empty where it may be done."""
    reasons = _OPINIONS[world["act"]](world)
    return tuple(reason for reason in ORDER if reason in reasons)


def _inquire(world: World) -> set[str]:
    """Art. 18: consent and purpose.  What is held of the person bears only where the consent itself stands."""
    reasons = _contract(world) | _entitled(world)
    consent = best_consent(world)
    if consent is None:
        # Without consent the person is a stranger to this lender: not even their being on file may show.
        return reasons | {"no-consent"}
    faults = _of_consent(consent, world)
    return reasons | (faults or _of_person(world))


def _contract(world: World) -> set[str]:
    found = _standing(world)
    if world["purpose"] not in world["member"]["purposes"]:
        found.add("purpose-not-in-contract")
    return found


def _standing(world: World) -> set[str]:
    member = world["member"]
    return set() if _in_force(member, world["today"]) else {"member-not-active"}


def _in_force(member: World, today: int) -> bool:
    return bool(member["active"] and member["from"] <= today <= member["until"])


def _entitled(world: World) -> set[str]:
    """Who may have this purpose at all, and how much of a file it needs (Art. 20; law Art. 6)."""
    purpose, product, roles = world["purpose"], world["product"], world["member"]["roles"]
    found = set()
    if purpose in {"judicial", "official"}:
        found.add("role-not-entitled")  # An organ asks by its document, never as a lender does.
    elif ("employer" if purpose == "employment" else "lender") not in roles:
        found.add("role-not-entitled")
    if purpose == "employment" and product not in EMPLOYMENT_PRODUCTS:
        found.add("product-not-for-purpose")
    if product == "alert" and purpose != "post-loan":
        found.add("product-not-for-purpose")  # Watching somebody belongs to a running contract.
    return found


def best_consent(world: World) -> World | None:
    """The consent that comes nearest: narrowed down wish by wish, each wish given up where none fulfils it."""
    if world["found"] == "none" or not world["consents"]:
        return None
    left = list(world["consents"])
    for wish in (_covers, _stands, _runs, _unused, _reaches, _current, _own_word):
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


def _reaches(consent: World, world: World) -> bool:
    """The kind of information consented to (law Art. 23); whoever may see the report may see less."""
    product, products = world["product"], consent["products"]
    if product == "alert":
        return "monitoring" in products
    return product in products or (product in COVERED_BY_REPORT and "report" in products)


def _current(consent: World, world: World) -> bool:
    """Law Art. 14: the purpose as it was agreed to is the purpose of today."""
    return bool(consent["version"] == world["version"])


def _own_word(consent: World, _world: World) -> bool:
    """Law Art. 14: the person's own word, or the paper with it."""
    return bool(consent["confirmed"])


def _of_consent(consent: World, world: World) -> set[str]:
    faults = {
        "consent-withdrawn": _stands, "consent-expired": _runs, "consent-used": _unused, "product-not-covered": _reaches,
        "consent-outdated": _current, "consent-not-confirmed": _own_word,
    }  # fmt: skip
    found = {reason for reason, holds in faults.items() if not holds(consent, world)}
    if not _covers(consent, world):
        # A borrower's consent is not a guarantor's: each is asked in their own role (Regulation on Network Data, Art. 62).
        found.add("guarantor-not-consented" if world["purpose"] == "guarantor-check" else "purpose-not-covered")
    return found


def _of_person(world: World) -> set[str]:
    if world["found"] == "many":
        return {"identity-ambiguous"}
    found = set()
    if not world["name_agrees"]:
        found.add("identity-not-confirmed")
    if world["purpose"] == "post-loan" and not world["running"]:
        found.add("no-running-account")
    if world["deceased"]:
        found.add("subject-deceased")
    if world["adult_on"] is not None and world["today"] < world["adult_on"]:
        found.add("subject-minor")
    if world["frozen"]:
        found.add("file-frozen")
    return found


def _order(world: World) -> set[str]:
    """Art. 18, second sentence; law Art. 34 and 35: competence, procedure, no more than needed, notice."""
    reasons, roles, purpose = _contract(world), world["member"]["roles"], world["purpose"]
    if not ((purpose == "judicial" and "court" in roles) or (purpose == "official" and "authority" in roles)):
        reasons.add("role-not-entitled")
    faults = _of_document(world)
    if faults:
        return reasons | faults
    if world["found"] == "none":
        return reasons | {"no-file-held"}
    if world["found"] == "many":
        return reasons | {"identity-ambiguous"}
    # A freeze, a death or a young age bind lenders: Art. 44 of the law leaves room for other laws.
    return reasons if world["name_agrees"] else reasons | {"identity-not-confirmed"}


def _of_document(world: World) -> set[str]:
    document, deferral, today = world["document"], world["deferral"], world["today"]
    found = set()
    if deferral is not None and not (
        deferral["statute"].strip() and today < deferral["until"] <= today + DEFERRAL_DAYS
    ):
        found.add("deferral-not-lawful")
    if document is None or not all(document[name].strip() for name in ("statute", "number", "issued_by", "officer")):
        return found | {"document-missing"}
    if document["kind"] not in (COURT_KINDS if world["purpose"] == "judicial" else AUTHORITY_KINDS):
        found.add("document-not-for-body")
    if not document["from"] <= today <= min(document["until"], document["from"] + ORDER_DAYS):
        found.add("document-expired")
    return found


def _furnish(world: World) -> set[str]:
    return _standing(world) | (set() if "furnisher" in world["member"]["roles"] else {"role-not-entitled"})


def _correct(world: World) -> set[str]:
    """Art. 25: whoever furnished corrects; nobody corrects another's record."""
    return _furnish(world) | (set() if world["own"] else {"record-not-own"})


def _record_consent(world: World) -> set[str]:
    """Art. 18 and 19; law Art. 23: the recipient is named, and has the purpose agreed with us (Network Data, Art. 12)."""
    reasons, recipient, roles = _standing(world), world["recipient"], world["member"]["roles"]
    if not ("collector" in roles or (world["own"] and roles & {"lender", "employer"})):
        reasons.add("role-not-entitled")
    if not (_in_force(recipient, world["today"]) and world["purpose"] in recipient["purposes"]):
        reasons.add("recipient-not-entitled")
    return reasons


def _own(world: World) -> set[str]:
    """Art. 17; law Art. 14, 15 and 45: rights of the person alone."""
    return set() if world["own"] else {"not-own-file"}


def _view_case(world: World) -> set[str]:
    """Art. 22: whose work it is, and for a purpose that is written down."""
    if world["staff"] in {"regulator", "committee"}:
        # Network Data, Art. 51: inspectors look at institutions, not at persons.
        return {"no-view-of-persons"} | (set() if world["reason"] in VIEW_REASONS else {"view-without-reason"})
    if world["reason"] not in VIEW_REASONS:
        return {"view-without-reason"} | (set() if world["staff"] == "reviewer" else {"role-not-entitled"})
    return set() if world["staff"] == "reviewer" else {"role-not-entitled"}


def _inspect(world: World) -> set[str]:
    """Art. 33: the supervisor inspects whoever furnishes or asks."""
    return set() if world["staff"] == "regulator" else {"role-not-entitled"}


def _sample(world: World) -> set[str]:
    """Law Art. 58: the committee oversees; what it draws is masked."""
    return set() if world["staff"] == "committee" else {"role-not-entitled"}


def _view_person(world: World) -> set[str]:
    """A file with its name on it: for the committee alone, and only with a reason to unmask."""
    if world["staff"] == "regulator":
        return {"no-view-of-persons"} | (set() if world["reason"] in UNMASKING_REASONS else {"view-without-reason"})
    found = set() if world["staff"] == "committee" else {"role-not-entitled"}
    return found if world["reason"] in UNMASKING_REASONS else found | {"view-without-reason"}


_OPINIONS = {
    "inquire": _inquire, "order": _order, "furnish": _furnish, "correct": _correct, "recordConsent": _record_consent,
    "seeOwnFile": _own, "giveConsent": _own, "confirmConsent": _own, "withdrawConsent": _own, "viewCase": _view_case,
    "inspectFurnisher": _inspect, "sampleMasked": _sample, "viewPerson": _view_person,
}  # fmt: skip
