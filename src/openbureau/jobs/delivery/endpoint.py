"""Where does a member want to be told, and what is on its way there?

An address stands here only after it has said itself that it wants to hear from us (`web/deliver.py` asks it).
"""

from openbureau.jobs.context import Bureau
from openbureau.store.standing import delivery as store
from openbureau.store.standing.batch import as_member
from openbureau.store.standing.delivery import DeliveryRow, Webhook

__all__ = [
    "DeliveryRow", "NoDelivery", "Webhook", "deliveries", "end_webhook", "replay", "set_webhook", "webhook_of",
]  # fmt: skip

LIST_MOST = 100


class NoDelivery(LookupError):
    """There is no such event in this member's feed."""


def set_webhook(bureau: Bureau, member_id: str, url: str, allowed_rate: int | None) -> Webhook:
    """From now on this member's events set out for an address; what is waiting goes there too."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        store.set_webhook(connection, member_id, url, allowed_rate=allowed_rate, now=bureau.clock())
        held = store.find_webhook(connection, member_id)
    if held is None:
        raise AssertionError("an address was kept and is not there")
    return held


def webhook_of(bureau: Bureau, member_id: str) -> Webhook | None:
    """Where a member is told, or was."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return store.find_webhook(connection, member_id)


def end_webhook(bureau: Bureau, member_id: str) -> bool:
    """Nothing sets out any more; the feed goes on.  False where there was no address."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return store.end_webhook(connection, member_id, reason="removed", now=bureau.clock())


def deliveries(
    bureau: Bureau, member_id: str, *, before: int | None = None, state: str | None = None
) -> list[DeliveryRow]:
    """What is and was on its way to a member, newest first, before a place, in one state or in all."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return store.deliveries_of(connection, member_id, before=before, state=state, one=None, most=LIST_MOST)


def replay(bureau: Bureau, member_id: str, event_id: str) -> DeliveryRow:
    """Let an event set out again with all its attempts, whatever became of it; `NoDelivery` where there is none."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        if not store.replay_delivery(connection, member_id, event_id, bureau.clock()):
            raise NoDelivery("no event of this id is in the feed")
        (row,) = store.deliveries_of(connection, member_id, before=None, state=None, one=event_id, most=1)
        return row
