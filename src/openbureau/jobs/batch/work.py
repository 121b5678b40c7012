"""Work what waits in batches: every line through the page that answers any inquiry, with nothing left out.

Workers, in as many threads and processes as there are, take some lines at a time.  Promises: each line has its own decision,
leaf, charge and key; a worker that is killed doubles nothing, because what it had answered is found under the lines' keys; no
outcome of a line can be fetched before it is durable; a line over the quota of the day is a problem of its own, and nothing is
read for it; a line that meets a fault of ours is told so and stops no other.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec

from openbureau.jobs.abuse.paces import DayQuota
from openbureau.jobs.batch.receive import Line, open_lines
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.answer import answer_for
from openbureau.jobs.inquiry.outcome import Answered, HeldBack, KeyConflict, NoQuorum, NotSignedIn, Refused, TooBusy
from openbureau.jobs.log.quorum import is_without_quorum
from openbureau.store.database import Connection
from openbureau.store.sealing import seal
from openbureau.store.standing import batch as store
from openbureau.store.standing.batch import AWAY, ClaimedChunk, deferred
from openbureau.store.standing.delivery import add_feed_event

TRIES = 3
Around = tuple[Callable[[Exception], None], DayQuota]
"""Who is told of a fault of ours, and whether the day leaves room for a line."""


class Result(msgspec.Struct, frozen=True, array_like=True):
    """What became of a line: under which inquiry its outcome is recorded, or what the problem is."""

    number: int
    key: str | None
    inquiry_id: str | None = None
    subject_id: str | None = None
    problem: dict[str, Any] | None = None


_encode = msgspec.json.Encoder().encode


def work_batches(
    bureau: Bureau,
    batch_id: str | None = None,
    *,
    workers: int = 1,
    stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[Exception], None] = lambda _: None,
) -> int:
    """Work one batch, or all that wait, until no line is free; how many lines were worked here."""
    with bureau.store.connection("courier") as connection:
        store.remove_batches(connection, bureau.clock())
        if not store.is_any_open(connection):
            return 0
    with ThreadPoolExecutor(workers, thread_name_prefix="batch") as threads:
        quota = DayQuota(bureau)
        begun = [threads.submit(_work, bureau, batch_id, stopped=stopped, around=(tell, quota)) for _ in range(workers)]
    worked = sum(one.result() for one in begun)
    with bureau.store.connection("courier") as connection:
        end_batches(bureau, connection)
    return worked


def end_batches(bureau: Bureau, connection: Connection) -> None:
    """Note which batches have ended, and tell their senders."""
    now = bureau.clock()
    with connection.transaction():
        for batch_id, member_id, key in sorted(store.end_batches(connection, now), key=lambda ended: ended[1]):
            event_id = new_id(now, bureau.random)
            add_feed_event(connection, member_id, event_id, kind="batch-ended", about=batch_id, reference=key, at=now)


def _work(bureau: Bureau, batch_id: str | None, *, stopped: Callable[[], bool], around: Around) -> int:
    """One worker: chunk after chunk, each settled with its results."""
    worked = 0
    with bureau.store.connection("courier") as courier, bureau.store.connection("api") as api, deferred(api):
        while not stopped() and not is_without_quorum(bureau, api, bureau.clock()):
            with courier.transaction():
                claimed = store.claim_chunk(courier, batch_id)
                if claimed is None:
                    return worked
                worked += _work_chunk(bureau, (courier, api), claimed, around)
    return worked


def _work_chunk(
    bureau: Bureau, connections: tuple[Connection, Connection], claimed: ClaimedChunk, around: Around
) -> int:
    """Answer the lines of a chunk, then settle it: this commit waits for the disk, and so makes the answers durable."""
    courier, api = connections
    key = bureau.data_key(claimed.wrapped_key, f"batch/{claimed.batch_id}")
    counts = {"answered": 0, "refused": 0, "problems": 0}
    results = []
    for line in open_lines(key, claimed.batch_id, claimed.chunk_no, sealed=claimed.sealed):
        result, kind = _work_line(bureau, api, claimed, line, around=around)
        results.append(result)
        counts[kind] += 1
    place = f"batch-result/{claimed.batch_id}/{claimed.chunk_no}"
    sealed = seal(key, _encode(results), place=place, random=bureau.random)
    store.settle_chunk(courier, claimed, list(counts.values()), sealed=sealed, now=bureau.clock())
    return len(results)


def _work_line(
    bureau: Bureau, api: Connection, claimed: ClaimedChunk, line: Line, *, around: Around
) -> tuple[Result, str]:
    """The result of a line and how it counts."""
    if line.asked is None:
        return Result(line.number, line.key, problem=line.problem), "problems"
    (tell, quota), code = around, "batch-expired"
    more: dict[str, Any] = {}
    if claimed.member_id not in bureau.members:
        code = "member-not-active"
    elif bureau.clock() < claimed.work_until:
        try:
            for _ in range(TRIES):
                outcome = answer_for(
                    bureau, api, line.asked, member_id=claimed.member_id, pace=partial(quota.take, api)
                )
                match outcome:
                    case Answered():
                        return Result(line.number, line.key, outcome.inquiry_id, outcome.subject_id), "answered"
                    case Refused():
                        return Result(line.number, line.key, outcome.inquiry_id, outcome.subject_id), "refused"
                    case KeyConflict():
                        code = "idempotency-key-reused"
                        break
                    case TooBusy():
                        code = "too-busy"
                    case NoQuorum():
                        code = "no-quorum"
                        break
                    case NotSignedIn():
                        code = "not-signed-in"
                    case HeldBack() as held:
                        code, more = "quota-reached", {"limit": held.limit, "per_day": held.most}
                        break
        except AWAY:
            raise
        except Exception as trouble:  # noqa: BLE001  (our fault, told of this line alone; the others go on)
            tell(trouble)
            code = "fault"
    return Result(line.number, line.key, problem={"code": code, "told": more}), "problems"
