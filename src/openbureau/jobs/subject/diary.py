"""Show a person everything that happened to their file: who asked, why, with which outcome, and the leaf of each.

The diary is the person's whole chain, in order, opened, and the chains of whoever is linked to them: their proof that nothing
was left out.
"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.core.decision.order import is_put_off
from openbureau.core.leaf import EventKind
from openbureau.core.member import Member
from openbureau.core.refusal import TITLES, RefusalCode
from openbureau.core.staff import STAFF_NAMES, staff_role
from openbureau.jobs.context import Bureau
from openbureau.jobs.subject.chain import held
from openbureau.law.rules import Citation
from openbureau.law.workdays import civil_day
from openbureau.store.identity import linked_subjects
from openbureau.store.subject import StoredEvent, own_events

_CONSENTS = {EventKind.CONSENT_GIVEN.value, EventKind.CONSENT_WITHDRAWN.value}


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One event as the person reads it."""

    at: datetime
    kind: str
    actor: str
    actor_zh: str
    actor_en: str
    purpose: str
    seq: int
    price: str
    refusal: RefusalCode | None
    citations: tuple[Citation, ...]
    leaf_hash: str
    leaf_index: int | None
    lender: Member | None = None
    """For a consent or its withdrawal: to whom it was given."""
    product: str = "-"
    """For an inquiry: what was asked for."""


def diary(bureau: Bureau, subject_id: str) -> list[DiaryEntry]:
    """The events of a signed-in person and of those linked to them, newest first.

    A look-up whose notice was lawfully put off is shown from the day on that it names; until then the later events of its
    chain count on without a gap, which would tell of it.
    """
    now = bureau.clock()
    entries: list[DiaryEntry] = []
    with bureau.store.connection("api") as connection:
        for one in linked_subjects(connection, subject_id):
            key = bureau.data_key(held(connection, one, now).wrapped_key, f"subject/{one}")
            opened = ((event, _fields(bureau, event, key)) for event in own_events(connection, one))
            shown = [(event, told) for event, told in opened if not is_put_off(told["notice"], civil_day(now))]
            entries += reversed(
                [_entry(bureau, event, told, seq=at) for at, (event, told) in enumerate(shown, start=1)]
            )
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _fields(bureau: Bureau, event: StoredEvent, key: bytes) -> dict[str, str]:
    fields, _ = bureau.open_event(event.sealed, event.leaf_hash, key if event.key_kind == "person" else None)
    return dict(fields)


def _entry(bureau: Bureau, event: StoredEvent, told: dict[str, str], *, seq: int) -> DiaryEntry:
    member = bureau.members.get(told["actor"])
    code, citations = _refusal(bureau, told["policy"], event.at)
    name_zh, name_en = _name(member, told)
    return DiaryEntry(
        at=event.at,
        kind=told["kind"],
        actor=told["actor"],
        actor_zh=name_zh,
        actor_en=name_en,
        purpose=told["purpose"],
        seq=seq,
        price=told["price"],
        refusal=code,
        citations=citations,
        leaf_hash=event.leaf_hash.hex(),
        leaf_index=event.leaf_index,
        product=told["product"],
        lender=bureau.members.get(told["inputs"].partition(";")[0]) if told["kind"] in _CONSENTS else None,
    )


def _name(member: Member | None, told: dict[str, str]) -> tuple[str, str]:
    """A member by its name, staff by role and account, anybody else as the event says."""
    if member is not None:
        return member.name_zh, member.name_en
    role = staff_role(told["actor"])
    if role is None:
        return told["actor"], told["actor"]
    name_zh, name_en = STAFF_NAMES[role]
    return f"{name_zh}（{told['actor_user']}）", f"{name_en} ({told['actor_user']})"


def _refusal(bureau: Bureau, policy: str, at: datetime) -> tuple[RefusalCode | None, tuple[Citation, ...]]:
    """The refusal's code and articles, as the law stood on that day."""
    _, _, rest = policy.partition(";")
    kind, _, names = rest.partition(";")
    if kind != "refusal" or names.split(",")[0] not in TITLES:
        return None, ()
    ids = names.split(",")
    rules = [rule for name in ids for rule in bureau.policies.text.cites.get(name, ())]
    return RefusalCode(ids[0]), bureau.rulebook(civil_day(at)).cite(*dict.fromkeys(rules))
