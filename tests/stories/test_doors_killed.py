"""A process is killed in the middle of an upload, of a load, of a watched folder: it goes on, and nothing is doubled."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.drop import DONE, TAKEN, DropFolder
from openbureau.jobs.furnishing.load import furnish, load_file, load_if_free, must_wait
from openbureau.jobs.furnishing.loader import Loader
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receive_file
from world import PEOPLE, World, alpha_file, gamma_file, jsonl, loan, months, subject_record

CHUNK = 40
OPEN = """
import os, sys
from datetime import datetime
from pathlib import Path
from openbureau.config import load_settings
from openbureau.jobs.context import open_bureau
from openbureau.jobs.furnishing import receive
receive.CHUNK_PIECES = {chunk}
at = datetime.fromisoformat(os.environ["TEST_NOW"])
bureau = open_bureau(load_settings(os.environ), os.environ["OPENBUREAU_DATABASE_URL"], clock=lambda: at)
"""
SERVE = (
    OPEN
    + """
from openbureau.web.serve import serve
serve(bureau, host="127.0.0.1", port=int(sys.argv[1]))
"""
)
WATCH = (
    OPEN
    + """
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.drop import DropFolder, Watcher
Watcher(DropFolder(bureau, Path(sys.argv[1]), "bank-alpha", settled=0), print, seconds=0.05).watch()
"""
)
FACTS = ("receipt", "tradeline_fact", "month_fact", "tradeline_current", "subject", "finding")


def records() -> list[dict[str, Any]]:
    """Some hundred records of known people."""
    made = alpha_file()
    for number in range(2, 30):
        account = loan(PEOPLE["good"], number)
        made += [account, *months(account["account_no"], "N" * 24)]
    return made


CONTENT = jsonl(records()).read()


@contextmanager
def process(world: World, script: str, word: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own on the same installation."""
    settings = world.bureau.settings
    environ = os.environ | {
        "OPENBUREAU_HOME": str(settings.home), "OPENBUREAU_DATABASE_URL": world.url, "TEST_NOW": world.clock.at.isoformat(),
    }  # fmt: skip
    made = subprocess.Popen([sys.executable, "-c", script.format(chunk=CHUNK), word], env=environ)
    try:
        yield made
    finally:
        made.send_signal(signal.SIGKILL)
        made.wait()


@contextmanager
def served(world: World) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """A serving process, and a furnisher who talks to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    headers = {"Authorization": f"Bearer {world.tokens['bank-alpha']}"}
    with (
        process(world, SERVE, str(port)) as made,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client,
    ):
        wait_for(lambda: answers(client))
        yield made, client


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def wait_for(is_so: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.005)


def progress(world: World) -> list[tuple[int, bool]]:
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select next_chunk, is_done from bureau.furnishing order by receipt_id").fetchall()
        return [(int(row[0]), bool(row[1])) for row in rows]


def held(world: World) -> dict[str, int]:
    with psycopg.connect(world.url) as connection:
        found = {}
        for table in FACTS:
            row = connection.execute(f"select count(*) from bureau.{table}").fetchone()
            found[table] = int(row[0]) if row else -1
        return found


@pytest.fixture
def calm(new_world: Callable[..., World]) -> dict[str, int]:
    """What is held after a load that nobody disturbed."""
    world = new_world(files={})
    furnish(world.bureau, "bank-alpha", jsonl(records()))
    return held(world)


def test_a_server_killed_in_the_middle_of_a_load_goes_on(new_world: Callable[..., World], calm: dict[str, int]) -> None:
    """The receipt was given (202); after kill -9 and a new start the load goes on from its chunk, and nothing is twice."""
    world = new_world(files={})
    with served(world) as (made, client):
        reply = client.post("/v1/furnishings", content=CONTENT, headers={"Prefer": "respond-async"})
        assert reply.status_code == 202
        wait_for(lambda: progress(world)[0][0] > 1)
        made.send_signal(signal.SIGKILL)
        made.wait()
    chunk, is_done = progress(world)[0]
    assert (is_done, chunk > 1) == (False, True), "the kill disturbed nobody: the test shows nothing"
    with served(world) as (_, client):
        wait_for(lambda: progress(world)[0][1])
        told = client.get(reply.headers["location"]).json()
    assert told["acceptance"]["records"] == told["acceptance"]["accepted"] == len(records())
    assert told["progress"]["state"] == "done"
    assert held(world) == calm


def test_a_server_killed_in_the_middle_of_an_upload_goes_on(
    new_world: Callable[..., World], calm: dict[str, int]
) -> None:
    """What was acknowledged is held after kill -9; the rest is sent to the next process, and becomes one receipt."""
    world = new_world(files={})
    step = len(CONTENT) // 5 + 1
    with served(world) as (made, client):
        place = client.post("/v1/uploads", json={"size": len(CONTENT)}).headers["location"]
        acknowledged = 0
        for at in (0, step):
            acknowledged = client.put(f"{place}?at={at}", content=CONTENT[at : at + step]).json()["upload"]["held"]
        made.send_signal(signal.SIGKILL)
        made.wait()
    with served(world) as (made, client):
        at = client.get(place).json()["upload"]["held"]
        assert at == acknowledged == 2 * step
        while at < len(CONTENT):
            at = client.put(f"{place}?at={at}", content=CONTENT[at : at + step]).json()["upload"]["held"]
        first = client.post(f"{place}/finish", headers={"Prefer": "respond-async"}).json()["receipt"]
        made.send_signal(signal.SIGKILL)
        made.wait()
    again = upload.finish(world.bureau, "bank-alpha", place.rpartition("/")[2])
    assert isinstance(again, FurnishingReceipt)
    assert (again.receipt_id, again.leaf_hash) == (first["receipt_id"], first["leaf_hash"])
    assert load_file(world.bureau, again.receipt_id).progress.is_done
    assert held(world) == calm


def test_a_watcher_killed_in_the_middle_is_resumed_once(
    new_world: Callable[..., World], calm: dict[str, int], tmp_path: Path
) -> None:
    """Killed while it loads a file of the folder: another watcher ends that file, with the one receipt it has."""
    world = new_world(files={})
    (tmp_path / "october.jsonl").write_bytes(CONTENT)
    with process(world, WATCH, str(tmp_path)) as made:
        wait_for(lambda: progress(world) and progress(world)[0][0] > 1)
        made.send_signal(signal.SIGKILL)
        made.wait()
    assert progress(world)[0][1] is False, "the kill disturbed nobody: the test shows nothing"
    assert len(list((tmp_path / TAKEN).iterdir())) == 1
    (done,) = DropFolder(world.bureau, tmp_path, "bank-alpha", settled=0).look()
    assert done.place.parent.name == DONE
    assert not list((tmp_path / TAKEN).iterdir())
    assert held(world) == calm


def test_a_load_is_left_to_whoever_loads(new_world: Callable[..., World]) -> None:
    """While one loads, another that need not wait goes away; what breaks holds up no other file and is told."""
    world = new_world(files={})
    received = receive_file(world.bureau, "bank-alpha", jsonl(alpha_file()))
    assert isinstance(received, FurnishingReceipt)
    with psycopg.connect(world.url, autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtextextended(%s, 7203117))", ["bank-alpha"])
        assert load_if_free(world.bureau, received.receipt_id) is False
        assert progress(world) == [(0, False)]
        other.execute("select pg_advisory_unlock(hashtextextended(%s, 7203117))", ["bank-alpha"])
    assert load_if_free(world.bureau, received.receipt_id) is True
    assert progress(world)[0][1] is True


def test_the_loader_loads_what_waits_and_goes_past_what_breaks(new_world: Callable[..., World]) -> None:
    """A file whose chunk cannot be opened is tried again later; another member's file is loaded now."""
    world = new_world(files={})
    bad = receive_file(world.bureau, "bank-alpha", jsonl(alpha_file()))
    assert isinstance(bad, FurnishingReceipt)
    with psycopg.connect(world.url) as connection:
        connection.execute(
            "update bureau.receipt_chunk set sealed = set_byte(sealed, 40, 255 - get_byte(sealed, 40)) where receipt_id = %s",
            [bad.receipt_id],
        )
    world.clock.forward(seconds=1)
    receive_file(world.bureau, "micro-gamma", jsonl(gamma_file()))
    told: list[Exception] = []
    with Loader(world.bureau, seconds=0.01, tell=told.append) as loader:
        loader.wake()
        wait_for(lambda: progress(world)[1][1])
        assert loader.trouble is not None
    assert told
    assert progress(world)[0] == (0, False)


def test_a_members_files_are_loaded_in_the_order_they_came(new_world: Callable[..., World]) -> None:
    """The later word stands, though its file is asked for first; and nobody has to wait for another member."""
    world = new_world(files={})
    person = PEOPLE["good"]
    first = receive_file(world.bureau, "bank-alpha", jsonl([subject_record(person), loan(person, limit_fen=100)]))
    second = receive_file(world.bureau, "bank-alpha", jsonl([loan(person, limit_fen=200)]))
    other = receive_file(world.bureau, "micro-gamma", jsonl([subject_record(person)]))
    assert isinstance(first, FurnishingReceipt)
    assert isinstance(second, FurnishingReceipt)
    assert isinstance(other, FurnishingReceipt)
    assert first.received_at < second.received_at, "in one instant, and still one after the other"
    assert [must_wait(world.bureau, one.receipt_id) for one in (first, second, other)] == [False, True, False]
    made = load_file(world.bureau, second.receipt_id)
    assert (made.progress.changed, made.progress.refused) == (1, 0)
    load_file(world.bureau, first.receipt_id)
    with psycopg.connect(world.url) as connection:
        rows = connection.execute("select limit_fen from bureau.tradeline_current").fetchall()
    assert rows == [(200,)]


def test_many_single_records_in_one_instant_are_all_kept(new_world: Callable[..., World]) -> None:
    """Eight threads change the same month at the same instant: every version is a fact of its own."""
    world = new_world(files={})
    person = PEOPLE["good"]
    furnish(world.bureau, "bank-alpha", jsonl([subject_record(person), loan(person)]))

    def send(number: int) -> None:
        row = months(f"{person.handle}-1", "N", first="2026-10")[0] | {"balance_fen": number}
        furnish(world.bureau, "bank-alpha", jsonl([row]))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(send, range(30)))
    with psycopg.connect(world.url) as connection:
        row = connection.execute("select count(*), count(distinct known_at) from bureau.month_fact").fetchone()
    assert row == (30, 30)
