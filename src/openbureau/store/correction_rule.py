"""What is kept of a correction by rule, and how far has it come?"""

from dataclasses import dataclass, replace
from datetime import datetime

from openbureau.store.database import Connection
from openbureau.store.query import sql


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it was decided."""

    rule_id: str
    member_id: str
    content: str
    decided_at: datetime
    decided_by: str
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class RuleStep:
    """Where a rule stands: after which account (None: at its end), its next record number, and its counts so far."""

    step_no: int = 0
    last_key: bytes | None = b""
    next_number: int = 1
    touched: int = 0
    accounts: int = 0
    subjects: int = 0
    refused: int = 0

    def next(
        self,
        last_key: bytes | None,
        *,
        next_number: int | None = None,
        counts: tuple[int, int, int, int] = (0, 0, 0, 0),
    ) -> "RuleStep":
        """The step after this one."""
        return replace(
            self,
            step_no=self.step_no + 1,
            last_key=last_key,
            next_number=next_number or self.next_number,
            touched=self.touched + counts[0],
            accounts=self.accounts + counts[1],
            subjects=self.subjects + counts[2],
            refused=self.refused + counts[3],
        )


def add_rule(connection: Connection, row: RuleRow, *, entry: bytes, sealed: bytes) -> None:
    """Keep a rule with its event and its leaf, in one transaction."""
    with connection.transaction():
        connection.execute(
            sql("add_rule"), [row.rule_id, row.member_id, row.content, row.decided_at, row.decided_by, row.leaf_hash]
        )
        connection.execute(sql("add_rule_event"), [row.leaf_hash, row.decided_at, row.member_id, sealed])
        connection.execute(sql("add_pending"), [row.rule_id, entry, row.decided_at])


def find_rule(connection: Connection, rule_id: str) -> RuleRow | None:
    """A kept rule."""
    row = connection.execute(sql("find_rule"), [rule_id]).fetchone()
    return RuleRow(str(row[0]), *row[1:]) if row else None


def lock_rule(connection: Connection, rule_id: str) -> None:
    """One run of a rule at a time, until the transaction ends."""
    connection.execute(sql("lock_rule"), [rule_id])


def last_rule_step(connection: Connection, rule_id: str) -> RuleStep:
    """Where a rule stands."""
    row = connection.execute(sql("last_rule_step"), [rule_id]).fetchone()
    return RuleStep(*row) if row else RuleStep()


def rule_step_before(connection: Connection, rule_id: str, step_no: int) -> RuleStep:
    """Where a rule stood before one of its steps."""
    row = connection.execute(sql("one_rule_step"), [rule_id, step_no - 1]).fetchone()
    return RuleStep(*row) if row else RuleStep()


def add_rule_step(connection: Connection, rule_id: str, step: RuleStep) -> None:
    """Write down how far a rule has come, within the transaction that did it."""
    words = [
        rule_id,
        step.step_no,
        step.last_key,
        step.next_number,
        step.touched,
        step.accounts,
        step.subjects,
        step.refused,
    ]
    connection.execute(sql("add_rule_step"), words)


def open_rules(connection: Connection) -> list[str]:
    """Rules that are not at their end."""
    return [str(row[0]) for row in connection.execute(sql("open_rules"))]
