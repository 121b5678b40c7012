"""A file in pieces: offsets, retries, two at once, a term, and one receipt in the end."""

import hashlib
import threading
from collections.abc import Callable

import psycopg
import pytest

from openbureau.core.outcome import Refusal
from openbureau.jobs.furnishing import upload
from openbureau.jobs.furnishing.load import load_file
from openbureau.jobs.furnishing.receive import FurnishingReceipt, receipt_of
from openbureau.jobs.furnishing.upload import NoUpload, OtherDigest, TooMuch, WrongOffset
from openbureau.law.workdays import civil_day
from world import PEOPLE, World, alpha_file, jsonl, loan, subject_record

MEMBER = "bank-alpha"
CONTENT = jsonl(alpha_file()).read()


def receipts(world: World) -> int:
    with psycopg.connect(world.url) as connection:
        row = connection.execute("select count(*) from bureau.receipt").fetchone()
        return int(row[0]) if row else 0


def left(world: World) -> tuple[int, ...]:
    with psycopg.connect(world.url) as connection:
        row = connection.execute(
            "select (select count(*) from bureau.upload), (select count(*) from bureau.upload_piece)"
        ).fetchone()
        return tuple(row or ())


def begun(world: World, content: bytes = CONTENT, **promised: str) -> str:
    made = upload.begin(world.bureau, MEMBER, len(content), **promised)
    assert isinstance(made, upload.Upload)
    return made.upload_id


def test_pieces_become_one_receipt(new_world: Callable[..., World]) -> None:
    """Pieces in order, then finished: the receipt is that of the whole, and nothing of the upload is left."""
    world = new_world(files={})
    upload_id = begun(world, sha256=hashlib.sha256(CONTENT).hexdigest(), format="jsonl")
    for at in range(0, len(CONTENT), 4000):
        told = upload.add_piece(world.bureau, MEMBER, upload_id, CONTENT[at : at + 4000], at=at)
        assert told.held == min(at + 4000, len(CONTENT))
    received = upload.finish(world.bureau, MEMBER, upload_id)
    assert isinstance(received, FurnishingReceipt)
    assert (received.byte_count, received.is_repeat) == (len(CONTENT), False)
    assert load_file(world.bureau, received.receipt_id).progress.accepted == len(alpha_file())
    assert left(world) == (0, 0)


def test_finishing_again_gives_the_same_receipt(world: World) -> None:
    """However often it is asked: one receipt, word for word the same."""
    upload_id = begun(world)
    upload.add_piece(world.bureau, MEMBER, upload_id, CONTENT, at=0)
    before = receipts(world)
    first = upload.finish(world.bureau, MEMBER, upload_id)
    world.clock.forward(hours=1)
    assert upload.finish(world.bureau, MEMBER, upload_id) == first
    assert isinstance(first, FurnishingReceipt)
    assert receipt_of(world.bureau, first.receipt_id) == first
    assert receipts(world) == before + 1
    assert upload.how_far(world.bureau, MEMBER, upload_id).receipt_id == first.receipt_id
    with pytest.raises(WrongOffset) as caught:
        upload.add_piece(world.bureau, MEMBER, upload_id, b"x", at=0)
    assert caught.value.upload.receipt_id == first.receipt_id


@pytest.mark.parametrize("at", [0, 99, 101, len(CONTENT), 1 << 40])
def test_a_piece_at_another_place_changes_nothing(shared_world: World, at: int) -> None:
    """The right offset is told, and the upload stands where it stood."""
    upload_id = begun(shared_world)
    upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT[:100], at=0)
    with pytest.raises(WrongOffset) as caught:
        upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT[100:200], at=at)
    assert caught.value.upload.held == 100
    assert upload.how_far(shared_world.bureau, MEMBER, upload_id).held == 100


def test_of_two_equal_pieces_at_once_one_is_kept(shared_world: World) -> None:
    """Eight send the same piece together: one is kept, the others are told where the upload stands."""
    upload_id = begun(shared_world)
    kept, told = [], []

    def send() -> None:
        try:
            kept.append(upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT[:500], at=0).held)
        except WrongOffset as trouble:
            told.append(trouble.upload.held)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (kept, told) == ([500], [500] * 7)


def test_finished_by_several_at_once_there_is_one_receipt(shared_world: World) -> None:
    """All get the same receipt, and only one is written."""
    upload_id = begun(shared_world)
    upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT, at=0)
    before = receipts(shared_world)
    made: list[object] = []
    threads = [
        threading.Thread(target=lambda: made.append(upload.finish(shared_world.bureau, MEMBER, upload_id)))
        for _ in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 4
    assert all(one == made[0] for one in made)
    assert receipts(shared_world) == before + 1


def test_what_is_not_whole_is_not_received(shared_world: World) -> None:
    """An upload with a gap at its end is told how far it is."""
    upload_id = begun(shared_world)
    upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT[:-1], at=0)
    before = receipts(shared_world)
    with pytest.raises(WrongOffset) as caught:
        upload.finish(shared_world.bureau, MEMBER, upload_id)
    assert caught.value.upload.held == len(CONTENT) - 1
    assert receipts(shared_world) == before


def test_another_digest_than_promised_is_not_received(shared_world: World) -> None:
    """A promise is compared with what came."""
    upload_id = begun(shared_world, sha256="0" * 64)
    upload.add_piece(shared_world.bureau, MEMBER, upload_id, CONTENT, at=0)
    before = receipts(shared_world)
    with pytest.raises(OtherDigest):
        upload.finish(shared_world.bureau, MEMBER, upload_id)
    assert receipts(shared_world) == before


def test_a_piece_cannot_be_too_long(shared_world: World) -> None:
    """Neither past the promised size nor past the largest piece."""
    upload_id = begun(shared_world, b"12345")
    with pytest.raises(TooMuch):
        upload.add_piece(shared_world.bureau, MEMBER, upload_id, b"123456", at=0)
    for size in (0, -1, upload.LARGEST_UPLOAD + 1):
        with pytest.raises(TooMuch):
            upload.begin(shared_world.bureau, MEMBER, size)
    assert upload.add_piece(shared_world.bureau, MEMBER, upload_id, b"", at=0).held == 0


def test_another_members_upload_is_not_there(shared_world: World) -> None:
    """Nobody else reads, extends, finishes or ends it."""
    upload_id = begun(shared_world)
    for act in (
        lambda: upload.how_far(shared_world.bureau, "micro-gamma", upload_id),
        lambda: upload.add_piece(shared_world.bureau, "micro-gamma", upload_id, b"x", at=0),
        lambda: upload.finish(shared_world.bureau, "micro-gamma", upload_id),
        lambda: upload.give_up(shared_world.bureau, "micro-gamma", upload_id),
    ):
        with pytest.raises(NoUpload):
            act()
    assert upload_id in {one.upload_id for one in upload.under_way(shared_world.bureau, MEMBER)}


def test_an_upload_ends_with_its_term(world: World) -> None:
    """To the hour of the house rule; then it is gone with its pieces."""
    hours = world.bureau.rulebook(civil_day(world.clock.at)).typed.upload_hours.number
    upload_id = begun(world)
    upload.add_piece(world.bureau, MEMBER, upload_id, CONTENT, at=0)
    world.clock.forward(hours=hours, seconds=-1)
    assert upload.how_far(world.bureau, MEMBER, upload_id).held == len(CONTENT)
    world.clock.forward(seconds=1)
    for act in (upload.how_far, upload.finish):
        with pytest.raises(NoUpload):
            act(world.bureau, MEMBER, upload_id)
    begun(world)
    assert left(world) == (1, 0)


def test_given_up_is_gone(world: World) -> None:
    """Pieces and all."""
    upload_id = begun(world)
    upload.add_piece(world.bureau, MEMBER, upload_id, CONTENT, at=0)
    upload.give_up(world.bureau, MEMBER, upload_id)
    assert left(world) == (0, 0)


def test_who_may_not_furnish_may_not_begin(shared_world: World) -> None:
    """The same policy as at the other doors."""
    assert isinstance(upload.begin(shared_world.bureau, "bank-closed", 10), Refusal)


def test_pieces_and_promises_lie_sealed(shared_world: World) -> None:
    """No byte of the file, and no digest of it, can be read from the tables."""
    line = jsonl([subject_record(PEOPLE["good"]), loan(PEOPLE["good"], 77)]).read()
    digest = hashlib.sha256(line).hexdigest()
    upload_id = begun(shared_world, line, sha256=digest)
    upload.add_piece(shared_world.bureau, MEMBER, upload_id, line, at=0)
    with psycopg.connect(shared_world.url) as connection:
        rows = connection.execute(
            "select u::text || coalesce(p::text, '') from bureau.upload u left join bureau.upload_piece p using (upload_id)"
        ).fetchall()
    kept = " ".join(row[0] for row in rows)
    assert upload_id in kept
    for word in (PEOPLE["good"].id_number, digest):
        assert word not in kept
        assert word.encode().hex() not in kept
