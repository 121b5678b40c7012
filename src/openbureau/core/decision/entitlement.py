"""May this be done at all?  Every act but an inquiry: furnish, correct, take a consent down, see one's own, look at a case.

Each function gives the leave for a yes, which names the policies that gave it, and the refusal for a no.
What it rests on is the same policy set as for inquiries.
"""

from openbureau.core.decision.policy import Answer, Entity, Policies, days, refusal_of
from openbureau.core.member import Member
from openbureau.core.outcome import Leave, Refusal
from openbureau.core.permit import CLEAR, FileFlags, file_entity
from openbureau.law.rules import Rulebook

SEE_OWN, GIVE, CONFIRM, WITHDRAW = "seeOwnFile", "giveConsent", "confirmConsent", "withdrawConsent"
ERASE_OWN, ERASE = "eraseOwnFile", "eraseFile"
VIEW_CASE, VIEW_PERSON, SAMPLE = "viewCase", "viewPerson", "sampleMasked"
_PERSON = Entity("Person", "subject")
_INSTITUTION = Entity("Institution", "furnisher")


def may_furnish(policies: Policies, rulebook: Rulebook, member: Member) -> Leave | Refusal:
    """May this member furnish at all?"""
    answer = policies.ask(member, "furnish", file_entity(CLEAR), context=_today(rulebook))
    return _told(policies, rulebook, answer)


def may_correct(policies: Policies, rulebook: Rulebook, member: Member, *, is_own: bool) -> Leave | Refusal:
    """May this member correct a record?  `is_own`: it furnished the record itself."""
    record = Entity("Record", "own" if is_own else "other", (("isOwn", is_own),))
    return _told(policies, rulebook, policies.ask(member, "correctRecord", record, context=_today(rulebook)))


def may_record_consent(
    policies: Policies, rulebook: Rulebook, member: Member, *, recipient: Member, purpose: str
) -> Leave | Refusal:
    """May this member take a person's consent down, for this recipient and purpose?"""
    is_entitled = (
        recipient.is_active
        and recipient.contract_from <= rulebook.day <= recipient.contract_until
        and purpose in recipient.purposes
    )
    context = (
        *_today(rulebook),
        ("isRecipient", member.member_id == recipient.member_id),
        ("isRecipientEntitled", is_entitled),
    )
    return _told(policies, rulebook, policies.ask(member, "recordConsent", file_entity(CLEAR), context=context))


def may_of_person(policies: Policies, rulebook: Rulebook, action: str, *, is_own: bool) -> Leave | Refusal:
    """May the signed-in person do this with a file: see it, give, confirm or withdraw a consent?"""
    about = file_entity(FileFlags(is_own=is_own))
    return _told(policies, rulebook, policies.ask(_PERSON, action, about, context=_today(rulebook)))


def may_erase_own(
    policies: Policies, rulebook: Rulebook, *, is_own: bool, has_running: bool, has_term: bool
) -> Leave | Refusal:
    """May the signed-in person have a file erased?  `has_running`: an account is open; `has_term`: a lawful term runs."""
    context = (*_today(rulebook), ("hasRunning", has_running), ("hasTerm", has_term))
    about = file_entity(FileFlags(is_own=is_own))
    return _told(policies, rulebook, policies.ask(_PERSON, ERASE_OWN, about, context=context))


def may_erase(policies: Policies, rulebook: Rulebook, *, role: str, reason: str) -> Leave | Refusal:
    """May staff of this role decide an erasure, for this reason?"""
    context = (*_today(rulebook), ("reason", reason))
    return _told(policies, rulebook, policies.ask(_staff(role), ERASE, file_entity(CLEAR), context=context))


def may_view(policies: Policies, rulebook: Rulebook, action: str, *, role: str, reason: str) -> Leave | Refusal:
    """May staff of this role look: at a case, at a person by name, or at a masked sample?"""
    context = (*_today(rulebook), ("reason", reason))
    return _told(policies, rulebook, policies.ask(_staff(role), action, file_entity(CLEAR), context=context))


def may_inspect(policies: Policies, rulebook: Rulebook, *, role: str) -> Leave | Refusal:
    """May staff of this role inspect an institution: its files, findings and figures, and no person?"""
    context = (*_today(rulebook), ("reason", ""))
    return _told(policies, rulebook, policies.ask(_staff(role), "inspectFurnisher", _INSTITUTION, context=context))


def _staff(role: str) -> Entity:
    return Entity("Staff", role, (("role", role),))


def _today(rulebook: Rulebook) -> tuple[tuple[str, int], ...]:
    return (("today", days(rulebook.day)),)


def _told(policies: Policies, rulebook: Rulebook, answer: Answer) -> Leave | Refusal:
    return Leave(policies.digest, answer.rule_ids) if answer.is_yes else refusal_of(policies, rulebook, answer)
