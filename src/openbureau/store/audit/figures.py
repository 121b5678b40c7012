"""What was published of a month, as it was bound to the log.

Rows of `figures_report` stay when an erasure takes away the events that they count.
"""

from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.log import add_pending
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """The published figures of a month: their bytes, the system entry that binds them, and the hash of its leaf."""

    month: str
    content: bytes
    entry: bytes
    leaf: bytes


def add_figures(connection: Connection, kept: KeptFigures, at: datetime, *, leaf_id: str) -> bool:
    """Publish the figures of a month, and put their entry into the queue of the log; False where the month has some."""
    row = [kept.month, at, kept.content, kept.entry, kept.leaf]
    if connection.execute(sql("add_figures"), row).rowcount != 1:
        return False
    add_pending(connection, leaf_id, kept.entry, at)
    return True


def kept_figures(connection: Connection) -> list[KeptFigures]:
    """The published figures of every month, oldest first."""
    return [KeptFigures(*row) for row in connection.execute(sql("kept_figures"))]
