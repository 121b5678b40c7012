"""The store keeps its promises when the bureau dies before and after every statement, and when an older copy is put back."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from openbureau.store.database import create_database
from openbureau.store.launcher import Launcher
from stories.log_crashes import Town, schedule
from world import make_world

MOMENTS = {
    "before copy", "within copy", "after copy", "before commit", "after commit", "before select pg_try_advisory_xact_lock",
    "before insert into bureau.log_tile", "before insert into bureau.log_head", "after insert into bureau.log_head",
    "before delete from bureau.leaf_pending",
}  # fmt: skip


@pytest.fixture(scope="module")
def new_town(server: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Town]]:
    """Makes towns that are closed at the end."""
    made: list[Town] = []

    def make() -> Town:
        url = create_database(server.url(), f"town_{os.getpid()}_{len(made)}")
        made.append(Town(make_world(tmp_path_factory.mktemp("town"), url)))
        return made[-1]

    yield make
    for town in made:
        town.close()


@pytest.fixture(scope="module")
def town(new_town: Callable[[], Town]) -> Town:
    """One town for a file of tests: what holds must hold after whatever happened before."""
    return new_town()


def run(town: Town, seed: int, schedules: int) -> None:
    """So many schedules, with the whole tree rebuilt now and then."""
    chance = random.Random(seed)
    crashes = 0
    for number in range(schedules):
        crashes += schedule(town, chance)
        if number % 50 == 49:
            town.check(whole=True)
    town.check(whole=True)
    print(f"{crashes} crashes in {schedules} schedules at {len(town.fate.deaths)} moments, {len(town.heads)} heads")
    assert crashes >= schedules // 3


def test_a_hundred_schedules(town: Town) -> None:
    """Work, a crash at any moment, and up again: contiguous, consistent, nothing lost or doubled."""
    run(town, seed=1, schedules=100)


def test_every_moment_of_the_sequencer(town: Town) -> None:
    """One crash at each moment of one run, with and without the process, none left out."""
    for takes_process in (True, False):
        for after in range(100):
            before = sum(town.fate.deaths.values())
            town.put_leaves(2)
            town.dying(after, takes_process=takes_process)
            town.sequence()
            town.recover()
            if sum(town.fate.deaths.values()) == before:  # the run was over before this moment came
                break
        assert 20 < after < 99
    assert set(town.fate.deaths) >= MOMENTS
    town.check(whole=True)


def test_an_older_copy_is_never_signed_on(town: Town) -> None:
    """A copy of before the last head, put back: nothing is signed; a copy that holds it: the log goes on."""
    town.copy()
    town.restore(-1)
    town.put_leaves(3)
    town.recover()
    town.restore(-1)
    assert town.restores == 2
    town.put_leaves(1)
    town.recover()


class LogUnderCrashes(RuleBasedStateMachine):
    """Commits, refusals, runs of the sequencer, exports, copies, restores in any order, dying at any moment or not at all."""

    town: Town
    folder: Path
    moments = st.none() | st.integers(0, 33)

    def __init__(self) -> None:
        super().__init__()
        self.unfinished: list = []

    @rule(count=st.integers(1, 6))
    def leaves(self, count: int) -> None:
        """Events elsewhere."""
        self.town.put_leaves(count)

    @rule(
        person=st.sampled_from(["good", "plain", "busy", "late"]),
        member=st.sampled_from(["bank-alpha", "bank-beta", "bank-closed"]),
        moment=st.none() | st.integers(0, 7),
        takes_process=st.booleans(),
    )
    def ask(self, person: str, member: str, moment: int | None, *, takes_process: bool) -> None:
        """An answer or a refusal, told or not."""
        request = self.town.ask(person, member)
        self.town.dying(moment, takes_process=takes_process)
        if not self.town.answer(request):
            self.unfinished.append(request)

    @rule(moment=moments, takes_process=st.booleans())
    def ask_again(self, moment: int | None, *, takes_process: bool) -> None:
        """Whoever was told nothing asks again under the same key."""
        if self.unfinished:
            request = self.unfinished.pop()
            self.town.dying(moment, takes_process=takes_process)
            if not self.town.answer(request):
                self.unfinished.append(request)

    @rule(moment=moments, takes_process=st.booleans())
    def sequence(self, moment: int | None, *, takes_process: bool) -> None:
        """A run of the sequencer."""
        self.town.dying(moment, takes_process=takes_process)
        self.town.sequence()

    @rule()
    def recover(self) -> None:
        """Up again."""
        self.town.recover()

    @rule(moment=st.none() | st.integers(0, 40), luck=st.integers(0, 4))
    def export(self, moment: int | None, luck: int) -> None:
        """Now and then an export that dies, or that the watcher accepts."""
        if luck:
            return
        self.town.recover()
        self.town.dying(moment, takes_process=True)
        self.town.export(self.folder / os.urandom(6).hex())

    @rule()
    def copy(self) -> None:
        """A copy of the database."""
        if len(self.town.copies) < 12:
            self.town.copy()

    @rule(which=st.integers(0, 11), luck=st.integers(0, 2))
    def restore(self, which: int, luck: int) -> None:
        """Now and then an older copy in its place, then the newest again."""
        self.town.recover()
        if self.town.copies and not luck:
            self.town.restore(which)

    def teardown(self) -> None:
        """At the end everything holds, and whoever was told nothing is told."""
        for request in self.unfinished:
            assert self.town.answer(request)
        self.town.recover()
        self.town.check(whole=True)


def explore(town: Town, folder: Path, *, examples: int, steps: int) -> None:
    """Let Hypothesis choose, and shrink what does not hold."""
    machine = type("Machine", (LogUnderCrashes,), {"town": town, "folder": folder})
    quiet = list(HealthCheck)
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=quiet, derandomize=True
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_an_order_of_work_crashes_and_restores(town: Town, tmp_path: Path) -> None:
    """One order of steps that Hypothesis chooses."""
    explore(town, tmp_path, examples=1, steps=12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_ten_thousand_schedules(new_town: Callable[[], Town], seed: int) -> None:
    """Ten towns with a thousand schedules of work, crash and recovery each."""
    run(new_town(), seed=seed, schedules=1_000)


@pytest.mark.slow
def test_many_orders_of_work_crashes_and_restores(town: Town, tmp_path: Path) -> None:
    """Many orders of steps that Hypothesis chooses."""
    explore(town, tmp_path, examples=30, steps=20)


DAMAGE = (
    "delete from bureau.log_entry where leaf_index = 3",
    "update bureau.log_entry set entry = entry || 'x' where leaf_index = 2",
    "insert into bureau.leaf_pending (leaf_id, entry, made_at) select leaf_id, entry, now() from bureau.log_entry limit 1",
    "update bureau.event set leaf_hash = sha256(leaf_hash) where kind = 'inquiry'",
    "update bureau.event set seq = seq + 1 where kind = 'inquiry'",
    "update bureau.charge set bill_seq = bill_seq + 1",
    "update bureau.lane_head set seq = seq + 1",
    "delete from bureau.idempotency",
    "update bureau.log_head set root = sha256('other') where size = (select max(size) from bureau.log_head)",
    "delete from bureau.log_head where size = (select max(size) from bureau.log_head)",
)


def test_what_is_wrong_is_seen(town: Town) -> None:
    """A leaf gone, altered or doubled, a hole in a chain or a lane, a second root, a head that is gone: each is noticed."""
    assert town.answer(town.ask("good", "bank-alpha"))
    town.recover()
    town.copy()
    for damage in DAMAGE:
        with psycopg.connect(town.url) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute(damage)
        with pytest.raises(AssertionError):
            town.check(whole=True)
        town.put_back(town.copies[-1])
    town.check(whole=True)
