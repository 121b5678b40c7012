"""Begin to watch a person's file for a lender.

It is an inquiry like any other, of the product `alert`: decided by the same page, refused with its article, recorded in the
log and in the person's diary.  Promises: the watching is begun in the transaction of its record, or not at all; nothing of the
file is told by it; what was there before is no change.
"""

from openbureau.core.subject import normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Outcome, Pace, at_any_pace
from openbureau.jobs.inquiry.recording import Beside
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.monitor.look import look, seal_marks
from openbureau.store.standing.batch import as_member
from openbureau.store.standing.monitor import MonitorRecord, add_monitor, save_marks


def start_monitor(request: InquiryRequest, bureau: Bureau, pace: Pace = at_any_pace) -> Outcome:
    """Answer or refuse the wish to watch a file; the id of the answer is that of the monitor."""
    return answer_inquiry(request, bureau, pace, beside=lambda done: _begin(bureau, done))


def _begin(bureau: Bureau, done: Beside) -> None:
    """Where it was permitted: keep who is told of what, and from where change is measured."""
    asked, watch = done.asked, done.asked.request.options.watch
    if done.key is None or done.held is None or done.subject_id is None or watch is None:
        return
    request, member_id = asked.request, asked.member.member_id
    number = normalize_id(request.id_kind, request.id_number) or ""
    held = MonitorRecord(
        subject_id=done.subject_id,
        monitor_id=done.inquiry_id,
        member_id=member_id,
        purpose=request.purpose,
        triggers=watch.triggers,
        reference=watch.reference,
        actor_user=request.actor_user,
        id_kind=request.id_kind,
        id_blind=bureau.id_blind(request.id_kind, number),
        name_blind=bureau.name_blind(number, normalize_name(request.name)),
    )
    marks, _ = look(bureau, asked.rulebook, done.held, before=None, member_id=member_id)
    key, wrapped = bureau.new_data_key(f"monitor_state/{held.monitor_id}")
    sealed = seal_marks(bureau, key, held.monitor_id, marks)
    with as_member(done.connection, member_id):
        add_monitor(done.connection, held, leaf=done.leaf_hash, at=asked.at)
        save_marks(done.connection, held, done.consent_id, key=wrapped, sealed=sealed, at=asked.at)
