"""A town whose bureau dies before and after every statement, over real PostgreSQL, and what has to hold when it is up again.

A crash is the end of a database session at a chosen moment: before a statement is sent, after its answer came, before a commit,
after it (then the head is in the database and not yet in the file outside).  Either the process is gone too (nothing of it
runs on), or the server alone went away and the process sees an error.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql as compose
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.inquiry.request import InquiryRequest
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.store.database import Store
from openbureau.store.log import LogMisbehaviour, add_pending
from openbureau.tlog.checkpoint import open_checkpoint
from openbureau.tlog.entry import render_event
from openbureau.tlog.merkle import Tree, leaf_hash
from openbureau.watch.verify import verify
from world import PEOPLE, World


class Died(BaseException):
    """The process is gone; nothing may catch this."""


@dataclass
class Fate:
    """When the session ends: after so many more moments, or never."""

    kill: Callable[[int], None]
    left: int | None = None
    takes_process: bool = True
    deaths: Counter[str] = field(default_factory=Counter)
    """How often a session ended at which moment."""

    def pass_by(self, connection: "Mortal", moment: str) -> None:
        """One moment passes."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            self.deaths[moment] += 1
            self.kill(connection.info.backend_pid)
            if self.takes_process:
                raise Died


def _words(query: Any) -> str:
    """The first words of a statement."""
    text = query.decode() if isinstance(query, bytes) else str(query)
    return " ".join(text.split()[:3]).partition("(")[0]


class MortalCursor(psycopg.Cursor[Any]):
    """Passes a moment before and after each statement."""

    def execute(self, query: Any, *values: Any, **named: Any) -> Any:
        fate, words = self.connection.fate, _words(query)
        fate.pass_by(self.connection, f"before {words}")
        done = super().execute(query, *values, **named)
        fate.pass_by(self.connection, f"after {words}")
        return done

    @contextmanager
    def copy(self, *values: Any, **named: Any) -> Iterator[Any]:
        self.connection.fate.pass_by(self.connection, "before copy")
        with super().copy(*values, **named) as copying:
            yield copying
            self.connection.fate.pass_by(self.connection, "within copy")
        self.connection.fate.pass_by(self.connection, "after copy")


class Mortal(psycopg.Connection[Any]):
    """A session that ends when its fate says so."""

    fate: Fate

    @contextmanager
    def transaction(self, *values: Any, **named: Any) -> Iterator[Any]:
        with super().transaction(*values, **named) as inner:
            yield inner
            self.fate.pass_by(self, "before commit")
        self.fate.pass_by(self, "after commit")


class MortalStore(Store):
    """The same roles and passwords, one mortal session each."""

    def __init__(self, store: Store, fate: Fate) -> None:
        super().__init__(store._url, store._passwords)
        self.fate = fate
        self._sessions: dict[str, Mortal] = {}

    @contextmanager
    def connection(self, role: str) -> Iterator[Any]:
        session = self._sessions.get(role)
        if session is None or session.closed:
            session = Mortal.connect(
                self.role_url(role), autocommit=True, prepare_threshold=0, cursor_factory=MortalCursor
            )
            session.fate = self.fate
            self._sessions[role] = session
        yield session

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()


class Town:
    """A founded bureau, what was promised to whom, and the heads that were ever signed."""

    def __init__(self, world: World) -> None:
        self.world, self.url = world, world.url
        self.server = make_conninfo(world.url, dbname="postgres")
        self.fate = Fate(self._kill)
        self.store = MortalStore(world.bureau.store, self.fate)
        world.bureau.store.close()
        self.bureau = replace(world.bureau, store=self.store)
        self.world.bureau = self.bureau
        self.heads: dict[int, bytes] = {}
        self.answered: dict[str, str] = {}
        """What each request was told, by its idempotency key."""
        self.made = self.restores = 0
        self.copies: list[str] = []
        self.admin = psycopg.connect(self.server, autocommit=True)
        for person in ("good", "plain", "busy"):
            for member in ("bank-alpha", "bank-beta"):
                subject = world.subject_id(PEOPLE[person])
                give_consent(self.bureau, subject, member_id=member, purpose="loan-approval")
        sequence(self.bureau)
        self.check()

    def _kill(self, session: int) -> None:
        """End a session of the server, and wait until it is gone."""
        self.admin.execute("select pg_terminate_backend(%s)", [session])
        end = time.monotonic() + 30
        while self.admin.execute("select 1 from pg_stat_activity where pid = %s", [session]).fetchone():
            assert time.monotonic() < end
            time.sleep(0.0005)

    # What may happen

    def put_leaves(self, count: int) -> None:
        """Leaves of events elsewhere wait to be signed."""
        with psycopg.connect(self.url) as connection:
            for _ in range(count):
                self.made += 1
                entry = render_event(self.made.to_bytes(32, "big"))
                add_pending(connection, new_id(self.world.clock.at, self.bureau.random), entry, self.world.clock.at)

    def ask(self, person: str, member: str) -> InquiryRequest:
        """A request about a person with a consent, about one without, or by a member whose contract is at an end."""
        return self.world.request(PEOPLE[person], member=member)

    def answer(self, request: InquiryRequest) -> bool:
        """Answer it, perhaps for the second time; was it told to the end?"""
        outcome = self._lives(lambda: answer_inquiry(request, self.bureau))
        if outcome is None:
            return False
        assert isinstance(outcome, Answered | Refused), outcome
        told = f"{type(outcome).__name__} {outcome.inquiry_id}"
        assert self.answered.setdefault(request.idempotency_key, told) == told, "one request had two outcomes"
        return True

    def sequence(self) -> bool:
        """Sign what waits; was it done to the end?"""
        return self._lives(lambda: sequence(self.bureau)) is not None

    def export(self, directory: Path) -> bool:
        """Export, and if it ended, let the watcher look at it."""
        if self._lives(lambda: export(self.bureau, directory)) is None:
            return False
        verdict = verify(directory, now=self.world.clock.at)
        broken = [check for check in verdict.checks if check.ok is False]
        # Leaves of events elsewhere have nobody who could open them; all else has to hold.
        assert {check.name for check in broken} <= {"openings-complete"}, broken
        return True

    def dying(self, after: int | None, *, takes_process: bool) -> None:
        """The next work ends after so many moments."""
        self.fate.left, self.fate.takes_process = after, takes_process

    def _lives(self, work: Callable[[], Any]) -> Any:
        """Do it; None where it died on the way."""
        died = sum(self.fate.deaths.values())
        try:
            return work()
        except Died:
            return None
        except (psycopg.OperationalError, psycopg.InterfaceError):
            assert sum(self.fate.deaths.values()) > died, "an error that no crash explains"
            return None
        finally:
            self.fate.left = None
            if sum(self.fate.deaths.values()) > died:
                self.store.close()  # whoever comes next has sessions of its own

    # Copies

    def copy(self) -> None:
        """Keep a copy of the database."""
        self.copies.append(self._copied(f"{self._name()}_copy_{len(self.copies)}"))

    def _name(self) -> str:
        return str(conninfo_to_dict(self.url)["dbname"])

    def _copied(self, name: str, *, of: str | None = None) -> str:
        self.store.close()
        words = compose.SQL("create database {} template {}")
        self.admin.execute(words.format(compose.Identifier(name), compose.Identifier(of or self._name())))
        return name

    def restore(self, which: int) -> None:
        """Put an older copy in the place of the database: nothing may be signed on it unless it holds the last head.

        Then the newest state is brought back, which is what the message asks for.
        """
        self.restores += 1
        newest = self._copied(f"{self._name()}_newest_{self.restores}")
        before = self._file()
        self.put_back(self.copies[which % len(self.copies)])
        self.put_leaves(1)
        is_behind = self._head()[0] < before[0]
        if is_behind:
            with pytest.raises(LogMisbehaviour, match="restored from an older copy"):
                sequence(self.bureau)
            assert self._file() == before
        self.put_back(newest)
        self._dropped(newest)
        self.check()

    def put_back(self, copy: str) -> None:
        """Put a copy in the place of the database."""
        self.store.close()
        self._dropped(self._name())
        self._copied(self._name(), of=copy)

    def _dropped(self, name: str) -> None:
        self.admin.execute(compose.SQL("drop database {} with (force)").format(compose.Identifier(name)))

    def close(self) -> None:
        """End every session."""
        self.store.close()
        for copy in self.copies:
            self._dropped(copy)
        self.admin.close()

    # What has to hold

    def recover(self) -> None:
        """Up again: everything that waits is signed, and everything holds."""
        with suppress(Died):
            assert self.sequence()
        self.check()
        assert self._file() == self._head(), "the file outside has not caught up"

    def check(self, *, whole: bool = False) -> None:
        """The invariants of what is new; `whole` asks every question anew and rebuilds the tree from the entries."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            self._check_heads(connection)
            if not whole:
                return
            for question, told in WRONG.items():
                assert connection.execute(question).fetchall() == [], told
            kept = dict(connection.execute("select inquiry_id::text, key from bureau.idempotency").fetchall())
            keys = Counter(kept.values())
            for key, outcome in self.answered.items():
                assert keys[key] == 1, "what was told to a lender is not kept, or twice"
                assert kept[outcome.split()[1]] == key, "a lender was told another inquiry"
            self._check_tree(connection)

    def _check_heads(self, connection: psycopg.Connection[Any]) -> None:
        """Contiguous indexes up to the last head; no head is gone, none is there with two roots."""
        known = max(self.heads, default=0)
        heads = dict(connection.execute("select size, root from bureau.log_head where size >= %s", [known]).fetchall())
        file_size, file_root = self._file()
        for size, root in (*heads.items(), (file_size, file_root)):
            assert self.heads.setdefault(size, root) == root, f"two signed heads of size {size}"
        last = max(heads, default=0)
        assert known in heads or not known, "a head that was signed is gone"
        assert file_size <= last, "a head left that the database does not hold"
        row = connection.execute("select count(*), min(leaf_index), max(leaf_index) from bureau.log_entry").fetchone()
        assert row == (last, 0, last - 1), "the indexes have a hole, or entries are beyond the head"

    def _check_tree(self, connection: psycopg.Connection[Any]) -> None:
        """Every head that was ever signed is a head of this one tree."""
        rows = connection.execute("select leaf_hash, entry from bureau.log_entry order by leaf_index").fetchall()
        hashes = [leaf_hash(row[1]) for row in rows]
        assert hashes == [row[0] for row in rows], "an entry is not what was hashed"
        heads = dict(connection.execute("select size, root from bureau.log_head").fetchall())
        assert set(self.heads) == set(heads), "a head that was signed is gone"
        tree = Tree()
        tree.append(hashes)
        assert {size: tree.root(size) for size in self.heads} == self.heads, "two histories"

    def _head(self) -> tuple[int, bytes]:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("select size, root from bureau.log_head order by size desc limit 1").fetchone()
        assert row is not None
        return row[0], row[1]

    def _file(self) -> tuple[int, bytes]:
        found = open_checkpoint(self.bureau.settings.head_file.read_bytes(), self.bureau.log_key)
        return found.size, found.root


WRONG = {
    "select leaf_id from (select leaf_id from bureau.log_entry union all select leaf_id from bureau.leaf_pending) as leaf"
    " group by leaf_id having count(*) <> 1": "a leaf is there twice",
    "with leaf as (select leaf_hash from bureau.log_entry union all"
    " select sha256('\\x00'::bytea || entry) from bureau.leaf_pending)"
    " select e.leaf_hash from bureau.event e left join leaf using (leaf_hash) group by e.leaf_hash, e.subject_id"
    " having count(leaf.leaf_hash) <> 1": "an event has no leaf, or two",
    "select subject_id from bureau.event where seq > 0 group by subject_id having count(*) <> max(seq) or min(seq) <> 1"
    " or count(distinct seq) <> count(*)": "a person's chain has a hole",
    "select member_id from bureau.charge group by member_id, bill_month, lane"
    " having count(*) <> max(bill_seq) or min(bill_seq) <> 1 or count(distinct bill_seq) <> count(*)": "a lane has a hole",
    "select member_id from bureau.lane_head full join (select member_id, bill_month, lane, max(bill_seq) as seq"
    " from bureau.charge group by member_id, bill_month, lane) as last using (member_id, bill_month, lane)"
    " where lane_head.seq is distinct from last.seq": "a lane's head is not its last charge",
    "select inquiry_id from bureau.charge group by inquiry_id having count(*) > 1": "an inquiry is charged twice",
    "select i.inquiry_id from bureau.inquiry i left join bureau.event e using (leaf_hash) group by i.inquiry_id"
    " having count(e.leaf_hash) <> 1": "an inquiry has no event, or two",
}
"""Questions that must have no answer, and what an answer would mean."""


def schedule(town: Town, chance: random.Random) -> int:
    """One schedule: some work, a crash in the middle of it, and the bureau is up again; how many crashes there were."""
    before = sum(town.fate.deaths.values())
    takes_process = chance.random() < 0.7
    work = chance.random()
    if work < 0.25:
        person, member = (
            chance.choice(["good", "plain", "busy", "late"]),
            chance.choice(["bank-alpha", "bank-beta", "bank-closed"]),
        )
        request = town.ask(person, member)
        town.dying(chance.randrange(8), takes_process=takes_process)
        if not town.answer(request):
            assert town.answer(request), "the second attempt was not told"
    else:
        town.put_leaves(chance.choice([1, 1, 2, 5]))
    town.dying(chance.randrange(34), takes_process=chance.random() < 0.7)
    town.sequence()
    if chance.random() < 0.2:  # it dies again while it makes good what it left
        town.dying(chance.randrange(12), takes_process=takes_process)
        town.sequence()
    town.recover()
    return sum(town.fate.deaths.values()) - before
