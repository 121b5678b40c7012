"""Tell lenders what changed in the files they watch.

Looked at are files that were touched: by a furnished record or a correction (noted in that transaction), by an inquiry of
others, a link, or the end of a consent (noted by a sweep).  Each alert is a disclosure of its own: decided anew, recorded in
log and diary, charged, and only then in the lender's feed, all in one transaction.  Promises: a state is told once, also when a
process is killed or two look at once; a refusal ends the watching and is recorded; without a permit no file is decoded.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from openbureau.core import permit
from openbureau.core.credit_file import decode_file
from openbureau.core.monitor.triggers import Fired, Watch
from openbureau.core.outcome import Permit, Refusal
from openbureau.core.products import Options, Product
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.answer import LANES, is_shown, permit_facts
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.inquiry.recording import Asked, Beside, record_answer, record_refusal
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.log.quorum import is_without_quorum
from openbureau.jobs.monitor.look import look, open_marks, seal_marks
from openbureau.jobs.monitor.stop import end_within
from openbureau.jobs.subject.chain import ChainBusy
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.inquiry import Facts, facts
from openbureau.store.standing import monitor as store
from openbureau.store.standing.batch import AWAY, as_member
from openbureau.store.standing.delivery import add_feed_event
from openbureau.store.standing.monitor import ActiveMonitor, MonitorRecord, ToldBefore

TRIES = 200


class Sweeper:
    """Remembers when watched files were last swept."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def is_due(self, now: datetime, seconds: int) -> bool:
        """Is it time again?  Asked once, it counts as done."""
        if self._last is not None and (now - self._last).total_seconds() < seconds:
            return False
        self._last = now
        return True


def evaluate(
    bureau: Bureau,
    *,
    sweeper: Sweeper | None = None,
    stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[Exception], None] = lambda _: None,
) -> int:
    """Look at every watched file that was touched; how many alerts were made."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    made = 0
    with bureau.store.connection("api") as connection:
        if is_without_quorum(bureau, connection, now):
            return 0
    with bureau.store.connection("courier") as courier:
        if (sweeper or Sweeper()).is_due(now, rulebook.typed.monitor_sweep_seconds.number):
            store.sweep(courier, today=rulebook.day)
        while not stopped():
            with courier.transaction():
                subject_id = store.claim_touched(courier)
                if subject_id is None:
                    break
                try:
                    made += sum(_tell_all(bureau, one) for one in store.active_monitors(courier, subject_id))
                except AWAY:
                    raise
                except Exception as trouble:  # noqa: BLE001  (no other file must wait for this one; it is looked at again)
                    tell(trouble)
                    store.postpone_touched(courier, subject_id)
    return made


def _tell_all(bureau: Bureau, one: ActiveMonitor) -> int:
    """Alert after alert of one monitor, each on facts that were read for it; how many."""
    if one.held.member_id not in bureau.members:
        return 0
    made = 0
    with bureau.store.connection("api") as connection:
        for _ in range(TRIES):
            told = _tell_next(bureau, connection, one)
            if told is None:
                return made
            made += told
    raise ChainBusy("the chain kept moving; the file is looked at again")


def _tell_next(bureau: Bureau, connection: Connection, one: ActiveMonitor) -> int | None:
    """Record the next alert (1), or find that something moved (0); None when there is nothing more to tell."""
    held = one.held
    asked = _asked(bureau, held)
    refusal = permit.may_ask(
        bureau.policies, asked.rulebook, asked.member, purpose=held.purpose, product=Product.ALERT.value
    )
    if refusal is not None:
        return _end(bureau, connection, asked, refusal, found=None, held=held)
    found = facts(
        connection, held.member_id, id_kind=held.id_kind, id_blind=held.id_blind, name_blind=held.name_blind,
        bill_month=asked.bill_month, lane=asked.lane, now=asked.at,
    )  # fmt: skip
    match permit.decide(bureau.policies, asked.rulebook, permit_facts(asked, found)):
        case Refusal() as refusal:
            return _end(bureau, connection, asked, refusal, found=found if is_shown(found) else None, held=held)
        case Permit() as permitted:
            if found is None:
                raise AssertionError("a permit without a subject")
            return _tell(bureau, connection, asked, permitted, found=found, one=one)


def _asked(bureau: Bureau, held: MonitorRecord) -> Asked:
    """The inquiry that an alert is."""
    now = bureau.clock()
    request = InquiryRequest(
        token="", idempotency_key="", body=b"", id_kind=held.id_kind, id_number="", name="", purpose=held.purpose,
        product=Product.ALERT.value, actor_user=held.actor_user, options=Options(watch=Watch(held.triggers, held.reference)),
    )  # fmt: skip
    return _named(
        Asked(
            request, bureau.members[held.member_id], now, bureau.rulebook(civil_day(now)), bureau.random(1)[0] % LANES
        ),
        held.monitor_id,
        f"end·{now.isoformat()}",
    )


def _named(asked: Asked, monitor_id: str, what: str) -> Asked:
    """Under a key of its own, which no inquiry of a lender can have: those are ASCII."""
    body = json.dumps({"monitor_id": monitor_id, "what": what}, sort_keys=True).encode()
    key = f"monitor·{monitor_id}·{what}"
    return replace(asked, request=replace(asked.request, idempotency_key=key, body=body))


def _tell(
    bureau: Bureau, connection: Connection, asked: Asked, permitted: Permit, *, found: Facts, one: ActiveMonitor
) -> int | None:
    """What the change fires and was not told yet: the first of it is told now; with nothing left the marks are moved."""
    held = one.held
    file = decode_file(
        found.file, subject_id=found.subject_id, kind=found.kind, as_of=asked.at, synthetic=found.synthetic
    )
    key = bureau.data_key(one.wrapped_key, f"monitor_state/{held.monitor_id}")
    before = open_marks(key, held.monitor_id, one.marks_sealed)
    marks, fired = look(bureau, asked.rulebook, file, before=before, member_id=held.member_id)
    states = [(state, _state_key(bureau, held, state)) for state in fired if state.trigger in held.triggers]
    with as_member(connection, held.member_id):
        told = store.told_alerts(connection, held, [key for _, key in states])
    fresh = [(state, key) for state, key in states if (state.trigger, key) not in told]
    if fresh:
        return _tell_one(bureau, connection, asked, permitted, found=found, news=(held, *fresh[0]))
    with as_member(connection, held.member_id):
        sealed = seal_marks(bureau, key, held.monitor_id, marks)
        store.save_marks(connection, held, permitted.consent_id, key=one.wrapped_key, sealed=sealed, at=asked.at)
    return None


def _state_key(bureau: Bureau, held: MonitorRecord, state: Fired) -> bytes:
    return bureau.own_key("alert", held.monitor_id, f"{state.trigger}/{state.key}")


def _tell_one(
    bureau: Bureau, connection: Connection, asked: Asked, permitted: Permit, *, found: Facts,
    news: tuple[MonitorRecord, Fired, bytes],
) -> int:  # fmt: skip
    """One alert: the record of the disclosure, that it was told, and its place in the lender's feed."""
    held, state, key = news

    def beside(done: Beside) -> None:
        with as_member(done.connection, held.member_id):
            store.add_alert(done.connection, held, done.inquiry_id, trigger=state.trigger, state_key=key, at=asked.at)
            add_feed_event(
                done.connection, held.member_id, done.inquiry_id, kind="alert", about=held.monitor_id,
                reference=held.reference, at=asked.at, trigger=state.trigger,
            )  # fmt: skip

    named = _named(asked, held.monitor_id, f"{state.trigger}·{key.hex()}")
    options = Options(watch=Watch(held.triggers, held.reference, state))
    named = replace(named, request=replace(named.request, options=options), beside=beside)
    try:
        return int(isinstance(record_answer(bureau, connection, named, permitted, found=found), Answered))
    except ToldBefore:
        return 0


def _end(
    bureau: Bureau, connection: Connection, asked: Asked, refusal: Refusal, *, found: Facts | None, held: MonitorRecord
) -> int | None:
    """The refusal is recorded, and with it the end of the watching."""

    def beside(done: Beside) -> None:
        with as_member(done.connection, held.member_id):
            end_within(
                bureau, done.connection, held, reason=refusal.code.value, leaf=done.leaf_hash, why="refused", at=asked.at
            )  # fmt: skip

    try:
        recorded = record_refusal(bureau, connection, replace(asked, beside=beside), refusal, found=found)
    except ToldBefore:
        return None
    return 0 if recorded is None else None
