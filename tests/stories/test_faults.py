"""The database dies in the middle: nothing is lost, nothing is doubled."""

import json
import os
import queue
import shutil
import signal
import tempfile
import threading
from pathlib import Path

import psycopg
import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing import receive
from openbureau.jobs.furnishing.load import load_file, resume_loads
from openbureau.jobs.furnishing.receive import receive_file
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import Ticker, sequence
from openbureau.store.database import create_database
from openbureau.store.launcher import Launcher
from openbureau.tlog.merkle import leaf_hash
from openbureau.tlog.strict import parse_base64
from openbureau.watch.verify import verify
from world import PEOPLE, alpha_file, gamma_file, jsonl, make_world

INQUIRIES, KILL_AFTER, WORKERS = 200, 60, 6
FACTS = ("tradeline_fact", "month_fact", "tradeline_current", "subject", "finding")


@pytest.fixture
def own_server():
    """A server that this test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="ob-fault-", dir="/tmp"))
    folder.chmod(0o755)
    launcher = Launcher(folder / "database", tell=lambda _: None)
    launcher.start()
    yield launcher
    launcher.stop()
    shutil.rmtree(folder, ignore_errors=True)


def kill(server):
    """Kill -9 the server's main process; its sessions end with it."""
    os.kill(server.pid(), signal.SIGKILL)


def held(url):
    with psycopg.connect(url) as connection:
        return {table: connection.execute(f"select count(*) from bureau.{table}").fetchone()[0] for table in FACTS}


def test_a_database_killed_in_the_middle_of_a_load(own_server, tmp_path, monkeypatch):
    """After the restart the load goes on; the facts are those of a load that was never disturbed."""
    monkeypatch.setattr(receive, "CHUNK_PIECES", 15)
    calm = make_world(tmp_path / "calm", create_database(own_server.url(), "calm"))
    wild = make_world(tmp_path / "wild", create_database(own_server.url(), "wild"), files={"micro-gamma": gamma_file})
    received = receive_file(wild.bureau, "bank-alpha", jsonl(alpha_file()))
    seen = []

    def watch(progress):
        seen.append(progress.next_chunk)
        if len(seen) == 4:
            kill(own_server)

    with pytest.raises(psycopg.OperationalError):
        load_file(wild.bureau, received.receipt_id, progress=watch)
    own_server.start()
    done = []
    for _ in range(20):  # broken connections leave the pool one by one
        try:
            done = resume_loads(wild.bureau)
            break
        except psycopg.OperationalError:
            continue
    (made,) = done
    assert made.progress.is_done
    assert made.progress.records == len(alpha_file()) == made.progress.accepted == made.progress.added + 1
    assert held(wild.url) == held(calm.url)
    for world in (calm, wild):
        world.bureau.store.close()


def test_a_database_killed_in_the_middle_of_two_hundred_inquiries(own_server, tmp_path):
    """Every answer that left has its leaf and its record; what did not leave is answered when sent again; nothing twice."""
    world = make_world(tmp_path / "home", create_database(own_server.url(), "bureau"))
    people = [PEOPLE[name] for name in ("good", "late", "busy", "plain", "thin")]
    for person in people:
        for member in ("bank-alpha", "bank-beta"):
            give_consent(world.bureau, world.subject_id(person), member_id=member, purpose="loan-approval")
    requests = [world.request(people[at % 5], member=("bank-alpha", "bank-beta")[at % 2]) for at in range(INQUIRIES)]
    left: dict[int, Answered] = {}
    failed: list[int] = []
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for at in range(INQUIRIES):
        waiting.put(at)
    lock = threading.Lock()

    def work():
        while True:
            try:
                at = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                outcome = answer_inquiry(requests[at], world.bureau)
            except psycopg.Error:
                failed.append(at)
                continue
            if not isinstance(outcome, Answered):
                failed.append(at)
                continue
            with lock:
                left[at] = outcome
                if len(left) == KILL_AFTER:
                    kill(own_server)
                    own_server.start()

    with Ticker(world.bureau, seconds=0.01):
        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed, "the kill disturbed nobody: the test shows nothing"
    for at in failed:
        left[at] = _insist(world, requests[at])
    for at in range(0, INQUIRIES, 7):  # and each of these once more: the same bytes
        assert _insist(world, requests[at]).answer == left[at].answer
    _nothing_lost_nothing_doubled(world, left)
    while sequence(world.bureau):
        pass
    export(world.bureau, tmp_path / "export")
    verdict = verify(tmp_path / "export")
    assert verdict.status == "ok", [check for check in verdict.checks if not check.ok]
    world.bureau.store.close()


def _insist(world, request):
    """What a lender does: send the same key again."""
    for _ in range(50):
        try:
            outcome = answer_inquiry(request, world.bureau)
        except psycopg.Error:
            continue
        if isinstance(outcome, Answered):
            return outcome
    raise AssertionError("never answered")


def _nothing_lost_nothing_doubled(world, left):
    assert len(left) == INQUIRIES
    ids = [outcome.inquiry_id for outcome in left.values()]
    assert len(set(ids)) == INQUIRIES
    leaves = {leaf_hash(parse_base64(outcome.receipt["entry"])) for outcome in left.values()}
    with psycopg.connect(world.url) as connection:
        stored = {str(row[0]) for row in connection.execute("select inquiry_id from bureau.inquiry")}
        pending = [leaf_hash(row[0]) for row in connection.execute("select entry from bureau.leaf_pending")]
        logged = [row[0] for row in connection.execute("select leaf_hash from bureau.log_entry")]
        charges = connection.execute(
            "select subject_id, member_id, count(*) from bureau.charge group by 1, 2"
        ).fetchall()
        chains = connection.execute(
            "select h.seq, (select count(*) from bureau.event e where e.subject_id = h.subject_id) from bureau.label_head h"
        ).fetchall()
    assert stored == set(ids)
    assert len(leaves) == INQUIRIES
    assert leaves <= set(pending) | set(logged)
    assert len(pending) + len(logged) == len(set(pending) | set(logged))
    assert all(row[2] == 1 for row in charges)
    assert len(charges) == 10
    assert all(seq == count for seq, count in chains)
    assert all(json.loads(outcome.answer)["header"]["report_id"] == outcome.inquiry_id for outcome in left.values())
