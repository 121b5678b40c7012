"""Load a received file: parse, check, find whose it is, apply, report.

Reads the receipt back in chunks; each chunk is one transaction that applies what is sound, keeps its findings and says how
far the load has come.  Promises: a load that was killed goes on with the next chunk; the same file twice changes nothing;
accepted and refused records account for every record.
"""

from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import count, islice
from typing import Any, BinaryIO

from openbureau.core.furnishing.batch import Batch, RecordReader
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.finding import Finding, finding_json
from openbureau.core.furnishing.parse import METRO2, Dialect
from openbureau.core.furnishing.schema import rule_pack_hash
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply import apply_batch
from openbureau.jobs.furnishing.correct import tell_corrections
from openbureau.jobs.furnishing.receive import (
    Arrival,
    FurnishingReceipt,
    Received,
    open_chunk,
    receive_file,
    stored_chunks,
)
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
    read_chunk,
    save_progress,
)
from openbureau.store.rebuild import add_step, lock_member

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
    tell_corrections(bureau)  # not while a connection is held: whoever waits for the same member holds one too
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
    chunk, reader = found.next_chunk, _reader(bureau, found)
    with closing(_read(bureau, connection, receipt_id, (found, reader))) as runs:
        for batch, next_record in runs:
            with connection.transaction():
                if lock_furnishing(connection, receipt_id) != chunk:
                    break  # another process loads the same file and was quicker
                _load_chunk(bureau, connection, (receipt_id, chunk), batch, next_record=next_record)
            chunk += 1
            progress(_receipt(connection, receipt_id))
        else:
            with connection.transaction():
                if lock_furnishing(connection, receipt_id) == chunk:
                    _finish(connection, (receipt_id, chunk), reader)
            progress(_receipt(connection, receipt_id))


def _reader(bureau: Bureau, found: Progress) -> RecordReader:
    """Reads on where the load stands."""
    context = check_context(bureau.rulebook(civil_day(found.received_at)))
    dialect = Dialect(found.format, found.record_kind, found.columns)
    return RecordReader(dialect, context, next_record=found.next_record, is_begun=found.next_chunk > 0)


def _read(
    bureau: Bureau, connection: Connection, receipt_id: str, held: tuple[Progress, RecordReader]
) -> Generator[tuple[Batch, int], None, None]:
    """Chunk after chunk of what was received, with the number of the record after it.

    While one is applied, which is mostly waiting for the database, the next is opened, parsed and checked in a thread; only
    the caller's own connection is used.
    """
    found, reader = held
    key = bureau.data_key(found.wrapped_key, f"receipt/{receipt_id}")
    if found.format == METRO2:
        for pieces, _ in islice(stored_chunks(connection, receipt_id, key), found.next_chunk):
            reader.recall(pieces)

    def read(number: int, sealed: bytes) -> tuple[Batch, int]:
        return reader.read(open_chunk(key, receipt_id, number, sealed=sealed)[0]), reader.next_record

    with ThreadPoolExecutor(1) as thread:
        begun: Future[tuple[Batch, int]] | None = None
        for number in count(found.next_chunk):
            sealed = read_chunk(connection, receipt_id, number)
            ready = begun.result() if begun else None
            begun = thread.submit(read, number, sealed) if sealed is not None else None
            if ready is not None:
                yield ready
            if begun is None:
                return


def _receipt(connection: Connection, receipt_id: str) -> Progress:
    found = find_receipt(connection, receipt_id)
    if found is None:
        raise NoReceipt(f"no file was received under {receipt_id}")
    return found


def _load_chunk(
    bureau: Bureau, connection: Connection, place: tuple[str, int], batch: Batch, *, next_record: int
) -> None:
    receipt_id, chunk = place
    held = _receipt(connection, receipt_id)
    lock_member(connection, held.member_id)
    applied = apply_batch(bureau, connection, (receipt_id, held), batch)
    findings = sorted([*batch.findings, *applied.findings], key=lambda found: found.record_no)
    stayed_out = {found.record_no for found in findings if found.refuses}
    rejected = len({found.record_no for found in applied.findings if found.refuses})
    add_findings(connection, receipt_id, held.findings + 1, findings)
    counts = [
        chunk + 1, next_record, batch.records, batch.accepted - rejected, batch.refused + rejected, applied.added,
        applied.changed, applied.unchanged, len(findings),
    ]  # fmt: skip
    save_progress(connection, receipt_id, counts, is_done=False)
    add_step(
        connection,
        receipt_id,
        chunk,
        rule_pack=rule_pack_hash(),
        first_record=held.next_record,
        refused=sorted(stayed_out),
    )


def _finish(connection: Connection, place: tuple[str, int], reader: RecordReader) -> None:
    """The file is over: keep what can only be told now."""
    receipt_id, chunk = place
    held = _receipt(connection, receipt_id)
    if held.is_done:
        return
    told = reader.end().findings
    add_findings(connection, receipt_id, held.findings + 1, told)
    save_progress(connection, receipt_id, [chunk, reader.next_record, *[0] * 6, len(told)], is_done=True)


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


def receipt_and_counts(bureau: Bureau, receipt_id: str) -> tuple[dict[str, Any], dict[str, int]]:
    """A file's receipt as plain JSON, and how often each rule was broken; no finding is read."""
    with bureau.store.connection("loader") as connection:
        return receipt_part(receipt_id, _receipt(connection, receipt_id)), finding_counts(connection, receipt_id)


def receipt_part(receipt_id: str, held: Progress) -> dict[str, Any]:
    """The receipt in an acceptance report, as plain JSON."""
    return {
        "receipt_id": receipt_id,
        "received_at": held.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "bytes": held.byte_count,
        "root": held.root.hex(),
        "leaf": held.leaf_hash.hex(),
        "is_repeat": held.is_repeat,
    }


def acceptance_json(bureau: Bureau, made: Acceptance) -> dict[str, Any]:
    """The acceptance report as plain JSON, each finding with its sentences in both languages."""
    held = made.progress
    rulebook = bureau.rulebook(civil_day(held.received_at))
    return {
        "receipt": receipt_part(made.receipt_id, held),
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
