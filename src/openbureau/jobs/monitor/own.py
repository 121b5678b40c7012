"""Who watches what?  A lender's own monitors and alerts; and for a person, who watches their file."""

from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.inquiry.recording import replay
from openbureau.store.standing import monitor as store
from openbureau.store.standing.batch import as_member, told_before
from openbureau.store.standing.monitor import MonitorRow, OwnMonitor

__all__ = [
    "LIST_MOST", "AlertErased", "MonitorRow", "NoMonitor", "OwnMonitor", "alert_of", "monitors_on", "one_monitor",
    "own_monitors",
]  # fmt: skip

LIST_MOST = 100


class NoMonitor(LookupError):
    """There is no such monitor or alert of this member."""


class AlertErased(LookupError):
    """The alert was told, and its content has been erased since."""


def own_monitors(bureau: Bureau, member_id: str, before: str | None = None) -> list[MonitorRow]:
    """The monitors of a member, newest first, before one of them."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return store.monitors_of(connection, member_id, one=None, before=before, most=LIST_MOST)


def one_monitor(bureau: Bureau, member_id: str, monitor_id: str) -> MonitorRow:
    """A monitor of this member; `NoMonitor` where there is none."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        rows = store.monitors_of(connection, member_id, one=monitor_id, before=None, most=1)
    if not rows:
        raise NoMonitor("this member watches no file under this id")
    return rows[0]


def alert_of(bureau: Bureau, member_id: str, alert_id: str) -> Answered | Refused:
    """The content of an alert as it was recorded, with its receipt; `NoMonitor`, or `AlertErased` after an erasure."""
    with bureau.store.connection("api") as connection:
        with as_member(connection, member_id):
            subject_id = store.alert_place(connection, member_id, alert_id)
        if subject_id is None:
            raise NoMonitor("this member was told nothing under this id")
        found = told_before(connection, member_id, [(subject_id, alert_id)]).get(0)
    if found is None or (found.key_kind == "person" and found.wrapped_key is None):
        raise AlertErased("the content has been erased")
    return replay(bureau, found)


def monitors_on(bureau: Bureau, subject_id: str) -> list[OwnMonitor]:
    """Who watches a person's file, and who did, newest first."""
    with bureau.store.connection("api") as connection:
        return store.own_monitors(connection, subject_id)
