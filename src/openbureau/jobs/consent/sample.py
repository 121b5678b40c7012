"""Ask lenders for the written originals of consents they sent as paper, and compare.

A draw is a pure function of its seed, a span of time and the consents in it: anybody who holds these can repeat it.  Promises:
what is drawn is asked for once a draw; the first document that comes counts; one that is missing on its due day, or is not the
one whose hash was signed, is a finding and stands against the lender; documents are sealed under the person's key.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openbureau.core.member import Member
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import BEIJING, NoCalendar, china_calendar, civil_day, deadline
from openbureau.store.consent import (
    KeptDraw,
    PaperConsent,
    Sample,
    add_draw,
    add_sample,
    all_draws,
    all_samples,
    answer_sample,
    paper_consents,
    samples_of,
)
from openbureau.store.sealing import seal

MOST_DOCUMENT = 4 << 20
OPERATOR = "operator"
"""Who drew from the terminal, where nobody is named."""
_SHORTEST_SEED, _LONGEST_SEED = 8, 200


class DrawRefused(ValueError):
    """This draw cannot be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw came to: how many stood in the span, and what was asked for now."""

    seed: str
    of: int
    asked: int
    due_on: date
    consents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How one lender stands in all draws."""

    member_id: str
    asked: int
    open: int
    originals: int
    late: int
    differing: int
    missing: int

    @property
    def findings(self) -> int:
        """Missing and differing originals."""
        return self.differing + self.missing


def order_of(seed: str, consent_id: str) -> bytes:
    """Where a consent stands in a draw: SHA-256 of a fixed line, the seed, a line feed and the consent's id."""
    return hashlib.sha256(f"openbureau consent draw\n{seed}\n{consent_id}".encode()).digest()


def chosen(consents: Iterable[PaperConsent], seed: str, count: int) -> list[PaperConsent]:
    """The first `count` consents of each member in the order of the draw."""
    found: dict[str, list[PaperConsent]] = {}
    for consent in sorted(consents, key=lambda one: order_of(seed, one.consent_id)):
        held = found.setdefault(consent.member_id, [])
        if len(held) < count:
            held.append(consent)
    return [consent for member_id in sorted(found) for consent in found[member_id]]


def draw(bureau: Bureau, *, seed: str, count: int, first: date, last: date, by: str = OPERATOR) -> Drawn:
    """Draw up to `count` originals of each member from the consents recorded in a span of days, and ask for them.

    The draw is kept with everything that repeats it, and with who made it.  `DrawRefused` for a seed that is guessed too
    easily, a count below one, or a span that is none.
    """
    if not _SHORTEST_SEED <= len(seed) <= _LONGEST_SEED or "\n" in seed:
        raise DrawRefused(
            f"a seed is one line of {_SHORTEST_SEED} to {_LONGEST_SEED} characters, fixed before anybody could know it"
        )
    if count < 1 or last < first:
        raise DrawRefused("a draw asks for one or more originals, from a first day to a last that is not before it")
    now = bureau.clock()
    due_on = _due(bureau, civil_day(now))
    with bureau.store.connection("auditor") as connection, connection.transaction():
        held = paper_consents(connection, _begin(first), _begin(last + timedelta(days=1)))
        picked = chosen(held, seed, count)
        made = [
            add_sample(connection, one, new_id(now, bureau.random), seed=seed, at=now, due_on=due_on) for one in picked
        ]
        kept = KeptDraw(new_id(now, bureau.random), seed, count, first, last, len(held), sum(made), now, by)
        add_draw(connection, kept)
    return Drawn(seed, len(held), sum(made), due_on, tuple(one.consent_id for one in picked))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _due(bureau: Bureau, today: date) -> date:
    term = bureau.rulebook(today).typed.consent_sample_days
    try:
        return deadline(today, value=term.number, unit=term.unit, calendar=china_calendar())
    except NoCalendar as trouble:
        raise DrawRefused(str(trouble)) from None


def state_of(sample: Sample, today: date) -> str:
    """`open`, `missing`, `original`, `late` (an original after its due day) or `differs`."""
    if sample.is_original is None or sample.answered_at is None:
        return "open" if today <= sample.due_on else "missing"
    if not sample.is_original:
        return "differs"
    return "original" if civil_day(sample.answered_at) <= sample.due_on else "late"


def own_samples(bureau: Bureau, member: Member) -> list[tuple[Sample, str]]:
    """What a member was asked for, with the state of each, newest first."""
    today = civil_day(bureau.clock())
    with bureau.store.connection("api") as connection:
        return [(one.sample, state_of(one.sample, today)) for one in samples_of(connection, member.member_id)]


def answer(bureau: Bureau, member: Member, sample_id: str, document: bytes) -> str:
    """Take the document for a sample, sealed under the person's key; the sample's state.

    `ConsentRefused` where this member was not asked, has answered before, or sends nothing.
    """
    now = bureau.clock()
    if not document:
        raise ConsentRefused("the document is empty", code="no-document")
    with bureau.store.connection("api") as connection:
        asked = {one.sample.sample_id: one for one in samples_of(connection, member.member_id)}
        found = asked.get(sample_id)
        if found is None:
            raise ConsentRefused("this member was not asked for such an original", code="no-such-sample")
        digest = hashlib.sha256(document).digest()
        key = bureau.data_key(found.wrapped_key, f"subject/{found.subject_id}")
        sealed = seal(key, document, place=f"consent-sample/{sample_id}", random=bureau.random)
        is_original = digest == found.sample.document_hash
        if not answer_sample(connection, found, is_original=is_original, document_hash=digest, sealed=sealed, at=now):
            raise ConsentRefused("a document was sent for this before; the first one counts", code="sample-answered")
    is_late = civil_day(now) > found.sample.due_on
    return "differs" if not is_original else "late" if is_late else "original"


def samples(bureau: Bureau) -> list[tuple[Sample, str]]:
    """Every original that was asked for, with its state, newest first: for committee and staff."""
    today = civil_day(bureau.clock())
    with bureau.store.connection("auditor") as connection:
        return [(one, state_of(one, today)) for one in all_samples(connection)]


def draws(bureau: Bureau) -> list[KeptDraw]:
    """Every draw with what repeats it and who made it, newest first."""
    with bureau.store.connection("auditor") as connection:
        return all_draws(connection)


def counts(found: Iterable[tuple[Sample, str]]) -> list[Count]:
    """The same, member by member."""
    by: dict[str, list[str]] = {}
    for sample, state in found:
        by.setdefault(sample.member_id, []).append(state)
    return [
        Count(
            member_id, len(states), *(states.count(word) for word in ("open", "original", "late", "differs", "missing"))
        )
        for member_id, states in sorted(by.items())
    ]
