"""May an answer that was given before be delivered again, bit for bit?

Only where all that it could show may still be shown: the file as it stood at each moment that the answer tells of is looked at
twice, as it was shown then and as it may be shown today.  Where the two differ (an adverse entry whose time is over, a record
deleted since, a link undone since) the answer is not delivered, and the refusal says why (decision 0024).
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from openbureau.core.answer.outdated import outdated
from openbureau.core.credit_file import CreditFile, decode_file, visible
from openbureau.core.outcome import Refusal
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import open_outcome
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.past.answers import PastAnswer, file_known, file_shown
from openbureau.store.sealing import unseal


@dataclass(frozen=True, slots=True)
class Made:
    """An answer, and what its price and record need to know.  `free_rule` names the rule by which it costs nothing."""

    answer: bytes
    is_no_hit: bool
    free_rule: str | None = None


class _Head(msgspec.Struct):
    outcome: str
    known_as_of: datetime


class _Told(msgspec.Struct):
    header: _Head
    since: datetime | None = None


def retell(
    bureau: Bureau, connection: Connection, past: PastAnswer, held: CreditFile, *, rulebook: Rulebook
) -> Made | Refusal:
    """The bytes as they were delivered, free of charge; a refusal where some of it may not be shown today."""
    key = bureau.data_key(past.wrapped_key, f"subject/{past.subject_id}")
    answer, _, _ = open_outcome(unseal(key, past.sealed, place=f"inquiry/{past.inquiry_id}"))
    told = msgspec.json.decode(answer, type=_Told)
    for moment in _moments(past, told):
        then = file_shown(connection, past.subject_id, moment, shown_at=past.asked_at)
        now = file_known(connection, past.subject_id, moment)
        shown_by = bureau.rulebook(civil_day(past.asked_at))
        if _seen(then, held, shown_by) != _seen(now, held, rulebook):
            return outdated(rulebook, bureau.policies.digest)
    return Made(answer, is_no_hit=told.header.outcome == "no-hit", free_rule=rulebook.typed.replay_free.id)


def _moments(past: PastAnswer, told: _Told) -> list[datetime]:
    """Every moment that the answer tells of: its own (or the one that was asked for), and an earlier look."""
    known_at = told.header.known_as_of if ";as-of=" in past.product else past.asked_at
    return [known_at] if told.since is None else [told.since, known_at]


def _seen(text: bytes, held: CreditFile, rulebook: Rulebook) -> tuple[object, ...]:
    """What of a file may be seen under the rules of a day, as far as the law may take it back."""
    found = visible(
        decode_file(text, subject_id=held.subject_id, kind=held.kind, as_of=held.as_of, synthetic=held.synthetic),
        retention_years=rulebook.typed.adverse_years.number,
        today=rulebook.day,
    )
    return found.tradelines, found.further
