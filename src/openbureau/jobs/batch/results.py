"""What became of the lines of a batch, in their order?

Outcomes are read from where they were recorded, so an erasure reaches them here too.  Promises: a batch's results are
readable once it has ended; each line of the file has one; nothing is disclosed that was not recorded when it was worked.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from openbureau.jobs.batch.receive import CHUNK_LINES, Batch, batch_of, find, open_lines
from openbureau.jobs.batch.work import Result
from openbureau.jobs.context import Bureau
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.inquiry.recording import replay
from openbureau.store.inquiry import Stored
from openbureau.store.sealing import unseal
from openbureau.store.standing.batch import ResultChunk, as_member, result_chunks, told_before

PAGE_LINES = 500


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """One line: its outcome as it was recorded, or its problem (code and more)."""

    number: int
    key: str | None
    outcome: Answered | Refused | None
    problem: dict[str, Any] | None


class NotEnded(RuntimeError):
    """The batch is still being worked; `batch` says how far it is."""

    def __init__(self, batch: Batch) -> None:
        super().__init__("the batch has not ended")
        self.batch = batch


_decode = msgspec.json.Decoder(list[Result]).decode


def read_results(
    bureau: Bureau, member_id: str, batch_id: str, *, after: int = 0, most: int = PAGE_LINES
) -> tuple[list[LineOutcome], bool]:
    """Some lines after a line, and whether more follow.  `NoBatch`, `NotEnded`."""
    with bureau.store.connection("api") as connection:
        with as_member(connection, member_id):
            held = find(bureau, connection, member_id, batch_id)
            if held.ended_at is None:
                raise NotEnded(batch_of(bureau, held))
            key = bureau.data_key(held.wrapped_key, f"batch/{batch_id}")
            rows: list[Result] = []
            # The first chunk may hold lines that were read already, and one line more than fits tells that more follow.
            for chunk in result_chunks(connection, batch_id, after=after, most=most // CHUNK_LINES + 2):
                rows += [row for row in _results(key, batch_id, chunk) if row.number > after]
        shown, asked = rows[:most], [row for row in rows[:most] if row.inquiry_id is not None]
        told = told_before(connection, member_id, [(row.subject_id, row.inquiry_id) for row in asked if row.inquiry_id])
    kept = {row.number: told.get(place) for place, row in enumerate(asked)}
    return [_outcome(bureau, row, kept.get(row.number)) for row in shown], len(rows) > most


def _outcome(bureau: Bureau, row: Result, stored: Stored | None) -> LineOutcome:
    """A line's outcome as it left when it was recorded; where an erasure has taken it since, that is told."""
    if row.inquiry_id is None:
        return LineOutcome(row.number, row.key, None, row.problem)
    if stored is None or (stored.key_kind == "person" and stored.wrapped_key is None):
        return LineOutcome(row.number, row.key, None, {"code": "erased", "told": {}})
    return LineOutcome(row.number, row.key, replay(bureau, stored), None)


def _results(key: bytes, batch_id: str, chunk: ResultChunk) -> list[Result]:
    if chunk.results_sealed is None:
        lines = open_lines(key, batch_id, chunk.chunk_no, sealed=chunk.sealed)
        return [Result(line.number, line.key, problem={"code": "batch-cancelled", "told": {}}) for line in lines]
    return _decode(unseal(key, chunk.results_sealed, place=f"batch-result/{batch_id}/{chunk.chunk_no}"))
