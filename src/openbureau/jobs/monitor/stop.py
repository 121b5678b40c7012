"""End the watching of a file.

A lender may stop at any time; a refusal ends it too.  The lender's feed says that it ended, and whether by its own wish or by a
refusal; why is told where the monitor is.
"""

from datetime import datetime

from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.jobs.monitor.own import NoMonitor
from openbureau.store.database import Connection
from openbureau.store.standing import monitor as store
from openbureau.store.standing.batch import as_member
from openbureau.store.standing.delivery import add_feed_event
from openbureau.store.standing.monitor import MonitorRecord, ToldBefore

STOPPED = "stopped"


def end_within(
    bureau: Bureau,
    connection: Connection,
    held: MonitorRecord,
    *,
    reason: str,
    leaf: bytes | None,
    why: str,
    at: datetime,
) -> None:
    """End a monitor and tell its lender, within the caller's transaction; `ToldBefore` where it had ended."""
    store.end_monitor(
        connection, held.subject_id, held.monitor_id, member_id=held.member_id, reason=reason, leaf=leaf, at=at
    )
    add_feed_event(
        connection, held.member_id, new_id(at, bureau.random), kind="monitor-ended", about=held.monitor_id,
        reference=held.reference, at=at, reason=why,
    )  # fmt: skip


def stop_monitor(bureau: Bureau, member_id: str, monitor_id: str) -> None:
    """A lender is told no more, by its own wish; one that has ended stays as it is.  `NoMonitor` where it has none."""
    with bureau.store.connection("api") as connection:
        try:
            with as_member(connection, member_id):
                held = store.find_monitor(connection, member_id, monitor_id)
                if held is None:
                    raise NoMonitor("this member watches no file under this id")
                end_within(bureau, connection, held, reason=STOPPED, leaf=None, why=STOPPED, at=bureau.clock())
        except ToldBefore:
            return
