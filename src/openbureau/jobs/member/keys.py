"""Let a member change the keys of its machines, and show which hold.

A statement that a valid key of the member signed (or its seal) adds a key or ends one.  Promises: it is kept once, in the
order of the member's chain, and logged in clear; what the running system believes is verified from the founding act every
time it changes; a statement is taken while it is fresh.
"""

from datetime import timedelta
from typing import Any

from openbureau.core.sign_in.keys import Keyring, KeyStatementRefused, follow, key_json, parse_instant, parse_statement
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.sign_in.tokens import add_member_key, member_keys
from openbureau.tlog.canonical import canonical
from openbureau.tlog.entry import render_system
from openbureau.tlog.merkle import leaf_hash


def held_keys(bureau: Bureau, member_id: str) -> Keyring:
    """The keys of a member as they hold now; `KeyStatementRefused` where no member is called so."""
    if member_id not in bureau.members:
        raise KeyStatementRefused("no member is called so")
    with bureau.store.connection("api") as connection:
        return bureau.keyring(member_id, member_keys(connection, member_id))


def state_key(bureau: Bureau, text: str | bytes, *, sender: str | None = None) -> Keyring:
    """Take the next statement of the member it names; the keys as they hold then.  `KeyStatementRefused` says why not.

    `sender` is the member that sends it; without one, whoever operates the bureau hands it in for the member.
    """
    statement = parse_statement(text)
    now = bureau.clock()
    span = timedelta(seconds=bureau.rulebook(civil_day(now)).typed.request_age_seconds.number)
    member_id = _member_id(bureau, statement)
    if sender not in {None, member_id}:
        raise KeyStatementRefused("the statement is of another member")
    with bureau.store.connection("api") as connection:
        ring = bureau.keyring(member_id, member_keys(connection, member_id))
        after = follow(ring, statement)
        if abs(parse_instant(statement["body"]["made_at"]) - now) > span:
            raise KeyStatementRefused("the statement was not made just now")
        entry = render_system("key", statement)
        leaf = (leaf_hash(entry), new_id(now, bureau.random), entry)
        content = canonical(statement).decode()
        if not add_member_key(connection, (member_id, after.number), content, leaf=leaf, now=now):
            raise KeyStatementRefused("another statement took this place; draft the next one")
    return after


def _member_id(bureau: Bureau, statement: Any) -> str:
    body = statement.get("body") if isinstance(statement, dict) else None
    member_id = body.get("member_id") if isinstance(body, dict) else None
    if not isinstance(member_id, str) or member_id not in bureau.members:
        raise KeyStatementRefused("the statement names no member")
    return member_id


def keys_json(ring: Keyring) -> dict[str, Any]:
    """A member's keys with what the next statement has to name."""
    return {
        "member_id": ring.member_id,
        "keys": [key_json(key) for key in ring.keys.values()],
        "next": {"act": ring.act, "number": ring.number + 1, "prev": ring.head},
    }
