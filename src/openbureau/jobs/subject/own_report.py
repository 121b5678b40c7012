"""Show a person their own report, free of charge (Regulation Art. 17, PIPL Art. 45), and log that it was shown.

It has all that is held: also use of platforms and business activity, which no lender's report has.
"""

import json
from typing import Any

from openbureau.core.answer.own import Activity, decode_activity, visible_activity
from openbureau.core.credit_file import decode_file
from openbureau.core.decision.entitlement import SEE_OWN
from openbureau.core.leaf import Event, EventKind
from openbureau.core.pricing import FREE
from openbureau.core.report import Header
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.contents import hash_hex, identity_of, make_report, seen_today
from openbureau.jobs.leave import leave_of_person
from openbureau.jobs.subject.chain import add_event
from openbureau.law.workdays import civil_day
from openbureau.store.sealing import unseal
from openbureau.store.subject import OwnFacts, own_activity


def own_report(bureau: Bureau, subject_id: str) -> dict[str, Any]:
    """The report of a signed-in person: nothing masked, the self-access logged before it is shown."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    policy = leave_of_person(bureau, SEE_OWN)
    report_id = new_id(now, bureau.random)
    shown: list[bytes] = []

    def event(found: OwnFacts, activity: Activity) -> Event:
        key = bureau.data_key(found.wrapped_key, f"subject/{subject_id}")
        held = decode_file(found.file, subject_id=subject_id, kind=found.kind, as_of=now, synthetic=found.synthetic)
        identity = identity_of(unseal(key, found.identity_sealed, place=f"identity/{subject_id}"))
        header = Header(
            report_id, now, "subject", "own-report", "report", thin_months=rulebook.typed.thin_file_months.number
        )
        seen = seen_today(bureau, held, rulebook)
        report = make_report(
            bureau, seen, header=header, identity=identity, rulebook=rulebook, months=None, activity=activity
        )
        shown[:] = [report]
        return Event(
            kind=EventKind.SELF_ACCESS,
            at=now,
            actor="subject",
            purpose="own-report",
            product="report",
            regime=bureau.settings.regime,
            basis="right",
            policy=policy,
            response=hash_hex(report),
            price=FREE,
        )

    with bureau.store.connection("api") as connection:
        activity = visible_activity(
            decode_activity(own_activity(connection, subject_id)),
            retention_years=rulebook.typed.adverse_years.number,
            today=rulebook.day,
        )
        add_event(bureau, connection, subject_id, event=lambda found: event(found, activity))
    report: dict[str, Any] = json.loads(shown[0])
    return report
