"""What do the pages of consents need to know?  Rows that templates only have to write down; pure but for what is given."""

from collections.abc import Sequence
from typing import Any

from openbureau.core.member import Role
from openbureau.core.monitor.triggers import TRIGGERS
from openbureau.core.products import MONITORING
from openbureau.core.purpose import PURPOSES
from openbureau.jobs.consent.confirm import Asked
from openbureau.jobs.consent.withdraw import Consequences, HeldConsent
from openbureau.jobs.context import Bureau
from openbureau.jobs.monitor.own import OwnMonitor
from openbureau.law.workdays import civil_day
from openbureau.web.api.consents import consent_state
from openbureau.web.pages.language import Formats
from openbureau.web.pages.signed import N_
from openbureau.web.pages.views import member_name, purpose_name

STATES = {"in-force": N_("In force"), "withdrawn": N_("Withdrawn"), "expired": N_("Expired")}
CHANNELS = {
    "web": N_("given here"),
    "lender-online": N_("asked for on line, confirmed by you"),
    "paper": N_("sent as signed on paper"),
}
ASKED = {"declined": N_("You said no"), "lapsed": N_("Not answered in time"), "confirmed": N_("You agreed")}


def consents_view(
    bureau: Bureau, held: Sequence[tuple[HeldConsent, Consequences]], asked: Sequence[Asked], write: Formats
) -> dict[str, Any]:
    """The consents of a person, what lenders ask, and what they may agree to."""
    now = civil_day(bureau.clock())
    rows = [_row(bureau, one, found, write=write) for one, found in held]
    requests = [asked_row(bureau, one, write) for one in asked]
    most = bureau.rulebook(now).typed.consent_months_most.number
    return {
        "pending": [row for row in requests if row["state"] == "pending"],
        "answered": [row for row in requests if row["state"] in {"declined", "lapsed"}],
        "in_force": [row for row in rows if row["state"] == "in-force"],
        "past": [row for row in rows if row["state"] != "in-force"],
        "lenders": _lenders(bureau, write),
        "months": [number for number in (1, 3, 6, 12, 24, 36) if number <= most],
    }


def _row(bureau: Bureau, one: HeldConsent, found: Consequences, *, write: Formats) -> dict[str, Any]:
    state = consent_state(one, civil_day(bureau.clock()))
    return {
        "consent_id": one.consent_id,
        "who": member_name(bureau, one.member_id, write),
        "purpose": purpose_name(one.purpose, write),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "is_one_time": one.is_one_time,
        "is_monitored": MONITORING in one.products,
        "channel": CHANNELS.get(one.channel, one.channel),
        "is_paper": one.channel == "paper",
        "sender": member_name(bureau, one.collector, write)
        if one.collector not in {"subject", one.member_id}
        else None,
        "has_artefact": one.notice_version != "notice-1",
        "given_at": one.given_at,
        "ended_on": civil_day(one.ended_at) if one.ended_at else one.ends_on,
        "state": state,
        "state_words": STATES[state],
        "stops": found,
    }


def asked_row(bureau: Bureau, asked: Asked, write: Formats) -> dict[str, Any]:
    """What a lender asks, in words."""
    consent = asked.artefact.consent
    return {
        "consent_id": consent.consent_id,
        "who": member_name(bureau, consent.consumer.member_id, write),
        "sender": member_name(bureau, consent.collector.id, write)
        if consent.collector.id != consent.consumer.member_id
        else None,
        "purpose": purpose_name(consent.purpose.code, write),
        "starts_on": consent.starts_on,
        "ends_on": consent.ends_on,
        "is_one_time": consent.fetch == "one-time",
        "is_monitored": MONITORING in consent.products,
        "asked_at": asked.asked_at,
        "until": asked.expires_at,
        "state": asked.state,
        "state_words": ASKED.get(asked.state, asked.state),
    }


def _lenders(bureau: Bureau, write: Formats) -> list[dict[str, Any]]:
    """Every active lender with the purposes of its contract: only what can be agreed to is offered."""
    return [
        {
            "member_id": member.member_id,
            "name": member_name(bureau, member.member_id, write),
            "choices": [
                {"value": f"{member.member_id}|{purpose}", "words": purpose_name(purpose, write)}
                for purpose in PURPOSES
                if purpose in member.purposes
            ],
        }
        for member in bureau.members.values()
        if Role.LENDER in member.roles and member.is_active
    ]


def monitors_view(bureau: Bureau, rows: Sequence[OwnMonitor], write: Formats) -> list[dict[str, Any]]:
    """Who is told of changes in a file, and who was: of what, since and until when, how often it was told."""
    return [
        {
            "who": member_name(bureau, row.member_id, write),
            "purpose": purpose_name(row.purpose, write),
            "triggers": [
                write.pick((TRIGGERS[code].zh, TRIGGERS[code].en)) for code in row.triggers if code in TRIGGERS
            ],
            "since": row.started_at,
            "until": row.ended_at,
            "alerts": row.alerts,
        }
        for row in rows
    ]
