"""Take a person's lines out of the files of inquiries that are still kept.

A lender's file names people it asks about, on file or not.  A line with the erased number goes with its lender's own key; its
place stays, and says that it was erased.
"""

import zlib

import msgspec

from openbureau.jobs.batch.receive import Line, open_lines
from openbureau.jobs.batch.work import Result
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.judge import Theirs
from openbureau.store.database import Connection
from openbureau.store.erasure.rows import batch_chunks, reseal_batch
from openbureau.store.sealing import seal, unseal

GONE = {"code": "erased", "told": {}}
_encode = msgspec.json.Encoder().encode
_results = msgspec.json.Decoder(list[Result]).decode


def redact_batches(bureau: Bureau, reading: Connection, erasing: Connection, theirs: Theirs) -> int:
    """How many lines went.  `erasing` is in a transaction that has begun an erasure."""
    total = 0
    for batch_id, wrapped, number, sealed, results in batch_chunks(reading):
        key = bureau.data_key(wrapped, f"batch/{batch_id}")
        lines = open_lines(key, batch_id, number, sealed=sealed)
        gone = {
            line.number
            for line in lines
            if line.asked and theirs.is_claimed(line.asked.id_kind, line.asked.id_number, line.asked.name)
        }
        if not gone:
            continue
        total += len(gone)
        left = [Line(line.number, None, None, GONE) if line.number in gone else line for line in lines]
        place = f"batch/{batch_id}/{number}"
        again = seal(key, zlib.compress(_encode(left), 1), place=place, random=bureau.random)
        told = None
        if results is not None:
            place = f"batch-result/{batch_id}/{number}"
            rows = _results(unseal(key, results, place=place))
            rows = [Result(row.number, None, problem=GONE) if row.number in gone else row for row in rows]
            told = seal(key, _encode(rows), place=place, random=bureau.random)
        reseal_batch(erasing, batch_id, number, sealed=again, results=told)
    return total
