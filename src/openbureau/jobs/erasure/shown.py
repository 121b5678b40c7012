"""What does the committee see of erasures?  Each with its statement, the places it closed, and what bills need of them."""

import json
from collections.abc import Iterator
from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.erase import residue_place
from openbureau.jobs.erasure.statement import FILE
from openbureau.store.database import Connection
from openbureau.store.erasure.rows import ErasureRow, erased_leaves, erasures
from openbureau.tlog.strict import render_base64


def erasure_lines(bureau: Bureau, connection: Connection, size: int) -> Iterator[str]:
    """One JSON line an erasure whose entry is in the log of this size, in the order of the log."""
    rows = erasures(connection)
    closed = {leaf for row in rows if row.scope == FILE for _, leaf, _ in erased_leaves(connection, row.subject_id)}
    for row in rows:
        if row.leaf_index is not None and row.leaf_index < size and row.leaf_hash not in closed:
            yield json.dumps(_line(bureau, connection, row), ensure_ascii=False)


def _line(bureau: Bureau, connection: Connection, row: ErasureRow) -> dict[str, Any]:
    erased = []
    for index, leaf_hash, sealed in erased_leaves(connection, row.subject_id) if row.scope == FILE else ():
        residue = json.loads(bureau.open_own(sealed, residue_place(leaf_hash))) if sealed is not None else None
        erased.append([index, residue])
    return {
        "index": row.leaf_index,
        "statement": row.statement.decode(),
        "signature": render_base64(row.signature),
        "erased": erased,
    }


def has_waiting(connection: Connection) -> bool:
    """Is there an erasure whose entry is not in the log yet?  Until it is, an export would lack openings without saying why."""
    return any(row.leaf_index is None for row in erasures(connection))
