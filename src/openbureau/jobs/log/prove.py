"""Hand out the public parts of the log: checkpoint, tiles, key, policy, and the proof of one leaf."""

from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.jobs.log.quorum import witness_health
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.log import entry_bundle, latest_head, leaf_place, stored_hashes, stored_tiles
from openbureau.store.witness.cosigned import published_head, quorum_state
from openbureau.tlog.merkle import prove_inclusion
from openbureau.tlog.policy import render_policy
from openbureau.tlog.proof import render_proof
from openbureau.tlog.tile import ENTRIES, TileAddress


def checkpoint(bureau: Bureau) -> str | None:
    """What is published: the newest head with a quorum of witnesses, or the newest signed one where none has ever had it.

    None before the first.
    """
    with bureau.store.connection("api") as connection:
        head = published_head(connection)
    return head.checkpoint if head else None


def witnesses(bureau: Bureau) -> dict[str, Any]:
    """How the log stands with its witnesses."""
    with bureau.store.connection("api") as connection:
        return witness_health(bureau, connection)


def proof(bureau: Bureau, leaf_hash: bytes) -> str | None:
    """The `.tlog-proof` of a leaf, None while it waits or when there is none.

    Under the published head; where its witnesses have been away for half of the promised time, under the log's own
    signature alone: the promise is about that one, and whoever holds the proof sees what it lacks.
    """
    with bureau.store.connection("auditor") as connection:
        place, head = leaf_place(connection, leaf_hash), published_head(connection)
        if place is not None and (head is None or place[0] >= head.size) and _are_away(bureau, connection):
            head = latest_head(connection)
        if place is None or head is None or place[0] >= head.size:
            return None
        hashes = prove_inclusion(stored_hashes(connection, head.size), place[0], head.size)
        return render_proof(place[0], hashes, head.checkpoint.encode())


def _are_away(bureau: Bureau, connection: Connection) -> bool:
    """Has the oldest thing that waits for witnesses waited for long?"""
    now = bureau.clock()
    half = bureau.rulebook(civil_day(now)).typed.merge_delay_seconds.number / 2
    since = quorum_state(connection).lacking_since
    return since is not None and (now - since).total_seconds() > half


def tile(bureau: Bureau, address: TileAddress) -> bytes | None:
    """A tile or entry bundle of the signed log, None beyond it."""
    with bureau.store.connection("auditor") as connection:
        head = latest_head(connection)
        if head is None or not _is_served(address, head.size):
            return None
        if address.level == ENTRIES:
            return entry_bundle(connection, address)
        return stored_tiles(connection)(address)


def _is_served(address: TileAddress, size: int) -> bool:
    """Does a log of this size have this tile, at this width or wider?"""
    count = size if address.level == ENTRIES else size >> (8 * address.level)
    return address.number * 256 + address.width <= count


def policy(bureau: Bureau) -> str:
    """The watcher's policy file: log key, pinned founding act, and the witnesses of the act in force."""
    return render_policy(bureau.log_key, bureau.act.hash, bureau.act.quorum)
