"""What is a lender told afterwards, in which form?

Each event stands in its member's feed at a place of its own, and is a CloudEvent (1.0, JSON) wherever it is read: in the feed
and at the member's address.  Promises: an event names no person and holds no fact of a file; its content is fetched, by the
member and signed in, under the same id.
"""

import base64
from datetime import datetime
from typing import Any

import msgspec

from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.contents import response_key
from openbureau.store.standing import delivery as store
from openbureau.store.standing.batch import as_member
from openbureau.store.standing.delivery import FeedEvent

PAGE_EVENTS = 200
TYPES = {
    "alert": "org.openbureau.alert",
    "monitor-ended": "org.openbureau.monitor.ended",
    "batch-ended": "org.openbureau.batch.ended",
}
_PLACES = {
    "alert": "/v1/alerts/{event}",
    "monitor-ended": "/v1/monitors/{about}",
    "batch-ended": "/v1/batches/{about}",
}


def feed(bureau: Bureau, member_id: str, after: int, most: int = PAGE_EVENTS) -> list[FeedEvent]:
    """Events of a member's feed after a place, in order; a place that was given is never given to a later event."""
    with bureau.store.connection("api") as connection, as_member(connection, member_id):
        return store.feed_after(connection, member_id, after, most)


def cloud_event(bureau: Bureau, event: FeedEvent) -> dict[str, Any]:
    """The event in the JSON form of CloudEvents 1.0."""
    content = _PLACES[event.kind].format(event=event.event_id, about=event.about)
    about = {"batch-ended": "batch_id"}.get(event.kind, "monitor_id")
    data = {"position": event.position, about: event.about, "reference": event.reference, "content": content}
    if event.kind == "alert":
        data |= {"alert_id": event.event_id, "trigger": event.trigger}
    if event.reason is not None:
        data |= {"reason": event.reason}
    return {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"//{bureau.act.origin}",
        "type": TYPES[event.kind],
        "subject": event.about,
        "time": event.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        "data": data,
    }


def event_bytes(bureau: Bureau, event: FeedEvent) -> bytes:
    """The event as it is handed over: the same bytes at every attempt."""
    return msgspec.json.encode(cloud_event(bureau, event), order="sorted")


def sign_delivery(bureau: Bureau, event_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks: id, timestamp, and an Ed25519 signature (`v1a`) under the response key."""
    timestamp = str(int(at.timestamp()))
    signature = response_key(bureau).sign(f"{event_id}.{timestamp}.".encode() + body)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1a,{base64.b64encode(signature).decode()}",
    }


def public_key(bureau: Bureau) -> str:
    """The key under which deliveries are signed, in the spelling of Standard Webhooks."""
    return "whpk_" + base64.b64encode(response_key(bureau).public_key().public_bytes_raw()).decode()
