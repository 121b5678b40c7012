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
  needed, notice unless it would hinder them), Art. 44 (the person restricts, save where a law provides otherwise), Art. 47
  (deleted when the purpose is achieved, the consent withdrawn, the handling unlawful; kept only while a term of the law
  runs), Art. 49 (the deceased), Art. 58 (the committee oversees).
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
  eraseOwnFile: own, running (an account is open), term (something adverse is kept whose time is not over).
  eraseFile: staff, reason
  viewCase, inspectFurnisher, sampleMasked, viewPerson: staff (role), reason (empty where none is given)
"""

from collections.abc import Callable
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
ERASURE_REASONS = ("unlawful", "never-theirs", "purpose-achieved", "court-order")
"""Art. 47 of the law: handled against law or agreement, purpose achieved or beyond reach, and what a court decides."""
COVERED_BY_REPORT = ("report", "score", "attributes", "question", "changes")

ORDER = (
    "member-not-active", "purpose-not-in-contract", "product-not-for-purpose", "recipient-not-entitled",
    "record-not-own", "document-missing", "document-not-for-body", "document-expired", "deferral-not-lawful",
    "no-consent", "purpose-not-covered", "guarantor-not-consented", "product-not-covered", "consent-withdrawn",
    "consent-expired", "consent-used", "consent-outdated", "consent-not-confirmed", "no-running-account", "no-file-held",
    "identity-ambiguous", "identity-not-confirmed", "subject-deceased", "subject-minor", "file-frozen", "not-own-file",
    "erasure-account-running", "erasure-term-running", "no-view-of-persons", "view-without-reason", "erasure-without-reason",
)  # fmt: skip
NOBODY_SAID_YES = "role-not-entitled"
"""Where nothing stands against an act and yet no law or contract gives it to this role."""


def opinion(world: World) -> tuple[str, ...]:
    """The reasons against the act in their order; empty where it may be done.

    What is held of a person is looked at last, and only where nothing else stands against the act: whoever lacks the
    ground learns nothing from the refusal, not even that somebody is on file.
    """
    against, is_entitled, of_person = _RULES[world["act"]]
    reasons = against(world)
    if not reasons:
        reasons = of_person(world) if is_entitled(world) else {NOBODY_SAID_YES}
    return tuple(reason for reason in (NOBODY_SAID_YES, *ORDER) if reason in reasons)


def grounds(world: World) -> frozenset[str]:
    """By what right an act that may be done is done: the names of the permits."""
    act, member = world["act"], world.get("member", {})
    if act == "inquire":
        special = {"post-loan": "post-loan", "guarantor-check": "guarantor-check", "employment": "employment"}
        return frozenset({f"{special.get(world['purpose'], 'inquiry')}-under-consent"})
    if act == "order":
        return frozenset({"court-order" if world["purpose"] == "judicial" else "official-order"})
    if act == "recordConsent":
        by_recipient = {"consent-by-recipient"} if world["own"] and member["roles"] & {"lender", "employer"} else set()
        return frozenset(by_recipient | ({"consent-by-collector"} if "collector" in member["roles"] else set()))
    return frozenset({_GROUNDS[act]})


_GROUNDS = {
    "furnish": "furnishing-under-contract", "correct": "correction-by-furnisher", "seeOwnFile": "own-file",
    "giveConsent": "own-consent", "confirmConsent": "own-consent", "withdrawConsent": "own-consent",
    "viewCase": "case-review", "viewPerson": "committee-unmasking", "inspectFurnisher": "supervision",
    "sampleMasked": "committee-sample", "eraseOwnFile": "erasure-by-request", "eraseFile": "erasure-by-decision",
}  # fmt: skip


def _against_inquiry(world: World) -> set[str]:
    """Art. 18: consent and purpose."""
    reasons = _contract(world)
    purpose, product = world["purpose"], world["product"]
    if purpose == "employment" and product not in EMPLOYMENT_PRODUCTS:
        reasons.add("product-not-for-purpose")
    if product == "alert" and purpose != "post-loan":
        reasons.add("product-not-for-purpose")  # Watching somebody belongs to a running contract.
    consent = best_consent(world)
    return reasons | ({"no-consent"} if consent is None else _of_consent(consent, world))


def _may_inquire(world: World) -> bool:
    """A lender for its business, an employer for hiring; an organ asks by its document, never as a lender does."""
    purpose = world["purpose"]
    if purpose in {"judicial", "official"}:
        return False
    return ("employer" if purpose == "employment" else "lender") in world["member"]["roles"]


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


def _against_order(world: World) -> set[str]:
    """Art. 18, second sentence; law Art. 34 and 35: competence, procedure, no more than needed, notice."""
    return _contract(world) | _of_document(world)


def _may_order(world: World) -> bool:
    """Law Art. 34: each organ within its own competence."""
    roles, purpose = world["member"]["roles"], world["purpose"]
    return (purpose == "judicial" and "court" in roles) or (purpose == "official" and "authority" in roles)


def _sought(world: World) -> set[str]:
    """Whom the document names.  A freeze, a death or a young age bind lenders: law Art. 44 leaves room for other laws."""
    if world["found"] == "none":
        return {"no-file-held"}
    if world["found"] == "many":
        return {"identity-ambiguous"}
    return set() if world["name_agrees"] else {"identity-not-confirmed"}


def _of_document(world: World) -> set[str]:
    document, deferral, today = world["document"], world["deferral"], world["today"]
    found = set()
    if deferral is not None and not (
        deferral["statute"].strip() and today < deferral["until"] <= today + DEFERRAL_DAYS
    ):
        found.add("deferral-not-lawful")
    if document is None or not all(document[name].strip() for name in ("statute", "number", "issued_by", "officer")):
        return found | {"document-missing"}
    if document["kind"] not in {"judicial": COURT_KINDS, "official": AUTHORITY_KINDS}.get(world["purpose"], ()):
        found.add("document-not-for-body")
    if not document["from"] <= today <= min(document["until"], document["from"] + ORDER_DAYS):
        found.add("document-expired")
    return found


def _is_furnisher(world: World) -> bool:
    return "furnisher" in world["member"]["roles"]


def _against_correction(world: World) -> set[str]:
    """Art. 25: whoever furnished corrects; nobody corrects another's record."""
    return _standing(world) | (set() if world["own"] else {"record-not-own"})


def _against_recording(world: World) -> set[str]:
    """Art. 18 and 19; law Art. 23: the recipient is named, and has the purpose agreed with us (Network Data, Art. 12)."""
    recipient = world["recipient"]
    is_entitled = _in_force(recipient, world["today"]) and world["purpose"] in recipient["purposes"]
    return _standing(world) | (set() if is_entitled else {"recipient-not-entitled"})


def _may_record(world: World) -> bool:
    """Whoever will ask may take the consent to itself; a collector takes it for others."""
    roles = world["member"]["roles"]
    return "collector" in roles or (world["own"] and bool(roles & {"lender", "employer"}))


def _against_stranger(world: World) -> set[str]:
    """Art. 17; law Art. 14, 15 and 45: rights of the person alone."""
    return set() if world["own"] else {"not-own-file"}


def _against_wish(world: World) -> set[str]:
    """Law Art. 47 and Regulation Art. 16: not while it serves, nor while a term of the law runs; nobody wishes for another."""
    if not world["own"]:
        return {"not-own-file"}
    found = {"erasure-account-running"} if world["running"] else set()
    return found | ({"erasure-term-running"} if world["term"] else set())


def _against_decision(world: World) -> set[str]:
    """Law Art. 47: the cases in which what is held is deleted, and no others."""
    return set() if world["reason"] in ERASURE_REASONS else {"erasure-without-reason"}


def _against_look(world: World, *, reasons: tuple[str, ...], shut_out: set[str]) -> set[str]:
    """Art. 22: for a purpose that is written down.  Network Data, Art. 51: inspectors look at institutions, not persons."""
    found = set() if world["reason"] in reasons else {"view-without-reason"}
    return found | ({"no-view-of-persons"} if world["staff"] in shut_out else set())


def _against_review(world: World) -> set[str]:
    return _against_look(world, reasons=VIEW_REASONS, shut_out={"regulator", "committee"})


def _against_unmasking(world: World) -> set[str]:
    return _against_look(world, reasons=UNMASKING_REASONS, shut_out={"regulator"})


def _nothing(_world: World) -> set[str]:
    return set()


def _anybody(_world: World) -> bool:
    return True


def _staff(role: str) -> Callable[[World], bool]:
    return lambda world: bool(world["staff"] == role)


_OWN = (_against_stranger, _anybody, _nothing)
_RULES: dict[str, tuple[Callable[[World], set[str]], Callable[[World], bool], Callable[[World], set[str]]]] = {
    "inquire": (_against_inquiry, _may_inquire, _of_person),
    "order": (_against_order, _may_order, _sought),
    "furnish": (_standing, _is_furnisher, _nothing),
    "correct": (_against_correction, _is_furnisher, _nothing),
    "recordConsent": (_against_recording, _may_record, _nothing),
    "seeOwnFile": _OWN, "giveConsent": _OWN, "confirmConsent": _OWN, "withdrawConsent": _OWN,
    "eraseOwnFile": (_against_wish, _anybody, _nothing),
    "eraseFile": (_against_decision, _staff("reviewer"), _nothing),
    "viewCase": (_against_review, _staff("reviewer"), _nothing),
    "viewPerson": (_against_unmasking, _staff("committee"), _nothing),
    "inspectFurnisher": (_nothing, _staff("regulator"), _nothing),
    "sampleMasked": (_nothing, _staff("committee"), _nothing),
}  # fmt: skip
"""Of each act: what stands against it, whose it is by law, and what about the person bears on it."""
