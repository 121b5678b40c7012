"""What is a job given?

One `Bureau`: store, keys, law, policies, scorecards, the founding act and its members, a clock and a source of randomness.
Opening it verifies the founding act against the pin that lies outside the database; without a valid act nothing opens.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Protocol

from openbureau.config import FileKeyStore, KeyStore, Settings, read_pin, read_scorecards
from openbureau.core.act import ActRefused, FoundingAct, open_act
from openbureau.core.leaf import Event, Leaf, make_leaf
from openbureau.core.member import Member
from openbureau.core.permit import Policies
from openbureau.core.scorecard import Scorecard, parse_scorecard, scorecard_digest
from openbureau.core.sign_in.keys import Keyring, follow_all
from openbureau.jobs.ids import new_id
from openbureau.jobs.log.quorum import Witnessing
from openbureau.law.policies import load_policies
from openbureau.law.reader import Law, load_law
from openbureau.law.rules import Rulebook
from openbureau.law.workdays import BEIJING
from openbureau.store import log
from openbureau.store.database import Store, create_database, open_store, prepare_store
from openbureau.store.launcher import Launcher, running
from openbureau.store.sealing import Random, blind, key_version, seal, unseal, unwrap_key, wrap_key
from openbureau.tlog.note import VerifierKey, verifier_key

DATABASE = "openbureau"


def utc_now() -> datetime:
    """The clock of a running installation."""
    return datetime.now(UTC)


class Recall(Protocol):
    """Ids and keys that were given out before: what a rebuild gives again, so that the log's labels still fit.

    Where there is one, records are replayed as they were decided, and not decided anew.
    """

    def subject(self, kind: str, id_blind: bytes, name_blind: bytes) -> tuple[str, bytes] | None:
        """Id and wrapped key of whoever claims a number under a name, by blind indexes."""
        ...

    def tradeline(self, member_id: str, account_key: bytes) -> str | None:
        """The id of a furnisher's account."""
        ...


@dataclass(frozen=True)
class Bureau:
    """Everything a job needs, and nothing it could misuse by accident."""

    settings: Settings
    store: Store
    keys: KeyStore
    law: Law
    policies: Policies
    scorecards: Mapping[str, tuple[Scorecard, str]]
    act: FoundingAct
    clock: Callable[[], datetime] = utc_now
    random: Random = os.urandom
    recall: Recall | None = None
    witnessing: Witnessing = field(default_factory=Witnessing)
    _rulebooks: dict[date, Rulebook] = field(default_factory=dict)
    _keyrings: dict[str, tuple[str, Keyring]] = field(default_factory=dict)

    @property
    def members(self) -> Mapping[str, Member]:
        """Members by id, as the act names them: a row in the database cannot add one."""
        return self.act.members

    def keyring(self, member_id: str, statements: str) -> Keyring:
        """A member's keys: those of the act, and what its statements (a JSON list of texts) make of them.

        Verified whenever the statements are others than before: rows that no valid key stands behind change nothing.
        """
        known = self._keyrings.get(member_id)
        if known is None or known[0] != statements:
            known = (statements, follow_all(self.act.keyring(member_id), json.loads(statements)))
            self._keyrings[member_id] = known
        return known[1]

    def rulebook(self, day: date) -> Rulebook:
        """The law of a day."""
        if day not in self._rulebooks:
            self._rulebooks[day] = self.law.on(day)
        return self._rulebooks[day]

    @cached_property
    def known_since(self) -> datetime:
        """The beginning of the day of the founding act: before it nothing was known here."""
        made_on = date.fromisoformat(self.act.body["made_on"])
        return datetime(made_on.year, made_on.month, made_on.day, tzinfo=BEIJING)

    @cached_property
    def log_key(self) -> VerifierKey:
        """The public key under which the log signs."""
        return verifier_key(self.act.origin, self.keys.key("log"))

    def id_blind(self, kind: str, number: str) -> bytes:
        """The blind index of a normalised identity number."""
        return blind(self.keys.key("index"), "id", kind, number)

    def name_blind(self, number: str, name: str) -> bytes:
        """The blind index of a normalised name, bound to its number."""
        return blind(self.keys.key("index"), "name", number, name)

    def own_key(self, kind: str, member_id: str, key: str) -> bytes:
        """The blind index of a furnisher's own key for a subject or an account."""
        return blind(self.keys.key("index"), kind, member_id, key)

    def new_data_key(self, place: str) -> tuple[bytes, bytes]:
        """A fresh data key, and the same wrapped."""
        key, version = self.random(32), self.keys.version("root")
        root = self.keys.key("root", version)
        return key, wrap_key(root, key, place=place, random=self.random, version=version)

    def subject_place(self, kind: str, id_blind: bytes, at: datetime, *, name_blind: bytes) -> tuple[str, bytes, bytes]:
        """Id, data key and wrapped key for a subject that is not held yet."""
        recorded = self.recall.subject(kind, id_blind, name_blind) if self.recall else None
        if recorded is not None:
            return recorded[0], self.data_key(recorded[1], f"subject/{recorded[0]}"), recorded[1]
        subject_id = new_id(at, self.random)
        return subject_id, *self.new_data_key(f"subject/{subject_id}")

    def tradeline_place(self, member_id: str, account_key: bytes, at: datetime) -> str:
        """The id for a tradeline that is not held yet."""
        recorded = self.recall.tradeline(member_id, account_key) if self.recall else None
        return recorded or new_id(at, self.random)

    def data_key(self, wrapped: bytes, place: str) -> bytes:
        """A data key unwrapped.  Only with a `Permit`, for the subject itself, or for a receipt."""
        return unwrap_key(self.keys.key("root", key_version(wrapped)), wrapped, place=place)

    def seal_own(self, content: bytes, place: str) -> bytes:
        """Seal under the bureau's event key what belongs to no person."""
        version = self.keys.version("event")
        return seal(self.keys.key("event", version), content, place=place, random=self.random, version=version)

    def open_own(self, sealed: bytes, place: str) -> bytes:
        """Open what `seal_own` sealed, under whichever version it says."""
        return unseal(self.keys.key("event", key_version(sealed)), sealed, place=place)

    def leaf(self, event: Event) -> Leaf:
        """The leaf of an event under a fresh salt."""
        return make_leaf(event, self.random(32))

    def seal_event(self, leaf: Leaf, key: bytes | None = None) -> bytes:
        """Salt and fields of a leaf, sealed under a person's key or, without one, under the bureau's event key."""
        content = json.dumps({"salt": leaf.salt.hex(), "fields": leaf.fields}).encode()
        place = f"event/{leaf.leaf_hash.hex()}"
        return seal(key, content, place=place, random=self.random) if key else self.seal_own(content, place)

    def open_event(
        self, sealed: bytes, leaf_hash: bytes, key: bytes | None = None
    ) -> tuple[tuple[tuple[str, str], ...], bytes]:
        """Fields and salt of a stored event."""
        place = f"event/{leaf_hash.hex()}"
        found = json.loads(unseal(key, sealed, place=place) if key else self.open_own(sealed, place))
        return tuple((str(name), str(value)) for name, value in found["fields"]), bytes.fromhex(found["salt"])


def database_url(settings: Settings, launcher: Launcher | None) -> str:
    """The administrator's connection string: a server that was set, or the embedded one."""
    if settings.database_url:
        return settings.database_url
    if launcher is None:
        raise ActRefused("no database: set OPENBUREAU_DATABASE_URL, or let the launcher start one")
    return create_database(launcher.url(), DATABASE)


@contextmanager
def database(settings: Settings, tell: Callable[[str], None]) -> Iterator[str]:
    """A running database for the length of a block; the administrator's connection string."""
    if settings.database_url:
        yield settings.database_url
        return
    with running(settings.home / "database", binaries=settings.pg_bin, tell=tell) as launcher:
        yield database_url(settings, launcher)


def prepare(settings: Settings, url: str) -> None:
    """Bring the database's schema and roles in order."""
    prepare_store(url, settings.home / "database.passwords", lambda: os.urandom(24).hex())


def open_bureau(
    settings: Settings, url: str, *, clock: Callable[[], datetime] = utc_now, random: Random = os.urandom, most: int = 8
) -> Bureau:
    """The bureau of a founded installation.  `ActRefused` without a valid act, or when law and act differ."""
    keys = FileKeyStore(settings.keys_dir, settings.mode)
    store = open_store(url, settings.home / "database.passwords", most=most)
    try:
        return _opened(settings, store, keys, clock=clock, random=random)
    except BaseException:
        store.close()
        raise


def _opened(
    settings: Settings, store: Store, keys: KeyStore, *, clock: Callable[[], datetime], random: Random
) -> Bureau:  # fmt: skip
    act = _verified_act(settings, store)
    law = load_law(settings.regime)
    policies = Policies(load_policies(settings.regime, law))
    cards = read_scorecards()
    digests = {name: scorecard_digest(content) for name, content in cards.items()}
    for what, found, named in (
        ("law", law.digest, act.body["law_digest"]),
        ("policies", policies.digest, act.body["policy_digest"]),
        ("scorecards", digests, act.body["scorecards"]),
    ):
        if found != named:
            raise ActRefused(f"the {what} of this program are not those that the founding act names; install those")
    parsed = {name: (parse_scorecard(content), digests[name]) for name, content in cards.items()}
    return Bureau(settings, store, keys, law, policies, parsed, act, clock, random)


def _verified_act(settings: Settings, store: Store) -> FoundingAct:
    pin = read_pin(settings.home)
    with store.connection("api") as connection:
        text = log.founding_act(connection)
    if pin is None or text is None:
        raise ActRefused("this installation has no founding act and answers nothing; run openbureau init")
    act = open_act(json.loads(text))
    if act.hash != pin:
        raise ActRefused("the founding act in the database is not the one that was pinned")
    if act.mode != settings.mode:
        raise ActRefused(f"the act founds a {act.mode} installation, and this process runs as {settings.mode}")
    return act
