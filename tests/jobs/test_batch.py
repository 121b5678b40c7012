"""Inquiries by file: each line for itself, nothing doubled, nothing told before it is durable."""

import io
import json
import re
import threading
from dataclasses import replace

import psycopg
import pytest

from openbureau.core.leaf import EventKind
from openbureau.jobs.abuse.paces import DayQuota
from openbureau.jobs.batch import work
from openbureau.jobs.batch.receive import (
    CHUNK_LINES,
    BatchEmpty,
    BatchTooLong,
    NoBatch,
    OtherBatch,
    cancel,
    one_batch,
    own_batches,
    receive_batch,
)
from openbureau.jobs.batch.results import NotEnded, read_results
from openbureau.jobs.batch.work import work_batches
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.delivery.feed import feed
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered, Refused, TooBusy
from openbureau.jobs.rounds import Rounds
from openbureau.jobs.subject.diary import diary
from openbureau.law.reader import load_law, read_pack
from openbureau.web.api.standing.batches import line_reader
from world import PEOPLE, UNKNOWN

MONTH = "2026-11"
NAMES = ("good", "late", "busy", "plain")


def line(person, key=None, **changes):
    body = {
        "subject": {"id_kind": "cn-id", "id_number": person.id_number, "name": person.name},
        "purpose": "loan-approval",
        "actor_user": "night-run",
    }
    body |= changes
    return json.dumps(({"key": key} if key else {}) | body, ensure_ascii=False).encode()


def send(world, lines, key="file-1", member="bank-alpha"):
    read = line_reader(world.bureau)
    return receive_batch(world.bureau, member, io.BytesIO(b"\n".join(lines) + b"\n"), key=key, read=read)


def results(world, batch, **words):
    return read_results(world.bureau, "bank-alpha", batch.batch_id, **words)[0]


def count(world, table):
    with psycopg.connect(world.url) as connection:
        return connection.execute(f"select count(*) from bureau.{table}").fetchone()[0]


@pytest.fixture
def agreed(world):
    """A world in which four people agreed."""
    for name in NAMES:
        give_consent(world.bureau, world.subject_id(PEOPLE[name]), member_id="bank-alpha", purpose="loan-approval")
    return world


def test_each_line_is_an_inquiry_of_its_own(agreed):
    """Decision, leaf, charge, diary and key for each; outcomes in the order of the lines."""
    leaves = count(agreed, "leaf_pending")
    batch = send(agreed, [line(PEOPLE["good"], "a"), b"", line(PEOPLE["thin"], "b"), b"{", line(PEOPLE["late"])])
    assert (batch.state, batch.lines) == ("waiting", 4)
    assert work_batches(agreed.bureau) == 4
    batch = one_batch(agreed.bureau, "bank-alpha", batch.batch_id)
    assert (batch.state, batch.worked, batch.answered, batch.refused, batch.problems) == ("done", 4, 2, 1, 1)
    good, thin, broken, late = results(agreed, batch)
    assert [(one.number, one.key) for one in (good, thin, broken, late)] == [(1, "a"), (3, "b"), (4, None), (5, None)]
    assert isinstance(good.outcome, Answered)
    assert isinstance(late.outcome, Answered)
    assert isinstance(thin.outcome, Refused)
    assert thin.outcome.code == "no-consent"
    assert broken.problem["code"] == "not-json"
    assert count(agreed, "leaf_pending") == leaves + 3
    assert {row["inquiry_id"] for row in charges(agreed.bureau, "bank-alpha", MONTH)} == {
        good.outcome.inquiry_id, late.outcome.inquiry_id,
    }  # fmt: skip
    assert diary(agreed.bureau, agreed.subject_id(PEOPLE["late"]))[0].kind == EventKind.INQUIRY
    assert json.loads(good.outcome.answer)["header"]["report_id"] == good.outcome.inquiry_id
    (event,) = feed(agreed.bureau, "bank-alpha", 0)
    assert (event.kind, event.about, event.reference) == ("batch-ended", batch.batch_id, "file-1")


def with_quota(world, **numbers):
    """The same bureau under a law with other quotas a day."""
    pack = read_pack("cn")
    for name, number in numbers.items():
        head = pack["conduct.yaml"].index(f"\nhouse.quota.{name}:")
        rest = re.sub(r"value: \d+", f"value: {number}", pack["conduct.yaml"][head:], count=1)
        pack["conduct.yaml"] = pack["conduct.yaml"][:head] + rest
    return replace(world.bureau, law=load_law(pack=pack), _rulebooks={})


@pytest.mark.parametrize(("quota", "limit"), [({"member_per_day": 2}, "member-day"), ({"user_per_day": 2}, "user-day")])
def test_a_line_over_the_quota_of_the_day_is_a_problem_of_its_own(agreed, quota, limit):
    """Nothing is read for it; what was answered before is told again; the next day there is room."""
    bureau = with_quota(agreed, **quota)
    batch = send(agreed, [line(PEOPLE["good"], "row-1"), line(PEOPLE["late"]), line(PEOPLE["busy"])])
    work_batches(bureau)
    *answered, over = results(agreed, batch)
    assert all(isinstance(one.outcome, Answered) for one in answered)
    assert over.problem == {"code": "quota-reached", "told": {"limit": limit, "per_day": 2}}
    assert count(agreed, "inquiry") == 2
    again = send(agreed, [line(PEOPLE["good"], "row-1"), line(PEOPLE["busy"])], "file-2")
    work_batches(bureau)
    told, over = results(agreed, again)
    assert told.outcome.inquiry_id == answered[0].outcome.inquiry_id
    assert over.problem["code"] == "quota-reached"
    agreed.clock.forward(days=1)
    batch = send(agreed, [line(PEOPLE["busy"])], "file-3")
    work_batches(bureau)
    assert isinstance(results(agreed, batch)[0].outcome, Answered)


def test_another_member_has_its_own_quota(agreed):
    """What one member's lines use up leaves another's whole."""
    bureau = with_quota(agreed, member_per_day=1)
    give_consent(bureau, agreed.subject_id(PEOPLE["good"]), member_id="bank-beta", purpose="loan-approval")
    send(agreed, [line(PEOPLE["good"]), line(PEOPLE["late"])])
    batch = send(agreed, [line(PEOPLE["good"])], "file-9", member="bank-beta")
    work_batches(bureau)
    (told,), _ = read_results(bureau, "bank-beta", batch.batch_id)
    assert isinstance(told.outcome, Answered)


def test_nobody_on_file_is_told_only_after_the_permit(agreed):
    """A line about a stranger is refused like one without a consent."""
    batch = send(agreed, [line(UNKNOWN), line(PEOPLE["thin"])])
    work_batches(agreed.bureau)
    stranger, thin = results(agreed, batch)
    assert stranger.outcome.refusal == thin.outcome.refusal


def test_the_same_file_twice_is_the_same_batch(agreed):
    """By key and bytes; another file under the key is a conflict, and the key is the member's own."""
    first = send(agreed, [line(PEOPLE["good"])])
    again = send(agreed, [line(PEOPLE["good"])])
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.batch_id == first.batch_id
    with pytest.raises(OtherBatch):
        send(agreed, [line(PEOPLE["late"])])
    assert send(agreed, [line(PEOPLE["late"])], member="bank-beta").batch_id != first.batch_id
    assert count(agreed, "batch_chunk") == 2


def test_a_file_sent_by_several_at_once_is_one_batch(agreed):
    """Whoever is second waits for the first and is given its batch."""
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(send(agreed, [line(PEOPLE["good"])], "at-once"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({batch.batch_id for batch in made}) == 1
    assert sorted(batch.is_repeat for batch in made) == [False, True, True, True]


def test_a_line_under_its_own_key_is_answered_once(agreed):
    """In another file too: the same answer, no second charge; with another body it is a conflict."""
    first = send(agreed, [line(PEOPLE["good"], "row-1")])
    second = send(agreed, [line(PEOPLE["good"], "row-1"), line(PEOPLE["late"], "row-1")], "file-2")
    work_batches(agreed.bureau)
    (told,) = results(agreed, first)
    same, other = results(agreed, second)
    assert same.outcome.inquiry_id == told.outcome.inquiry_id
    assert same.outcome.answer == told.outcome.answer
    assert other.problem["code"] == "idempotency-key-reused"
    assert len(charges(agreed.bureau, "bank-alpha", MONTH)) == 1


def test_a_killed_worker_doubles_nothing(agreed, monkeypatch):
    """Cut off in the middle of a chunk, then worked again: the same inquiries, one charge each."""
    batch = send(agreed, [line(PEOPLE[name]) for name in NAMES])
    real, seen = work.answer_for, []

    def dying(*args, **words):
        if len(seen) == 2:
            raise psycopg.OperationalError("cut off")
        seen.append(real(*args, **words))
        return seen[-1]

    monkeypatch.setattr(work, "answer_for", dying)
    with pytest.raises(psycopg.OperationalError):
        work_batches(agreed.bureau)
    monkeypatch.undo()
    assert one_batch(agreed.bureau, "bank-alpha", batch.batch_id).worked == 0
    assert work_batches(agreed.bureau) == 4
    told = [one.outcome.inquiry_id for one in results(agreed, batch)]
    assert told[:2] == [one.inquiry_id for one in seen]
    assert count(agreed, "inquiry") == len(charges(agreed.bureau, "bank-alpha", MONTH)) == 4


def test_many_workers_share_a_batch(agreed):
    """Four at once: every line is worked by one of them."""
    lines = [line(PEOPLE[NAMES[at % 4]], f"row-{at}") for at in range(CHUNK_LINES * 3 + 7)]
    batch = send(agreed, lines)
    assert work_batches(agreed.bureau, workers=4) == len(lines)
    found, is_more = read_results(agreed.bureau, "bank-alpha", batch.batch_id, most=len(lines))
    assert not is_more
    assert [one.key for one in found] == [f"row-{at}" for at in range(len(lines))]
    assert count(agreed, "inquiry") == len({one.outcome.inquiry_id for one in found}) == len(lines)


def test_results_come_in_pages_that_make_the_whole(agreed):
    """Each line once, in order, wherever a page ends."""
    lines = [b"[]"] * (CHUNK_LINES * 2 + 1)
    batch = send(agreed, lines)
    work_batches(agreed.bureau)
    after, seen, is_more = 0, [], True
    while is_more:
        page, is_more = read_results(agreed.bureau, "bank-alpha", batch.batch_id, after=after, most=67)
        seen += [one.number for one in page]
        after = seen[-1]
    assert seen == list(range(1, len(lines) + 1))


def test_a_fault_of_ours_is_told_of_its_line_alone(agreed, monkeypatch):
    """The line is a problem, the operator is told, the others are answered."""
    batch = send(agreed, [line(PEOPLE["good"]), line(PEOPLE["late"]), line(PEOPLE["busy"])])
    real, told = work.answer_for, []

    def broken(bureau, connection, request, **words):
        if request.name == PEOPLE["late"].name:
            raise ZeroDivisionError
        return real(bureau, connection, request, **words) if request.name != PEOPLE["busy"].name else TooBusy()

    monkeypatch.setattr(work, "answer_for", broken)
    work_batches(agreed.bureau, tell=told.append)
    good, late, busy = results(agreed, batch)
    assert isinstance(good.outcome, Answered)
    assert (late.problem["code"], busy.problem["code"]) == ("fault", "too-busy")
    assert [type(one) for one in told] == [ZeroDivisionError]


def test_only_the_settling_of_a_chunk_waits_for_the_disk(agreed, monkeypatch):
    """Lines commit without waiting; the chunk's own commit waits, and no other duty is left with the setting."""
    send(agreed, [line(PEOPLE["good"])])
    real, seen = work.answer_for, []

    def setting(connection):
        return connection.execute("show synchronous_commit").fetchone()[0]

    def looking(bureau, connection, request, **words):
        seen.append(setting(connection))
        return real(bureau, connection, request, **words)

    monkeypatch.setattr(work, "answer_for", looking)
    real_settle = work.store.settle_chunk
    monkeypatch.setattr(
        work.store,
        "settle_chunk",
        lambda courier, *a, **w: (seen.append(setting(courier)), real_settle(courier, *a, **w)),
    )
    work_batches(agreed.bureau)
    with agreed.bureau.store.connection("api") as connection:
        seen.append(setting(connection))
    assert seen == ["off", "on", "on"]


def test_a_cancelled_batch_begins_no_further_line(agreed):
    """Its lines are told so, and nothing of them is recorded."""
    batch = send(agreed, [line(PEOPLE["good"])])
    assert cancel(agreed.bureau, "bank-alpha", batch.batch_id).state == "cancelling"
    with pytest.raises(NotEnded):
        results(agreed, batch)
    assert work_batches(agreed.bureau) == 0
    assert cancel(agreed.bureau, "bank-alpha", batch.batch_id).state == "cancelled"
    assert results(agreed, batch)[0].problem["code"] == "batch-cancelled"
    assert count(agreed, "inquiry") == 0


def test_a_cancelled_batch_ends_after_its_last_worker(agreed):
    """While somebody works a chunk the batch has not ended; then that chunk's lines have their outcomes."""
    batch = send(agreed, [line(PEOPLE["good"])])
    with agreed.bureau.store.connection("courier") as courier:
        with courier.transaction():
            claimed = work.store.claim_chunk(courier, None)
            cancel(agreed.bureau, "bank-alpha", batch.batch_id)
            with agreed.bureau.store.connection("courier") as other:
                work.end_batches(agreed.bureau, other)
            assert one_batch(agreed.bureau, "bank-alpha", batch.batch_id).state == "cancelling"
            with agreed.bureau.store.connection("api") as api:
                work._work_chunk(agreed.bureau, (courier, api), claimed, (lambda _: None, DayQuota(agreed.bureau)))
        work.end_batches(agreed.bureau, courier)
    assert one_batch(agreed.bureau, "bank-alpha", batch.batch_id).state == "cancelled"
    assert isinstance(results(agreed, batch)[0].outcome, Answered)


def test_lines_are_not_begun_after_their_time(agreed):
    """Keys are remembered as long as lines may be worked: later nothing is asked."""
    batch = send(agreed, [line(PEOPLE["good"])])
    agreed.clock.forward(hours=72)
    work_batches(agreed.bureau)
    assert results(agreed, batch)[0].problem["code"] == "batch-expired"
    assert count(agreed, "inquiry") == 0


def test_a_batch_is_gone_after_its_term(agreed):
    """Lines and results too, and the inquiries stay."""
    batch = send(agreed, [line(PEOPLE["good"])])
    work_batches(agreed.bureau)
    agreed.clock.forward(days=7)
    with pytest.raises(NoBatch):
        results(agreed, batch)
    assert own_batches(agreed.bureau, "bank-alpha") == []
    work_batches(agreed.bureau)
    assert count(agreed, "batch") == count(agreed, "batch_chunk") == 0
    assert count(agreed, "inquiry") == 1


def test_a_batch_is_its_members_alone(agreed):
    """Row-level security: another member sees none, and neither does the role without a member."""
    batch = send(agreed, [line(PEOPLE["good"])])
    for duty in (one_batch, cancel, read_results):
        with pytest.raises(NoBatch):
            duty(agreed.bureau, "bank-beta", batch.batch_id)
    assert own_batches(agreed.bureau, "bank-beta") == []
    assert [one.batch_id for one in own_batches(agreed.bureau, "bank-alpha")] == [batch.batch_id]
    with agreed.bureau.store.connection("api") as connection:
        for table in ("batch", "batch_chunk"):
            assert connection.execute(f"select count(*) from bureau.{table}").fetchone()[0] == 0


def test_nothing_of_a_line_lies_open(agreed):
    """Neither names, numbers nor keys of lines are readable in the tables."""
    send(agreed, [line(PEOPLE["good"], "canary-key")])
    work_batches(agreed.bureau)
    with psycopg.connect(agreed.url) as connection:
        rows = connection.execute(
            "select b::text || c::text from bureau.batch b join bureau.batch_chunk c using (batch_id)"
        )
        text = str(rows.fetchall())
    for word in (PEOPLE["good"].id_number, PEOPLE["good"].name, "canary-key"):
        assert word not in text
        assert word.encode().hex() not in text


def test_files_without_lines_or_with_too_many_are_not_received(agreed, monkeypatch):
    """Nothing of them is kept."""
    with pytest.raises(BatchEmpty):
        send(agreed, [b"", b"  "])
    typed = agreed.bureau.rulebook(agreed.clock.at.date()).typed
    monkeypatch.setattr(type(typed.batch_lines_most), "number", 2)
    with pytest.raises(BatchTooLong):
        send(agreed, [b"[]"] * 3)
    assert count(agreed, "batch") == 0


def test_a_line_longer_than_a_body_is_a_problem_of_its_own(agreed):
    """It is not held in memory as a whole, and the next line is read from its beginning."""
    batch = send(agreed, [line(PEOPLE["good"], note="x" * 200_000), line(PEOPLE["late"])])
    work_batches(agreed.bureau)
    long, late = results(agreed, batch)
    assert (long.number, long.problem["code"]) == (1, "too-large")
    assert (late.number, type(late.outcome)) == (2, Answered)


def test_an_outcome_that_was_erased_since_is_told_so(agreed):
    """Results are read where they were recorded: what is gone there is gone here."""
    batch = send(agreed, [line(PEOPLE["good"])])
    work_batches(agreed.bureau)
    with psycopg.connect(agreed.url) as connection:
        connection.execute("alter table bureau.inquiry disable trigger append_only")
        connection.execute("delete from bureau.inquiry")
    assert results(agreed, batch)[0].problem["code"] == "erased"


def test_rounds_go_on_after_trouble_and_end_when_told():
    """A duty that fails is told and tried again."""
    seen, told, done = [], [], threading.Event()

    def duty(stopped):
        seen.append(stopped())
        if len(seen) == 1:
            raise ZeroDivisionError
        done.set()

    with Rounds("test", duty, seconds=0.01, tell=told.append) as rounds:
        assert done.wait(10)
        rounds.wake()
    assert [type(one) for one in told] == [ZeroDivisionError]
    assert seen[0] is False
