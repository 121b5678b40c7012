"""The feed and the way of its events: places without gap, attempts apart, nothing lost and nothing of anybody else."""

import base64
import threading
from datetime import timedelta

import psycopg
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.jobs.delivery import outbox
from openbureau.jobs.delivery.endpoint import NoDelivery, deliveries, end_webhook, replay, set_webhook, webhook_of
from openbureau.jobs.delivery.feed import cloud_event, event_bytes, feed, public_key, sign_delivery
from openbureau.jobs.delivery.outbox import Handed, due_now, settle
from openbureau.jobs.ids import new_id
from openbureau.store.standing.delivery import add_feed_event
from world import NOW

ALPHA, BETA = "bank-alpha", "bank-beta"
ABOUT = "018f0000-0000-7000-8000-000000000001"


@pytest.fixture
def world(shared_world):
    """A world in which nobody was told anything yet."""
    shared_world.clock.at = NOW
    with psycopg.connect(shared_world.url) as connection:
        connection.execute("alter table bureau.feed_event disable trigger append_only")
        connection.execute("truncate bureau.delivery, bureau.webhook, bureau.feed_event, bureau.feed_head")
        connection.execute("alter table bureau.feed_event enable trigger append_only")
    return shared_world


def tell(world, member=ALPHA, reference="loan-7", connection=None):
    event_id = new_id(world.clock(), world.bureau.random)
    words = {"kind": "alert", "about": ABOUT, "reference": reference, "at": world.clock(), "trigger": "new-account"}
    if connection is not None:
        add_feed_event(connection, member, event_id, **words)
        return event_id
    with world.bureau.store.connection("api") as mine, mine.transaction():
        add_feed_event(mine, member, event_id, **words)
    return event_id


def listening(world, member=ALPHA, rate=None):
    return set_webhook(world.bureau, member, "https://hooks.example/here", rate)


def test_places_have_no_gap_and_are_the_members_own(world):
    """1, 2, 3 for each member, and none of another's."""
    told = [tell(world) for _ in range(3)]
    other = tell(world, BETA)
    assert [(one.position, one.event_id) for one in feed(world.bureau, ALPHA, 0)] == list(enumerate(told, 1))
    assert [one.event_id for one in feed(world.bureau, ALPHA, 2)] == told[2:]
    assert [one.event_id for one in feed(world.bureau, BETA, 0)] == [other]


def test_a_reader_misses_nothing_that_is_told_at_the_same_time(world):
    """Who comes later waits for the earlier place to be seen or undone: no event appears behind a reader."""
    with world.bureau.store.connection("api") as slow:
        with slow.transaction():
            first = tell(world, connection=slow)
            second = []
            quick = threading.Thread(target=lambda: second.append(tell(world)))
            quick.start()
            quick.join(0.3)
            assert quick.is_alive()
            assert feed(world.bureau, ALPHA, 0) == []
        quick.join(10)
    assert [one.event_id for one in feed(world.bureau, ALPHA, 0)] == [first, *second]


def test_what_is_undone_leaves_no_gap(world):
    """A transaction that fails gives its place back."""
    with world.bureau.store.connection("api") as one, one.transaction():
        tell(world, connection=one)
        raise psycopg.Rollback
    tell(world)
    assert [one.position for one in feed(world.bureau, ALPHA, 0)] == [1]


def test_an_event_is_a_cloud_event_and_names_nobody(world):
    """The attributes that CloudEvents 1.0 requires, and what the lender needs to fetch the content."""
    event_id = tell(world)
    (event,) = feed(world.bureau, ALPHA, 0)
    told = cloud_event(world.bureau, event)
    assert (told["specversion"], told["id"], told["source"]) == ("1.0", event_id, "//test.openbureau.example")
    assert told["type"] == "org.openbureau.alert"
    assert told["data"] == {
        "position": 1, "monitor_id": ABOUT, "reference": "loan-7", "content": f"/v1/alerts/{event_id}",
        "alert_id": event_id, "trigger": "new-account",
    }  # fmt: skip


def test_a_delivery_is_signed_under_the_published_key(world):
    """As Standard Webhooks has it: id, timestamp and body; another body or time does not verify."""
    tell(world)
    (event,) = feed(world.bureau, ALPHA, 0)
    body = event_bytes(world.bureau, event)
    headers = sign_delivery(world.bureau, event.event_id, body, at=world.clock())
    kind, _, signature = headers["webhook-signature"].partition(",")
    assert kind == "v1a"
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key(world.bureau).removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key.verify(base64.b64decode(signature), signed)
    assert headers["webhook-timestamp"] == str(int(world.clock().timestamp()))
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature), signed + b" ")


def test_without_an_address_nothing_sets_out(world):
    """The feed has it all the same; what is told once there is one sets out."""
    tell(world)
    assert due_now(world.bureau, 8) == []
    listening(world)
    event_id = tell(world)
    assert [due.event.event_id for due in due_now(world.bureau, 8)] == [event_id]
    end_webhook(world.bureau, ALPHA)
    tell(world)
    assert len(deliveries(world.bureau, ALPHA)) == 1
    assert len(feed(world.bureau, ALPHA, 0)) == 3


def test_what_is_held_by_one_is_not_given_to_another(world):
    """Under a lease, which runs out where its holder was killed; then it is handed over again, and the late word is ignored."""
    listening(world)
    tell(world)
    (held,) = due_now(world.bureau, 8)
    assert due_now(world.bureau, 8) == []
    world.clock.forward(seconds=outbox.LEASE_SECONDS)
    (again,) = due_now(world.bureau, 8)
    assert again.event == held.event
    settle(world.bureau, held, Handed(is_taken=False, trouble="late"))
    settle(world.bureau, again, Handed(is_taken=True, answer=200))
    (row,) = deliveries(world.bureau, ALPHA)
    assert (row.state, row.answer, row.tries) == ("delivered", 200, 1)


def test_members_are_told_side_by_side_each_of_one_thing_at_a_time(world):
    """In the order of the feed."""
    for member in (ALPHA, BETA):
        listening(world, member)
    first, _ = tell(world), tell(world)
    other = tell(world, BETA)
    assert {due.event.event_id for due in due_now(world.bureau, 8)} == {first, other}
    assert due_now(world.bureau, 8) == []


def test_an_address_is_told_no_faster_than_it_allows(world):
    """One a minute means one a minute."""
    listening(world, rate=1)
    tell(world)
    tell(world)
    (one,) = due_now(world.bureau, 8)
    settle(world.bureau, one, Handed(is_taken=True, answer=204))
    assert due_now(world.bureau, 8) == []
    world.clock.forward(seconds=60)
    assert len(due_now(world.bureau, 8)) == 1


def test_attempts_are_further_and_further_apart_and_come_to_an_end(world):
    """Doubled each time, between a half and the whole of it; after the last it is dead and stays so."""
    listening(world)
    tell(world)
    pauses = []
    for _ in range(12):
        (due,) = due_now(world.bureau, 8)
        made = settle(world.bureau, due, Handed(is_taken=False, answer=500, trouble="not-taken"))
        pauses.append((made.due_at - world.clock()).total_seconds())
        assert due_now(world.bureau, 8) == []
        world.clock.at = max(made.due_at, world.clock.at)
    for place, pause in enumerate(pauses[:-1]):
        whole = min(30 * 2**place, 21_600)
        assert whole / 2 <= pause <= whole
    assert made.state == "dead"
    world.clock.forward(days=30)
    assert due_now(world.bureau, 8) == []
    assert [(row.state, row.tries) for row in deliveries(world.bureau, ALPHA, state="dead")] == [("dead", 12)]


def test_a_pause_has_chance_in_it(world):
    """Two that failed together do not come back together."""
    listening(world)
    listening(world, BETA)
    tell(world)
    tell(world, BETA)
    failed = Handed(is_taken=False, trouble="too-slow")
    assert len({settle(world.bureau, due, failed).due_at for due in due_now(world.bureau, 8)}) == 2


def test_an_address_that_asks_to_be_left_alone_is(world):
    """For as long as it asks, within our own longest pause."""
    listening(world)
    tell(world)
    (due,) = due_now(world.bureau, 8)
    made = settle(world.bureau, due, Handed(is_taken=False, answer=1, wait_seconds=900))
    assert made.due_at == world.clock() + timedelta(seconds=900)
    world.clock.at = made.due_at
    (due,) = due_now(world.bureau, 8)
    made = settle(world.bureau, due, Handed(is_taken=False, answer=1, wait_seconds=10**8))
    assert made.due_at == world.clock() + timedelta(seconds=21_600)


def test_an_address_that_is_gone_is_asked_no_more(world):
    """The delivery is dead and the address has ended; the feed goes on."""
    listening(world)
    tell(world)
    tell(world)
    (due,) = due_now(world.bureau, 8)
    assert settle(world.bureau, due, Handed(is_taken=False, answer=1, is_gone=True)).state == "dead"
    held = webhook_of(world.bureau, ALPHA)
    assert (held.ended_at, held.end_reason) == (world.clock(), "gone")
    assert due_now(world.bureau, 8) == []
    listening(world)
    assert len(due_now(world.bureau, 8)) == 1


def test_what_is_dead_or_was_never_sent_can_set_out_again(world):
    """With all its attempts; nobody else's does."""
    event_id = tell(world)
    listening(world)
    assert replay(world.bureau, ALPHA, event_id).state == "waiting"
    (due,) = due_now(world.bureau, 8)
    settle(world.bureau, due, Handed(is_taken=True, answer=1))
    assert replay(world.bureau, ALPHA, event_id).tries == 0
    assert [one.event for one in due_now(world.bureau, 8)] == [due.event]
    with pytest.raises(NoDelivery):
        replay(world.bureau, BETA, event_id)


def test_feed_addresses_and_deliveries_are_seen_by_their_member_alone(world):
    """Row-level security, and an event is never changed."""
    listening(world)
    event_id = tell(world)
    assert webhook_of(world.bureau, BETA) is None
    assert deliveries(world.bureau, BETA) == []
    assert not end_webhook(world.bureau, BETA)
    with world.bureau.store.connection("api") as connection:
        for table in ("feed_event", "webhook", "delivery"):
            assert connection.execute(f"select count(*) from bureau.{table}").fetchone()[0] == 0
    with psycopg.connect(world.url) as connection, pytest.raises(psycopg.errors.DatabaseError, match="append-only"):
        connection.execute("delete from bureau.feed_event where event_id = %s", [event_id])
