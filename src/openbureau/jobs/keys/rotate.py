"""Rotate keys: a new version beside the old, everything wrapped anew, the old one retired and then removed.

Every wrapped value says the version of its key, so a running bureau reads both all the while, and wraps under the new one from
the moment its file is there.  Promises: a rotation that was killed goes on where it was when called again; an old root key is
retired only when no row says it, and after that none can be written under it; only then is its file removed.  Each step is a
`key` entry of the log, with no key material in it (decision 0029).
"""

from collections.abc import Callable
from dataclasses import dataclass

from openbureau.config import add_version, remove_version
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.store import keys as store
from openbureau.store import log
from openbureau.store.database import Connection
from openbureau.store.sealing import wrap_key
from openbureau.tlog.entry import render_system

BATCH = 500
SCHEMA = "openbureau-key/1"
ROOT = "root"
PLACES = {name: name for name in store.WRAPPED} | {"staff_account": "staff", "consent_intent": "intent"}
"""What stands before a row's name in the place to which its data key is bound."""
BY_VERSION = ("event", "session", "age")
"""Keys of which a new version is used from now on, and older ones read what they sealed."""
FIXED = {
    "log": "the founding act names it; another one needs an act",
    "vrf": "every label was made with it, and the founding act names it",
    "response": "the founding act names it; another one needs an act",
    "index": "every blind index has to be made again: rebuild into a new database under a new key (decision 0029)",
}
Tell = Callable[[str, int, int], None]


class RotationRefused(RuntimeError):
    """This key cannot be rotated or removed so; the message says why."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did."""

    name: str
    version: int
    rewrapped: int
    went_on: bool


def rotate(bureau: Bureau, name: str, *, tell: Tell = lambda _what, _done, _of: None) -> Rotated:
    """Rotate a key to its end; a rotation that was killed goes on.  `RotationRefused` for a key that cannot be."""
    if name in FIXED:
        raise RotationRefused(f"the {name} key is not rotated: {FIXED[name]}")
    if name != ROOT and name not in BY_VERSION:
        raise RotationRefused(f"there is no key {name}")
    with bureau.store.connection("keeper") as connection, store.one_rotation(connection):
        version, went_on = _begun(bureau, connection, name)
        count = _rewrap_all(bureau, connection, version, tell) if name == ROOT else 0
        with connection.transaction():
            store.end_rotation(connection, name, version, bureau.clock())
            _log(bureau, connection, name, version, step="ended")
    return Rotated(name, version, count, went_on)


def _begun(bureau: Bureau, connection: Connection, name: str) -> tuple[int, bool]:
    """The version to which we rotate, and whether that was begun before.  The file comes first: a row follows it."""
    version = bureau.keys.version(name)
    is_begun, has_ended = store.has_rotation(connection, name, version)
    is_new = version == 1 or has_ended
    if is_new:
        version += 1
        add_version(bureau.settings, name, version, make_random=bureau.random)
    if is_new or not is_begun:
        with connection.transaction():
            store.begin_rotation(connection, name, version, bureau.clock())
            _log(bureau, connection, name, version, step="begun")
    return version, not is_new


def _rewrap_all(bureau: Bureau, connection: Connection, version: int, tell: Tell) -> int:
    """Until the retirement of the older versions finds no row that says one of them."""
    total = 0
    while True:
        made = sum(_rewrap_table(bureau, connection, (table, version), tell) for table in store.WRAPPED)
        total += made
        left = store.retire(connection, version - 1)
        if not left:
            return total
        if not made:
            raise RotationRefused(f"{left} rows are wrapped under an older key in a table that is not known here")


def _rewrap_table(bureau: Bureau, connection: Connection, what: tuple[str, int], tell: Tell) -> int:
    (table, version), done = what, 0
    after: str | None = None
    root = bureau.keys.key(ROOT, version)
    while rows := store.wrapped_before(connection, table, version, after=after, most=BATCH):
        made = []
        for name, wrapped in rows:
            place = f"{PLACES[table]}/{name}"
            fresh = wrap_key(root, bureau.data_key(wrapped, place), place=place, random=bureau.random, version=version)
            made.append((name, wrapped, fresh))
        done += store.rewrap(connection, table, made)
        after = rows[-1][0]
        tell(table, done, 0)
    return done


def remove(bureau: Bureau, version: int) -> None:
    """Remove the file of a retired root key.  `RotationRefused` while it is the current one or not retired."""
    with bureau.store.connection("keeper") as connection, store.one_rotation(connection):
        if version >= bureau.keys.version(ROOT) or version > store.retired(connection):
            raise RotationRefused(f"root key {version} is not retired; openbureau keys rotate root ends that first")
        remove_version(bureau.settings, ROOT, version)
        with connection.transaction():
            _log(bureau, connection, ROOT, version, step="removed")


def _log(bureau: Bureau, connection: Connection, name: str, version: int, *, step: str) -> None:
    at = bureau.clock()
    told = {"schema": SCHEMA, "what": name, "version": version, "step": step, "at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    log.add_pending(connection, new_id(at, bureau.random), render_system("key", told), at)
