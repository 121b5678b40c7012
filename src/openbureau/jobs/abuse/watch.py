"""Watch how members ask, and open a case where conduct needs an explanation.

Reads inquiries of each lender under the auditor's role: no name, no number, no file.  Promises: a case is an event of the
log; what is asked already opens no second case; a user is slowed down only by a finding that is sure enough, never a whole
member, and the slow-down lapses by itself unless the case is confirmed.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from openbureau.core.abuse import AbuseFinding, bounds_of, find_abuse
from openbureau.core.member import Member, Role
from openbureau.jobs.abuse.events import case_leaf
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import civil_day
from openbureau.store.abuse import NewAbuseCase, inquiry_facts, open_abuse_case
from openbureau.store.database import Connection

WATCH_SECONDS = 300.0
"""How often `serve` looks."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run saw and did."""

    members: int
    inquiries: int
    findings: int
    opened: tuple[str, ...]
    """Ids of the cases that are new."""


def watch_conduct(bureau: Bureau) -> Watched:
    """Look at the last weeks of every lender once."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    lenders = [member for member in bureau.members.values() if Role.LENDER in member.roles]
    inquiries = findings = 0
    opened: list[str] = []
    with bureau.store.connection("auditor") as connection:
        for member in lenders:
            seen, found = _look(connection, member, rulebook, now=now)
            made = [_open(bureau, connection, (member.member_id, one), now=now) for one in found]
            inquiries, findings = inquiries + seen, findings + len(found)
            opened += [case_id for case_id in made if case_id is not None]
    return Watched(len(lenders), inquiries, findings, tuple(opened))


def _look(
    connection: Connection, member: Member, rulebook: Rulebook, *, now: datetime
) -> tuple[int, tuple[AbuseFinding, ...]]:
    bounds = bounds_of(rulebook)
    span = (now - bounds.lookback, now)
    facts = list(inquiry_facts(connection, member.member_id, span, follow_days=bounds.follow_days))
    return len(facts), find_abuse(facts, bounds, now=now, sees_accounts=Role.FURNISHER in member.roles)


def _open(bureau: Bureau, connection: Connection, found: tuple[str, AbuseFinding], *, now: datetime) -> str | None:
    """The id of the new case, None where it is asked already."""
    member_id, finding = found
    rulebook = bureau.rulebook(civil_day(now))
    days = rulebook.rule("house.abuse.slowdown_days").number
    case_id = new_id(now, bureau.random)
    made = NewAbuseCase(
        case_id=case_id,
        member_id=member_id,
        user=finding.user,
        rule=finding.rule.value,
        at=now,
        figures=json.dumps(dict(finding.figures), sort_keys=True),
        evidence=finding.evidence,
        law_digest=bureau.law.digest,
        since=now - timedelta(days=bounds_of(rulebook).window_days),
        divisor=rulebook.rule("house.abuse.slowdown_divisor").number if finding.slows else None,
        until=now + timedelta(days=days) if finding.slows else None,
    )
    words = json.dumps([member_id, finding.user, made.rule, made.figures, finding.evidence]).encode()
    digest = hashlib.sha256(words).hexdigest()
    leaf = case_leaf(bureau, "opened", case_id=case_id, digest=digest, actor="bureau", at=now)
    return case_id if open_abuse_case(connection, made, leaf) else None
