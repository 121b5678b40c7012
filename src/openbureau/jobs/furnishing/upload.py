"""Receive a file in pieces, going on where the last attempt stopped.

An upload is begun with its size, takes pieces at the offset it has reached, and is finished into one receipt.  Promises:
a piece is sealed and durable before it is acknowledged; a piece at another offset changes nothing and is told the right
one; finishing twice, or twice at once, gives the same receipt; after its term nothing of an upload is left.
"""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from openbureau.core.decision.entitlement import may_furnish
from openbureau.core.outcome import Refusal
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.receive import Arrival, Received, receive_file
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store import doors
from openbureau.store.database import Connection
from openbureau.store.doors import StoredUpload
from openbureau.store.sealing import seal, unseal

LARGEST_UPLOAD = 4 << 30
LARGEST_PIECE = 16 << 20
IN_MEMORY = 8 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """How far an upload has come: `held` of `size` bytes, or the receipt that came of it."""

    upload_id: str
    size: int
    held: int
    begun_at: datetime
    expires_at: datetime
    receipt_id: str | None = None


class NoUpload(LookupError):
    """There is no such upload: never begun, another member's, or its term is over."""


class WrongOffset(ValueError):
    """A piece does not begin where the upload stands, or the upload is not whole; `upload` says where it stands."""

    def __init__(self, upload: Upload) -> None:
        super().__init__("the upload stands elsewhere")
        self.upload = upload


class TooMuch(ValueError):
    """A piece is longer than what is left of the promised size, or than a piece may be."""


class OtherDigest(ValueError):
    """What came is not what was promised: the SHA-256 differs."""


def begin(
    bureau: Bureau, member_id: str, size: int, *, format: str | None = None,  # noqa: A002
    kind: str | None = None, sha256: str | None = None,
) -> Upload | Refusal:  # fmt: skip
    """Begin an upload of a size; a refusal where the member may not furnish."""
    now = bureau.clock()
    rulebook = bureau.rulebook(civil_day(now))
    leave = may_furnish(bureau.policies, rulebook, bureau.members[member_id])
    if isinstance(leave, Refusal):
        return leave
    if not 0 < size <= LARGEST_UPLOAD:
        raise TooMuch("an upload has a size of 1 byte to 4 GiB")
    upload_id = new_id(now, bureau.random)
    key, wrapped = bureau.new_data_key(f"upload/{upload_id}")
    promised = json.dumps({"format": format, "kind": kind, "sha256": sha256}).encode()
    sealed = seal(key, promised, place=f"upload/{upload_id}", random=bureau.random)
    until = now + timedelta(hours=rulebook.typed.upload_hours.number)
    made = StoredUpload(upload_id, size, sealed, wrapped, now, until, 0, 0)
    with bureau.store.connection("loader") as connection:
        doors.end_expired_uploads(connection, now)
        doors.begin_upload(connection, made, member_id)
    return _told(made)


def _told(held: StoredUpload) -> Upload:
    return Upload(held.upload_id, held.size, held.held, held.begun_at, held.expires_at)


def add_piece(bureau: Bureau, member_id: str, upload_id: str, content: bytes, *, at: int) -> Upload:
    """Keep the piece that begins at an offset.  `WrongOffset` where the upload does not stand there."""
    with bureau.store.connection("loader") as connection, connection.transaction():
        held = doors.find_upload(connection, upload_id, member_id, bureau.clock(), lock=True)
        if held is None:
            raise WrongOffset(_received(bureau, connection, member_id, upload_id))
        if at != held.held:
            raise WrongOffset(_told(held))
        if len(content) > min(LARGEST_PIECE, held.size - held.held):
            raise TooMuch("the piece is longer than what is left")
        if not content:
            return _told(held)
        key = bureau.data_key(held.wrapped_key, f"upload/{upload_id}")
        sealed = seal(key, content, place=f"upload/{upload_id}/{held.pieces}", random=bureau.random)
        doors.add_upload_piece(connection, upload_id, held.pieces, sealed, size=len(content))
    return Upload(upload_id, held.size, held.held + len(content), held.begun_at, held.expires_at)


def how_far(bureau: Bureau, member_id: str, upload_id: str) -> Upload:
    """Where an upload stands, or the receipt that came of it."""
    with bureau.store.connection("loader") as connection:
        held = doors.find_upload(connection, upload_id, member_id, bureau.clock())
        return _told(held) if held else _received(bureau, connection, member_id, upload_id)


def under_way(bureau: Bureau, member_id: str) -> list[Upload]:
    """The uploads of a member that are under way, newest first."""
    with bureau.store.connection("loader") as connection:
        return [_told(held) for held in doors.open_uploads(connection, member_id, bureau.clock())]


def _received(bureau: Bureau, connection: Connection, member_id: str, upload_id: str) -> Upload:
    found = doors.find_arrival(connection, (member_id, upload_id.encode()))
    if found is None:
        raise NoUpload("no upload of this id is under way")
    rows = doors.furnishings_of(connection, member_id, one=found[0])
    size = rows[0].byte_count if rows else 0
    at = rows[0].received_at if rows else bureau.clock()
    return Upload(upload_id, size, size, at, at, found[0])


def give_up(bureau: Bureau, member_id: str, upload_id: str) -> None:
    """Forget an upload that will not be finished."""
    with bureau.store.connection("loader") as connection:
        if not doors.end_upload(connection, upload_id, member_id):
            raise NoUpload("no upload of this id is under way")


def finish(bureau: Bureau, member_id: str, upload_id: str) -> Received:
    """Receive the whole upload as a furnished file; the same receipt however often this is asked."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(bureau.settings.home)) as file:
        promised = _gather(bureau, member_id, upload_id, cast("BinaryIO", file))
        file.seek(0)

        def clear(connection: Connection) -> None:
            doors.end_upload(connection, upload_id, member_id)

        return receive_file(
            bureau, member_id, cast("BinaryIO", file), format=promised.get("format"), kind=promised.get("kind"),
            arrival=Arrival(upload_id.encode(), "upload", clear=clear),
        )  # fmt: skip


def _gather(bureau: Bureau, member_id: str, upload_id: str, file: BinaryIO) -> dict[str, Any]:
    """Write the pieces into a file; what was promised of it.  Nothing to gather where it was received already."""
    digest = hashlib.sha256()
    with bureau.store.connection("loader") as connection, connection.transaction():
        # Locked, so that no piece goes away (received, given up, over its term) while they are gathered.
        held = doors.find_upload(connection, upload_id, member_id, bureau.clock(), lock=True)
        if held is None:
            _received(bureau, connection, member_id, upload_id)
            return {}
        if held.held != held.size:
            raise WrongOffset(_told(held))
        key = bureau.data_key(held.wrapped_key, f"upload/{upload_id}")
        for number in range(held.pieces):
            sealed = doors.read_upload_piece(connection, upload_id, number)
            if sealed is None:
                raise AssertionError("an upload counts a piece that is not kept")
            content = unseal(key, sealed, place=f"upload/{upload_id}/{number}")
            digest.update(content)
            file.write(content)
    promised: dict[str, Any] = json.loads(unseal(key, held.promised_sealed, place=f"upload/{upload_id}"))
    if promised["sha256"] not in {None, digest.hexdigest()}:
        raise OtherDigest("the SHA-256 of what came is not the promised one")
    return promised
