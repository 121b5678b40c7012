"""Members change the keys of their machines: statements in a chain that begins at the act."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar.testing import TestClient

from openbureau.client_sign import MemberKey, load_member_key
from openbureau.core.sign_in.keys import (
    SEAL,
    Keyring,
    KeyStatementRefused,
    draft_statement,
    follow,
    parse_key_file,
    sign_statement,
)
from openbureau.core.sign_in.keys import MemberKey as Key
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.member.forget import forget_sign_ins
from openbureau.jobs.member.keys import held_keys, state_key
from openbureau.tlog.entry import parse_entry
from openbureau.web.app import create_app
from web.member import Machine, key_of, machine
from world import World

MEMBER = "bank-alpha"


@pytest.fixture
def lender(world: World) -> Any:
    """A machine before an application of its own world, signed in."""
    with TestClient(create_app(world.bureau), raise_server_exceptions=False) as client:
        made = machine(client, world)
        assert made.sign_in().status_code == 200
        yield made


def fresh_key(world: World, kid: str = "bank-alpha-2", byte: bytes = b"2") -> tuple[Key, Ed25519PrivateKey]:
    """A new key of a machine, valid from now for a year."""
    private, now = Ed25519PrivateKey.from_private_bytes(byte * 32), world.clock.at
    return Key(kid, private.public_key().public_bytes_raw(), now, now + timedelta(days=365)), private


def ring_of(world: World) -> Keyring:
    return held_keys(world.bureau, MEMBER)


def statement(world: World, by: MemberKey | None = None, ring: Keyring | None = None, **what: Any) -> dict[str, Any]:
    signer = by or key_of(world)
    body = draft_statement(ring or ring_of(world), signer.kid, world.clock.at, **what)
    return sign_statement(body, signer.private.sign)


def post(lender: Machine, made: dict[str, Any]) -> Any:
    return lender.checked(lender.signed("POST", "/v1/members/me/keys", body=json.dumps(made).encode()))


def test_a_key_is_added_used_and_ended(lender: Machine) -> None:
    """Rotation: add by the old key, sign in with the new, end the old; its tokens end with it, at once."""
    world = lender.world
    key, private = fresh_key(world)
    told = post(lender, statement(world, add=key)).json()
    assert [one["kid"] for one in told["keys"]] == ["bank-alpha-1", "bank-alpha-2"]
    assert lender.send(lender.signed("GET", "/v1/members/me/keys")).json() == told
    newer = replace(lender, key=MemberKey(MEMBER, key.kid, private), token="")
    assert newer.sign_in().status_code == 200
    ended = post(newer, statement(world, newer.key, end=("bank-alpha-1", world.clock.at)))
    assert ended.status_code == 201, ended.text
    assert lender.send(lender.signed("GET", "/v1/members/me/keys")).json()["type"] == "/problems/not-signed-in"
    assert lender.sign_in().json()["error"] == "invalid_client"
    assert newer.send(newer.signed("GET", "/v1/members/me/keys")).status_code == 200
    other = replace(newer, key=lender.key)
    assert other.send(other.signed("GET", "/v1/members/me/keys")).json()["type"] == "/problems/signature-refused"
    sequence(world.bureau)
    with psycopg.connect(world.url) as connection:
        entries = [row[0] for row in connection.execute("select entry from bureau.log_entry order by leaf_index")]
    assert [parse_entry(entry).kind for entry in entries].count("key") == 2


def test_the_seal_helps_where_every_key_is_lost(lender: Machine) -> None:
    """After the last key is ended, the seal adds one; whoever operates the bureau hands the statement in."""
    world = lender.world
    post(lender, statement(world, end=("bank-alpha-1", world.clock.at)))
    assert lender.sign_in().json()["error"] == "invalid_client"
    _, kid, seal = parse_key_file((world.bureau.settings.home / "members" / "bank-alpha.seal").read_text())
    key, private = fresh_key(world)
    state_key(world.bureau, json.dumps(statement(world, MemberKey(MEMBER, kid, seal), add=key)))
    assert kid == SEAL
    assert replace(lender, key=MemberKey(MEMBER, key.kid, private)).sign_in().status_code == 200


def test_a_row_without_a_chain_is_ignored(lender: Machine) -> None:
    """A superuser of the database can add a row, and no key."""
    world = lender.world
    key, private = fresh_key(world, "intruder-1", b"i")
    forged = statement(world, MemberKey(MEMBER, "bank-alpha-1", private), add=key)
    with psycopg.connect(world.url) as connection:
        connection.execute("insert into bureau.member_key values (%s, 1, %s, '', now())", [MEMBER, json.dumps(forged)])
    assert set(ring_of(world).keys) == {"bank-alpha-1"}
    intruder = replace(lender, key=MemberKey(MEMBER, "intruder-1", private))
    assert intruder.sign_in().json()["error"] == "invalid_client"
    assert lender.send(lender.signed("GET", "/v1/members/me/keys")).status_code == 200


def test_an_end_holds_behind_a_row_that_cannot_be_read(lender: Machine) -> None:
    """Rubbish after an end does not bring the key back."""
    world = lender.world
    post(lender, statement(world, end=("bank-alpha-1", world.clock.at)))
    with psycopg.connect(world.url) as connection:
        connection.execute("insert into bureau.member_key values (%s, 2, 'rubbish', '', now())", [MEMBER])
    assert ring_of(world).valid("bank-alpha-1", world.clock.at) is None


def test_statements_are_kept_for_ever(world: World) -> None:
    """No role changes or deletes one."""
    state_key(world.bureau, json.dumps(statement(world, add=fresh_key(world)[0])))
    with psycopg.connect(world.url) as connection, pytest.raises(psycopg.errors.DatabaseError, match="append-only"):
        connection.execute("delete from bureau.member_key")


def test_one_statement_takes_a_place(lender: Machine) -> None:
    """Two in parallel: one is kept, the other is told to begin anew."""
    world, ring = lender.world, ring_of(lender.world)
    made = [
        json.dumps(statement(world, ring=ring, add=fresh_key(world, f"k-{at}", bytes([at]))[0])) for at in range(1, 9)
    ]

    def send(one: str) -> bool:
        try:
            state_key(world.bureau, one)
        except KeyStatementRefused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, made)) == 1
    assert ring_of(world).number == 1


def _edit(path: tuple[str, ...], value: Any) -> Any:
    def change(world: World) -> dict[str, Any]:
        made = draft_statement(ring_of(world), "bank-alpha-1", world.clock.at, add=fresh_key(world)[0])
        place: Any = made
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return sign_statement(made, key_of(world).private.sign)

    return change


def old(world: World) -> dict[str, Any]:
    body = draft_statement(
        ring_of(world), "bank-alpha-1", world.clock.at - timedelta(seconds=61), add=fresh_key(world)[0]
    )
    return sign_statement(body, key_of(world).private.sign)


WRONG: dict[str, tuple[Any, str]] = {
    "not just now": (old, "not made just now"),
    "of another member": (_edit(("member_id",), "bank-beta"), "of another member"),
    "of nobody": (_edit(("member_id",), "bank-none"), "names no member"),
    "of another act": (_edit(("act",), "0" * 64), "not the next one"),
    "another number": (_edit(("number",), 2), "not the next one"),
    "a truth for a number": (_edit(("number",), True), "not the next one"),
    "another prev": (_edit(("prev",), "0" * 64), "not the next one"),
    "another schema": (_edit(("schema",), "openbureau-key/2"), "a form this program knows"),
    "an extra field": (_edit(("more",), 1), "a form this program knows"),
    "nothing stated": (_edit(("add",), None), "adds one key or ends one"),
    "both stated": (_edit(("end",), {"kid": "bank-alpha-1", "at": "2027-01-01T00:00:00Z"}), "adds one key or ends one"),
    "by an unknown key": (_edit(("by",), "bank-alpha-9"), "was not valid"),
    "by the seal's name": (_edit(("by",), "seal"), "does not stand"),
    "the word seal as a kid": (_edit(("add", "kid"), "seal"), "malformed"),
    "a kid used before": (_edit(("add", "kid"), "bank-alpha-1"), "used before"),
    "begins before": (_edit(("add", "valid_from"), "2026-01-01T00:00:00Z"), "before it was stated"),
    "ends before it begins": (_edit(("add", "valid_until"), "2026-11-01T00:00:00Z"), "malformed"),
    "a day for an instant": (_edit(("add", "valid_until"), "2027-11-01"), "malformed"),
    "a short key": (_edit(("add", "public_key"), "AAAA"), "malformed"),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_statement_is_refused(client: Any, shared_world: World, name: str) -> None:
    """Each rule of the chain by itself; the reason stands in both languages."""
    make, why = WRONG[name]
    lender = machine(client, shared_world)
    lender.sign_in()
    answer = post(lender, make(shared_world))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-statement-refused")
    assert why in answer.json()["reason"]["en"]
    assert answer.json()["reason"]["zh"]


def test_time_does_not_run_backwards_in_a_chain(world: World) -> None:
    """Who stole a key that was ended cannot say that it was used before."""
    now, signer = world.clock.at, key_of(world)
    ring = follow(ring_of(world), statement(world, end=("bank-alpha-1", now)))
    body = draft_statement(ring, signer.kid, now - timedelta(seconds=1), add=fresh_key(world)[0])
    with pytest.raises(KeyStatementRefused, match="before the one that it follows"):
        follow(ring, sign_statement(body, signer.private.sign))


def test_what_is_over_is_forgotten(lender: Machine) -> None:
    """Ids and tokens go when nobody would accept them any more, and not before."""
    world = lender.world
    lender.send(lender.signed("GET", "/v1/members/me/keys"))
    world.clock.forward(seconds=60)
    assert forget_sign_ins(world.bureau) == 0
    world.clock.forward(days=2)
    assert forget_sign_ins(world.bureau) == 5, "assertion, two proofs, nonce, token"


def test_the_sandbox_keeps_its_keys_from_others(world: World) -> None:
    """Files of the owner only."""
    folder = world.bureau.settings.home / "members"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert load_member_key(folder / "bank-alpha.key").kid == "bank-alpha-1"
