"""Ask for an erasure, or decide one: the policies are asked with what the file holds, then the order is written and done.

Promises: a no is a refusal with its articles and changes nothing; a person is told of each item why it stays and until when.
"""

from openbureau.core.credit_file import decode_file
from openbureau.core.decision.entitlement import may_erase, may_erase_own
from openbureau.core.decision.retention import Kept, has_running, has_term, kept_items
from openbureau.core.outcome import Refusal
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.erase import Erased, erase
from openbureau.jobs.erasure.order import ordered_by_person, ordered_by_staff
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.subject.chain import held
from openbureau.law.workdays import civil_day


def retention_clock(bureau: Bureau, subject_id: str) -> tuple[Kept, ...]:
    """Every item of a file that still serves or must be kept, with its last day."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    with bureau.store.connection("api") as connection:
        found = held(connection, subject_id, now)
    file = decode_file(found.file, subject_id=subject_id, kind=found.kind, as_of=now, synthetic=found.synthetic)
    return kept_items(file, retention_years=rulebook.typed.adverse_years.number, today=rulebook.day)


def ask_erasure(bureau: Bureau, subject_id: str) -> Erased | Refusal:
    """A person asks for their file to be erased: done at once, or why not."""
    items = retention_clock(bureau, subject_id)
    rulebook = bureau.rulebook(civil_day(bureau.clock()))
    leave = may_erase_own(
        bureau.policies, rulebook, is_own=True, has_running=has_running(items), has_term=has_term(items)
    )
    if isinstance(leave, Refusal):
        return leave
    return erase(bureau, ordered_by_person(bureau, subject_id, policy=leave.policy))


def decide_erasure(bureau: Bureau, subject_id: str, staff: Staff, *, reason: str) -> Erased | Refusal:
    """Staff decide an erasure for a reason that the rules name."""
    rulebook = bureau.rulebook(civil_day(bureau.clock()))
    leave = may_erase(bureau.policies, rulebook, role=staff.role.value, reason=reason)
    if isinstance(leave, Refusal):
        return leave
    return erase(bureau, ordered_by_staff(bureau, subject_id, staff, reason=reason, policy=leave.policy))
