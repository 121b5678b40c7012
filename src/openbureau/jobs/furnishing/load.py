"""Load a received file: parse, check, find whose it is, apply, report.

Reads the receipt back in chunks; each chunk is one transaction that applies what is sound, keeps its findings and says how
far the load has come.  Promises: a load that was killed goes on with the next chunk; the same file twice changes nothing;
accepted and refused records account for every record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.furnishing.parse import Dialect
from openbureau.core.furnishing.schema import rule_pack_hash
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply import apply_batch
from openbureau.jobs.furnishing.receive import Arrival, FurnishingReceipt, Received, receive_file, stored_chunks
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.doors import load_lock, open_before
from openbureau.store.furnishing import (
    Progress,
    add_findings,
    find_receipt,
    finding_counts,
    findings_of,
    lock_furnishing,
    open_furnishings,
    save_progress,
)

SHOWN_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What became of a file."""

    receipt_id: str
    progress: Progress
    counts: dict[str, int]
    findings: tuple[Finding, ...]


class NoReceipt(LookupError):
    """No file was received under this id."""


def furnish(
    bureau: Bureau,
    member_id: str,
    source: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002
    kind: str | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    arrival: Arrival | None = None,
) -> tuple[Received, Acceptance | None]:
    """Receive and load a file.  Without a receipt there is no acceptance."""
    received = receive_file(bureau, member_id, source, format=format, kind=kind, arrival=arrival)
    if not isinstance(received, FurnishingReceipt):
        return received, None
    return received, load_file(bureau, received.receipt_id, progress=progress)


def load_file(bureau: Bureau, receipt_id: str, *, progress: Callable[[Progress], None] = lambda _: None) -> Acceptance:
    """Load a received file from where its load stands to its end; its acceptance.

    What the same member sent before is loaded first, so that the later word stands.  Where another process loads, wait for
    that one's end; where that one is killed, go on from where it came.
    """
    with bureau.store.connection("loader") as connection:
        member_id = _receipt(connection, receipt_id).member_id
        with load_lock(connection, member_id):
            _load_in_order(bureau, connection, receipt_id, progress)
    return acceptance(bureau, receipt_id)


def _load_in_order(
    bureau: Bureau, connection: Connection, receipt_id: str, progress: Callable[[Progress], None]
) -> None:
    for earlier in open_before(connection, receipt_id):
        _load(bureau, connection, earlier, lambda _: None)
    _load(bureau, connection, receipt_id, progress)


def _load(bureau: Bureau, connection: Connection, receipt_id: str, progress: Callable[[Progress], None]) -> None:
    found = _receipt(connection, receipt_id)
    if found.is_done:
        return
    key = bureau.data_key(found.wrapped_key, f"receipt/{receipt_id}")
    context = check_context(bureau.rulebook(civil_day(found.received_at)))
    dialect = Dialect(found.format, found.record_kind, found.columns)
    chunk = found.next_chunk
    reader = RecordReader(dialect, context, next_record=found.next_record, is_begun=chunk > 0)
    for pieces, _ in stored_chunks(connection, receipt_id, key, first=chunk):
        with connection.transaction():
            if lock_furnishing(connection, receipt_id) != chunk:
                break  # another process loads the same file and was quicker
            _load_chunk(bureau, connection, (receipt_id, chunk), reader.read(pieces), reader)
        chunk += 1
        progress(_receipt(connection, receipt_id))
    else:
        save_progress(connection, receipt_id, [chunk, reader.next_record, *[0] * 7], is_done=True)
        progress(_receipt(connection, receipt_id))


def _receipt(connection: Connection, receipt_id: str) -> Progress:
    found = find_receipt(connection, receipt_id)
    if found is None:
        raise NoReceipt(f"no file was received under {receipt_id}")
    return found


def _load_chunk(
    bureau: Bureau, connection: Connection, place: tuple[str, int], batch: Batch, reader: RecordReader
) -> None:
    receipt_id, chunk = place
    held = _receipt(connection, receipt_id)
    applied = apply_batch(bureau, connection, (receipt_id, held), batch)
    findings = sorted([*batch.findings, *applied.findings], key=lambda found: found.record_no)
    rejected = len({found.record_no for found in applied.findings if found.refuses})
    add_findings(connection, receipt_id, held.findings + 1, findings)
    counts = [
        chunk + 1, reader.next_record, batch.records, batch.accepted - rejected, batch.refused + rejected, applied.added,
        applied.changed, applied.unchanged - rejected, len(findings),
    ]  # fmt: skip
    save_progress(connection, receipt_id, counts, is_done=False)


def resume_loads(bureau: Bureau) -> list[Acceptance]:
    """Finish every load that was left half-way."""
    return [load_file(bureau, receipt_id) for receipt_id in waiting_loads(bureau)]


def waiting_loads(bureau: Bureau) -> list[str]:
    """Receipts whose load is not done, oldest first."""
    with bureau.store.connection("loader") as connection:
        return open_furnishings(connection)


def load_if_free(bureau: Bureau, receipt_id: str) -> bool:
    """Load a received file unless another process loads for its member; was it ours to load?"""
    with bureau.store.connection("loader") as connection:
        member_id = _receipt(connection, receipt_id).member_id
        with load_lock(connection, member_id, wait=False) as is_ours:
            if is_ours:
                _load_in_order(bureau, connection, receipt_id, lambda _: None)
    return is_ours


def must_wait(bureau: Bureau, receipt_id: str) -> bool:
    """Is something that the same member sent before still to be loaded?"""
    with bureau.store.connection("loader") as connection:
        return bool(open_before(connection, receipt_id))


def acceptance(bureau: Bureau, receipt_id: str, *, member_id: str | None = None) -> Acceptance:
    """What became of a file so far; with `member_id` only if that member sent it."""
    with bureau.store.connection("loader") as connection:
        found = _receipt(connection, receipt_id)
        if member_id is not None and found.member_id != member_id:
            raise NoReceipt(f"no file was received under {receipt_id}")
        counts = finding_counts(connection, receipt_id)
        return Acceptance(receipt_id, found, counts, tuple(findings_of(connection, receipt_id, SHOWN_FINDINGS)))


def acceptance_json(bureau: Bureau, made: Acceptance) -> dict[str, Any]:
    """The acceptance report as plain JSON, each finding with its sentences in both languages."""
    held = made.progress
    rulebook = bureau.rulebook(civil_day(held.received_at))
    return {
        "receipt": {
            "receipt_id": made.receipt_id,
            "received_at": held.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "bytes": held.byte_count,
            "root": held.root.hex(),
            "leaf": held.leaf_hash.hex(),
            "is_repeat": held.is_repeat,
        },
        "rule_pack": rule_pack_hash(),
        "is_done": held.is_done,
        "records": held.records,
        "accepted": held.accepted,
        "refused": held.refused,
        "new": held.added,
        "changed": held.changed,
        "unchanged": held.unchanged,
        "findings_by_rule": made.counts,
        "findings": [finding_json(found, rulebook) for found in made.findings],
    }
