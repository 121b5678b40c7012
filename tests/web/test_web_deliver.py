"""Events on their way to a real address on this machine, and addresses that are not spoken to."""

import base64
import ipaddress
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from openbureau.jobs.delivery.endpoint import set_webhook
from openbureau.jobs.ids import new_id
from openbureau.store.standing.delivery import add_feed_event
from openbureau.web import outward
from openbureau.web.deliver import deliver_due
from openbureau.web.outward import AddressRefused, checked, is_public
from web.receiver import Receiver, receiving
from web.visitor import Client
from world import World

ALPHA = "bank-alpha"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A lender's own address."""
    with receiving() as held:
        yield held


def head(world: World, member: str = ALPHA) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.tokens[member]}"}


def put(client: Client, world: World, url: str) -> Any:
    return client.put("/v1/members/me/webhook", json={"url": url}, headers=head(world))


def tell(world: World) -> str:
    event_id = new_id(world.clock(), world.bureau.random)
    with world.bureau.store.connection("api") as connection, connection.transaction():
        add_feed_event(
            connection, ALPHA, event_id, kind="alert", about=str(uuid.uuid4()), reference="loan-7", at=world.clock(),
            trigger="new-account",
        )  # fmt: skip
    return event_id


def delivery(client: Client, world: World, event_id: str) -> dict[str, Any]:
    rows = client.get("/v1/deliveries", headers=head(world)).json()["deliveries"]
    return next(row for row in rows if row["delivery_id"] == event_id)


def test_an_address_is_asked_before_it_is_told(client: Client, shared_world: World, receiver: Receiver) -> None:
    """OPTIONS with our origin; only a yes makes it the member's address."""
    receiver.rate = "120"
    reply = put(client, shared_world, receiver.url)
    assert reply.status_code == 200
    assert reply.json()["allowed_rate"] == 120
    ((asked, headers, _),) = receiver.came
    assert asked == "OPTIONS /hooks"
    assert headers["webhook-request-origin"] == "test.openbureau.example"
    assert client.get("/v1/members/me/webhook", headers=head(shared_world)).json()["url"] == receiver.url
    assert client.get("/v1/members/me/webhook", headers=head(shared_world, "bank-beta")).status_code == 404
    assert client.delete("/v1/members/me/webhook", headers=head(shared_world)).json()["end_reason"] == "removed"
    assert client.delete("/v1/members/me/webhook", headers=head(shared_world)).status_code == 404


@pytest.mark.parametrize(("allows", "status"), [(None, 200), ("other.example", 200), ("*", 404), ("*", 302)], ids=str)
def test_an_address_that_does_not_say_yes_is_not_kept(
    client: Client, shared_world: World, receiver: Receiver, allows: str | None, status: int
) -> None:
    """No header, another origin, no such page, elsewhere: nothing will be sent there."""
    receiver.allows = allows
    receiver.answers = [(status, {"Location": receiver.url} if status == 302 else {})]
    reply = put(client, shared_world, receiver.url)
    assert reply.status_code == 422
    assert reply.json()["type"] == "/problems/webhook-not-confirmed"
    assert reply.json()["answer"] == status
    assert len(receiver.came) == 1


def test_our_own_origin_by_name_is_a_yes(client: Client, shared_world: World, receiver: Receiver) -> None:
    """Not only the star."""
    receiver.allows = "test.openbureau.example"
    assert put(client, shared_world, receiver.url).status_code == 200


def test_an_event_is_handed_over_signed(client: Client, shared_world: World, receiver: Receiver) -> None:
    """A CloudEvent in structured mode; the receiver checks it with the published key and nothing else."""
    put(client, shared_world, receiver.url)
    event_id = tell(shared_world)
    assert deliver_due(shared_world.bureau) >= 1
    asked, headers, body = receiver.came[-1]
    assert asked == "POST /hooks"
    assert headers["content-type"].startswith("application/cloudevents+json")
    told = json.loads(body)
    assert told["id"] == headers["webhook-id"] == event_id
    key = client.get("/v1/webhook-key").json()["key"].removeprefix("whpk_")
    signature = headers["webhook-signature"].removeprefix("v1a,")
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(
        base64.b64decode(signature), f"{event_id}.{headers['webhook-timestamp']}.".encode() + body
    )
    row = delivery(client, shared_world, event_id)
    assert (row["state"], row["answer"], row["tries"], row["due_at"]) == ("delivered", 200, 1, None)
    feed = client.get("/v1/alerts", headers=head(shared_world)).json()
    assert told in feed["events"]
    assert client.get(feed["next"], headers=head(shared_world)).json()["events"] == []


def test_a_failed_attempt_is_made_again_with_the_same_bytes(
    client: Client, shared_world: World, receiver: Receiver
) -> None:
    """500, then a redirect that is not followed, then taken."""
    put(client, shared_world, receiver.url)
    receiver.came.clear()
    event_id = tell(shared_world)
    receiver.answers = [(500, {}), (307, {"Location": receiver.url}), (204, {})]
    seen = []
    for _ in range(3):
        deliver_due(shared_world.bureau)
        seen.append(
            (delivery(client, shared_world, event_id)["state"], delivery(client, shared_world, event_id)["trouble"])
        )
        shared_world.clock.forward(minutes=5)
    assert seen == [("waiting", "not-taken"), ("waiting", "redirect"), ("delivered", None)]
    assert len(receiver.came) == 3
    assert len({body for _, _, body in receiver.came}) == 1
    assert len({headers["webhook-signature"] for _, headers, _ in receiver.came}) == 3


def test_what_is_gone_ends_the_address_and_can_be_replayed(
    client: Client, shared_world: World, receiver: Receiver
) -> None:
    """410: nothing more is sent; after a new address and a replay it arrives."""
    put(client, shared_world, receiver.url)
    event_id = tell(shared_world)
    receiver.answers = [(410, {})]
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["state"] == "dead"
    assert client.get("/v1/members/me/webhook", headers=head(shared_world)).json()["end_reason"] == "gone"
    put(client, shared_world, receiver.url)
    reply = client.post(f"/v1/deliveries/{event_id}/replay", headers=head(shared_world))
    assert (reply.json()["state"], reply.json()["tries"]) == ("waiting", 0)
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["state"] == "delivered"
    assert client.get("/v1/deliveries?state=dead", headers=head(shared_world)).json()["deliveries"] == []


def test_an_address_that_asks_for_time_gets_it(client: Client, shared_world: World, receiver: Receiver) -> None:
    """429 with Retry-After: not before."""
    put(client, shared_world, receiver.url)
    event_id = tell(shared_world)
    receiver.answers = [(429, {"Retry-After": "3600"})]
    deliver_due(shared_world.bureau)
    count = len(receiver.came)
    shared_world.clock.forward(minutes=59)
    deliver_due(shared_world.bureau)
    assert len(receiver.came) == count
    shared_world.clock.forward(minutes=1)
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["state"] == "delivered"


def test_a_large_answer_is_not_read_to_its_end(client: Client, shared_world: World, receiver: Receiver) -> None:
    """Its status is enough."""
    put(client, shared_world, receiver.url)
    receiver.body = b"x" * (8 << 20)
    event_id = tell(shared_world)
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["state"] == "delivered"


def test_a_slow_or_absent_address_is_a_failed_attempt(
    client: Client, shared_world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it longer than the house rule says."""
    put(client, shared_world, receiver.url)
    receiver.stall = threading.Event()
    monkeypatch.setattr("openbureau.web.deliver._seconds", lambda _: 0.2)
    event_id = tell(shared_world)
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["trouble"] == "too-slow"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        set_webhook(shared_world.bureau, ALPHA, f"http://127.0.0.1:{free.getsockname()[1]}/", None)
    shared_world.clock.forward(hours=1)
    deliver_due(shared_world.bureau)
    assert delivery(client, shared_world, event_id)["trouble"] == "no-connection"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://hooks.example/", "not-https"),
        ("gopher://127.0.0.1:6379/_x", "not-https"),
        ("https://", "not-an-address"),
        ("https://user:secret@1.1.1.1/", "has-user"),
        ("https://1.1.1.1:70000/", "not-an-address"),
        ("https://1.1.1.1/a b", "not-an-address"),
        ("https://1.1.1.1/#x", "not-an-address"),
        ("http://1.1.1.1/", "not-https"),
        ("https://10.0.0.1/", "not-public"),
        ("https://192.168.1.1/", "not-public"),
        ("https://169.254.169.254/latest/meta-data", "not-public"),
        ("https://[fd00::1]/", "not-public"),
        ("https://[::ffff:10.0.0.1]/", "not-public"),
        ("https://[64:ff9b::a00:1]/", "not-public"),
        ("https://0.0.0.0/", "not-public"),
        ("https://0x7f.1/", "not-public"),
        ("https://2130706433/", "not-public"),
        ("https://nothing.invalid/", "not-found"),
    ],
)
def test_addresses_that_are_not_spoken_to(url: str, code: str) -> None:
    """In live mode, whatever they are spelt like."""
    with pytest.raises(AddressRefused) as refused:
        checked(url, "live")
    assert refused.value.code == code


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/"])
def test_this_machine_is_spoken_to_in_the_sandbox_alone(url: str) -> None:
    """There by plain http too."""
    assert checked(url, "sandbox").connect
    with pytest.raises(AddressRefused):
        checked(url, "live")


def test_every_address_of_a_name_is_looked_at_and_one_of_them_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with one private address is refused; what was checked is what is connected to."""
    found = ["93.184.215.14", "10.0.0.9"]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (one, 443)) for one in found])
    with pytest.raises(AddressRefused):
        checked("https://hooks.bank.example/in?a=1", "live")
    found.pop()
    made = checked("https://hooks.bank.example/in?a=1", "live")
    assert (made.connect, made.host) == ("https://93.184.215.14/in?a=1", "hooks.bank.example")


def test_public_addresses_are_public() -> None:
    """The guard can say yes."""
    for text in ("1.1.1.1", "2606:4700::1111"):
        assert is_public(ipaddress.ip_address(text))
    for text in ("224.0.0.1", "2002:a00:1::", "100.64.0.1", "2001:0:1::1"):
        assert not is_public(ipaddress.ip_address(text))


def test_what_is_no_address_is_told_with_a_cure(client: Client, shared_world: World) -> None:
    """At the field, in both languages."""
    for body in ({"url": "https://10.0.0.1/"}, {"url": 7}, {}, {"url": "https://x.invalid/"}):
        reply = client.put("/v1/members/me/webhook", json=body, headers=head(shared_world))
        assert reply.status_code == 422
        (error,) = reply.json()["errors"]
        assert error["pointer"] == "/url"
        assert error["cure"]["zh"]
        assert error["what"]["en"]


def test_lists_take_known_words_only(client: Client, shared_world: World) -> None:
    """Places are numbers, states are known, an event is the member's own."""
    for place in ("/v1/alerts?after=x", "/v1/deliveries?before=-1", "/v1/deliveries?state=lost"):
        assert client.get(place, headers=head(shared_world)).status_code == 422
    event_id = tell(shared_world)
    for name, member in ((event_id, "bank-beta"), ("x", ALPHA), (str(uuid.uuid4()), ALPHA)):
        reply = client.post(f"/v1/deliveries/{name}/replay", headers=head(shared_world, member))
        assert reply.status_code == 404
