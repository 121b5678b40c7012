"""Which heads have witnesses cosigned, and how does each witness stand?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.log import Head, head_of_row, latest_head
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class CosignedHead:
    """A head with the signatures of a quorum, and when it was published."""

    size: int
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WitnessState:
    """How a witness stood when it was asked last.  `size` is the largest head of ours that it has seen."""

    name: str
    size: int
    standing: str
    asked_at: datetime
    cosigned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuorumState:
    """The newest cosigned head, and since when something of the log is without a quorum; None before anything is."""

    size: int
    cosigned_at: datetime | None
    lacking_since: datetime | None


def cosigned_head(connection: Connection) -> CosignedHead | None:
    """The newest head that a quorum has cosigned, None before the first."""
    row = connection.execute(sql("cosigned_head")).fetchone()
    return CosignedHead(*row) if row else None


def published_head(connection: Connection) -> Head | None:
    """What is shown to everybody: the newest cosigned head; where none was cosigned, the newest signed one."""
    found = cosigned_head(connection)
    row = connection.execute(sql("head_of_size"), [found.size]).fetchone() if found else None
    if found is None or row is None:
        return latest_head(connection)
    return head_of_row((*row[:3], found.note))


def put_cosigned_head(connection: Connection, head: CosignedHead) -> None:
    """Publish a head; one of the same size takes the place of the one before."""
    connection.execute(sql("put_cosigned_head"), [head.size, head.note, head.at])


def witness_states(connection: Connection) -> dict[str, WitnessState]:
    """How the witnesses stand, by name."""
    return {row[0]: WitnessState(*row) for row in connection.execute(sql("witness_states")).fetchall()}


def put_witness_state(connection: Connection, state: WitnessState) -> None:
    """Keep how a witness answered."""
    values = [state.name, state.size, state.standing, state.asked_at, state.cosigned_at]
    connection.execute(sql("put_witness_state"), values)


def quorum_state(connection: Connection) -> QuorumState:
    """How the log stands with its witnesses."""
    row = connection.execute(sql("quorum_state")).fetchone()
    return QuorumState(row[0] or 0, row[1], row[2]) if row else QuorumState(0, None, None)


@contextmanager
def only_publisher(connection: Connection) -> Iterator[bool]:
    """Is this the only publisher for the length of the block?"""
    row = connection.execute(sql("try_publisher_lock")).fetchone()
    is_alone = bool(row and row[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            connection.execute(sql("give_up_publisher_lock"))
