"""Founding: once, signed by all, pinned outside the database."""

import json
import os
from dataclasses import replace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openbureau.config import FileKeyStore, KeyRefused, write_pin
from openbureau.core.act import ActRefused, sign_act
from openbureau.jobs.context import open_bureau
from openbureau.jobs.founding.init import Plan, draft, found, found_sandbox
from openbureau.law.reader import read_pack
from openbureau.tlog.note import COSIGNATURE, verifier_key
from openbureau.tlog.policy import Quorum
from world import CODE, NOW, members, settings

EMPTY: dict = {}


def test_a_live_installation_is_founded_by_an_act_signed_elsewhere(new_database, tmp_path, new_world):
    """Draft, every member signs with a key of its own, found; then it opens."""
    new_world(files=EMPTY)  # the server's roles exist
    live = replace(settings(tmp_path / "live", None), mode="live")
    keys = {member.member_id: Ed25519PrivateKey.generate() for member in members(NOW.date())}
    named = tuple(
        replace(member, verify_key=keys[member.member_id].public_key().public_bytes_raw())
        for member in members(NOW.date())
    )
    without = draft(live, Plan("Live", "live.openbureau.example", named), on=NOW.date(), random=os.urandom)
    with pytest.raises(ActRefused, match="names the witnesses"):
        found(live, "", sign_act(without, {name: key.sign for name, key in keys.items()}), now=NOW, random=os.urandom)
    watchers = Quorum(
        3, tuple((verifier_key(f"w{at}.example", bytes([at]) * 32, COSIGNATURE),) for at in range(4))
    )  # fmt: skip
    body = draft(live, Plan("Live", "live.openbureau.example", named, watchers), on=NOW.date(), random=os.urandom)
    act = sign_act(body, {name: key.sign for name, key in list(keys.items())[:-1]})
    url = new_database()
    with pytest.raises(ActRefused, match="every founding member signs"):
        found(live, url, act, now=NOW, random=os.urandom)
    last = list(keys)[-1]
    act = sign_act(act["body"], {last: keys[last].sign}, earlier=act["signatures"])
    assert found(live, url, act, now=NOW, random=os.urandom) == {}, "members of a live installation bring their keys"
    bureau = open_bureau(live, url, clock=lambda: NOW)
    assert (bureau.act.mode, bureau.act.quorum) == ("live", watchers)
    bureau.store.close()
    with pytest.raises(ActRefused, match="runs as sandbox"):
        open_bureau(replace(live, mode="sandbox"), url)
    with pytest.raises(KeyRefused, match="live key"):
        FileKeyStore(live.keys_dir, "sandbox").key("root")


def test_an_act_that_others_drafted_founds_nothing(new_database, tmp_path):
    """The keys it names must be this installation's."""
    plan = Plan("Live", "live.openbureau.example", members(NOW.date())[:1])
    private = Ed25519PrivateKey.generate()
    named = replace(plan, members=(replace(plan.members[0], verify_key=private.public_key().public_bytes_raw()),))
    body = draft(settings(tmp_path / "a", None), named, on=NOW.date(), random=os.urandom)
    act = sign_act(body, {named.members[0].member_id: private.sign})
    with pytest.raises(ActRefused, match="keys differ"):
        found(settings(tmp_path / "b", None), new_database(), act, now=NOW, random=os.urandom)


def test_an_installation_is_founded_once(world):
    """Neither the same home nor the same database takes a second act."""
    plan = Plan("Again", "again.example", members(NOW.date()))
    with pytest.raises(ActRefused, match="already"):
        found_sandbox(world.bureau.settings, world.url, plan, now=NOW, random=os.urandom)


def test_without_an_act_nothing_opens(new_database, tmp_path, world):
    """A database without an act answers nothing."""
    (world.bureau.settings.home / "founding-act.sha256").unlink()
    with pytest.raises(ActRefused, match="no founding act"):
        open_bureau(world.bureau.settings, world.url)


def test_an_act_swapped_in_the_database_does_not_open(world):
    """A superuser can write another valid act, but not the pinned one."""
    write_pin(world.bureau.settings.home, bytes(32))
    with pytest.raises(ActRefused, match="not the one that was pinned"):
        open_bureau(world.bureau.settings, world.url)


def test_a_member_added_in_the_database_does_not_open(world):
    """The signatures no longer stand under the act."""
    body = json.loads(json.dumps(world.bureau.act.to_json()))
    body["body"]["members"][0]["is_active"] = False
    with psycopg.connect(world.url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update bureau.act set content = %s", [json.dumps(body)])
    with pytest.raises(ActRefused, match="signature"):
        open_bureau(world.bureau.settings, world.url)


def test_a_program_with_other_law_does_not_open(world, monkeypatch):
    """The set in force is the one whose hash the act names."""
    from openbureau.jobs import context

    real, pack = context.load_law, read_pack("cn")
    altered = pack | {"retention.yaml": pack["retention.yaml"] + "# another\n"}
    monkeypatch.setattr(context, "load_law", lambda regime: real(regime, pack=altered))
    with pytest.raises(ActRefused, match="the law of this program"):
        open_bureau(world.bureau.settings, world.url)


def test_a_key_that_others_can_read_is_refused(world):
    """Mode 0600 or nothing."""
    path = world.bureau.settings.keys_dir / "root.key"
    path.chmod(0o644)
    bureau = open_bureau(world.bureau.settings, world.url)
    with pytest.raises(KeyRefused, match="readable by others"):
        bureau.keys.key("root")
    bureau.store.close()


def test_tokens_are_kept_as_hashes_only(world):
    """Who reads the database cannot sign in."""
    with psycopg.connect(world.url) as connection:
        kept = [row[0] for row in connection.execute("select token_hash from bureau.member_token")]
    assert len(kept) == len(world.tokens)
    assert not {token.encode() for token in world.tokens.values()} & set(kept)
    assert CODE
