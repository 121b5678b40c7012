"""Correct many records of a furnisher by one rule: a value in a field, wherever some conditions hold.

A rule is a small document: member, target (month or tradeline), field, from, to, where, reason, decided_on.  It is kept and
logged before anything is changed, then goes through the member's accounts in the order of their keys, some in a transaction.
Promises: a dry run changes nothing and shows nobody; a run that was killed goes on where it was; every corrected record is a
new version with the rule as its source; a rebuild runs the same rule over the same accounts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

import msgspec

from openbureau.core.credit_file import month_of_text, month_text
from openbureau.core.decision.entitlement import may_correct
from openbureau.core.furnishing import codes
from openbureau.core.furnishing.checks import check_context
from openbureau.core.furnishing.corrections import CORRECTABLE, Held, text_of, value_of
from openbureau.core.furnishing.layout import FieldKind
from openbureau.core.furnishing.layouts import LAYOUTS
from openbureau.core.furnishing.values import CorrectionUpdate
from openbureau.core.leaf import Event, EventKind
from openbureau.core.outcome import Refusal
from openbureau.core.pricing import FREE
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.correct import Fixes, Source, tell_corrections
from openbureau.jobs.ids import new_id
from openbureau.law.workdays import civil_day
from openbureau.store.correction import WHOLE, Place, accounts_after, held_months, held_tradelines
from openbureau.store.correction_rule import (
    RuleRow,
    RuleStep,
    add_rule,
    add_rule_step,
    find_rule,
    last_rule_step,
    lock_rule,
    open_rules,
)
from openbureau.store.database import Connection
from openbureau.store.doors import next_instant
from openbureau.store.erasure.rows import erased_numbers
from openbureau.store.rebuild import lock_member

ACCOUNTS = 500
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z")
SAMPLES = 10


class RuleRefused(ValueError):
    """The rule cannot be run; the message says what to write instead."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"old": "from", "new": "to"}):
    """A correction of many records.  `where` maps a field to the text it must have, or to its first and last value."""

    member: str
    target: str
    field: str
    old: str | None
    new: str | None
    reason: str
    decided_on: date
    where: dict[str, str | tuple[str, str]] = {}


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What a rule did, or would do: records changed, accounts and persons concerned, records the checks keep as they are."""

    rule_id: str | None
    records: int
    accounts: int
    subjects: int
    refused: int
    samples: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON without personal data."""
        return {
            "rule_id": self.rule_id, "is_dry": self.rule_id is None, "records": self.records, "accounts": self.accounts,
            "subjects": self.subjects, "refused": self.refused, "samples": list(self.samples),
        }  # fmt: skip


def parse_rule(content: bytes, members: Any) -> Rule:
    """Read a rule strictly; `RuleRefused` for anything that would not do what it looks like."""
    try:
        rule = msgspec.json.decode(content, type=Rule)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as trouble:
        raise RuleRefused(f"not a rule: {trouble}") from None
    if rule.member not in members:
        raise RuleRefused(f"no member is called {rule.member!r}")
    known = CORRECTABLE.get(rule.target)
    if known is None:
        raise RuleRefused(f"target is one of {', '.join(sorted(CORRECTABLE))}")
    if rule.field not in known:
        raise RuleRefused(f"field of a {rule.target} is one of {', '.join(sorted(known))}")
    strange = sorted(
        set(rule.where) - known - {"month"} | (set(rule.where) & {"month"} if rule.target != "month" else set())
    )
    if strange:
        raise RuleRefused(f"where names no field of a {rule.target}: {', '.join(strange)}")
    _check_values(rule)
    if rule.old == rule.new:
        raise RuleRefused("from and to are the same")
    if rule.reason not in codes.CORRECTION_REASONS:
        raise RuleRefused(f"reason is one of {', '.join(codes.CORRECTION_REASONS)}")
    return rule


def _check_values(rule: Rule) -> None:
    """Every value is one that its field can have."""
    fields = LAYOUTS[rule.target].by_name
    given: list[tuple[str, str | None]] = [(rule.field, rule.old), (rule.field, rule.new)]
    for name, wanted in rule.where.items():
        given += [(name, text) for text in ([wanted] if isinstance(wanted, str) else wanted)]
    for name, text in given:
        field = fields[name]
        value = value_of(field, text)
        is_typed = field.kind in {FieldKind.AMOUNT, FieldKind.DAY}
        is_wrong = value is not None and (
            (is_typed and isinstance(value, str)) or (field.codes is not None and value not in field.codes)
        )
        if is_wrong or (field.kind is FieldKind.MONTH and text is not None and not _MONTH.match(text)):
            raise RuleRefused(f"{name} cannot be {text!r}")


def dry_run(bureau: Bureau, content: bytes, *, tell: Callable[[int], None] = lambda _: None) -> RuleRun:
    """What a rule would do, changing nothing: counts, and a few records by month and value only."""
    rule = parse_rule(content, bureau.members)
    source = Source("00000000-0000-0000-0000-000000000000", rule.member, bureau.clock())
    after, records, refused = b"", 0, 0
    accounts: set[str] = set()
    subjects: set[str] = set()
    samples: list[dict[str, Any]] = []
    with bureau.store.connection("loader") as connection:
        while True:
            found = list(accounts_after(connection, rule.member, after, most=ACCOUNTS))
            if not found:
                return RuleRun(None, records, len(accounts), len(subjects), refused, tuple(samples))
            fixes, _ = _fixed(bureau, connection, source, rule, number=1, found=found)
            fixes.settle()
            refused += len(fixes.findings)
            for place, _, row in fixes.rows:
                records += 1
                accounts.add(place[1])
                subjects.add(place[0])
                if len(samples) < SAMPLES:
                    month = {"month": month_text(place[2])} if place[2] != WHOLE else {}
                    samples.append({**month, "field": rule.field, "from": row.old_value, "to": row.new_value})
            after = found[-1][0]
            tell(records)


def run_rule(
    bureau: Bureau, content: bytes, *, decided_by: str, tell: Callable[[int], None] = lambda _: None
) -> RuleRun:
    """Keep and log a rule, run it to its end, and tell everybody concerned."""
    rule = parse_rule(content, bureau.members)
    now = bureau.clock()
    rule_id = new_id(now, bureau.random)
    found = may_correct(bureau.policies, bureau.rulebook(civil_day(now)), bureau.members[rule.member], is_own=True)
    if isinstance(found, Refusal):
        raise RuleRefused(f"{rule.member} may not correct: {', '.join(found.rule_ids)}")
    leaf = bureau.leaf(_event(rule, rule_id, now, policy=found.policy, regime=bureau.settings.regime))
    with bureau.store.connection("loader") as connection, connection.transaction():
        after = next_instant(connection, rule.member, now)  # a correction is known after what it corrects
        row = RuleRow(rule_id, rule.member, content.decode(), after, decided_by, leaf.leaf_hash)
        add_rule(connection, row, entry=leaf.entry, sealed=bureau.seal_event(leaf))
    return continue_rule(bureau, rule_id, tell=tell)


def continue_rule(bureau: Bureau, rule_id: str, *, tell: Callable[[int], None] = lambda _: None) -> RuleRun:
    """Run a kept rule from where it stands to its end."""
    with bureau.store.connection("loader") as connection:
        row = find_rule(connection, rule_id)
        if row is None:
            raise RuleRefused(f"no rule is kept under {rule_id}")
        while True:
            with connection.transaction():
                lock_rule(connection, rule_id)
                step = last_rule_step(connection, rule_id)
                if step.last_key is None:
                    break
                lock_member(connection, row.member_id)
                made = rule_step(bureau, connection, row, step)
                add_rule_step(connection, rule_id, made)
            tell(made.touched)
    tell_corrections(bureau)
    with bureau.store.connection("loader") as connection:
        done = last_rule_step(connection, rule_id)
    return RuleRun(rule_id, done.touched, done.accounts, done.subjects, done.refused, ())


def resume_rules(bureau: Bureau) -> list[RuleRun]:
    """Finish every rule that was left half-way."""
    with bureau.store.connection("loader") as connection:
        waiting = open_rules(connection)
    return [continue_rule(bureau, rule_id) for rule_id in waiting]


def rule_step(
    bureau: Bureau, connection: Connection, row: RuleRow, step: RuleStep, *, until: bytes | None = None
) -> RuleStep:
    """Correct the records of the next accounts within the caller's transaction; where the rule stands then.

    A rebuild says `until` which account the step went.
    """
    rule = parse_rule(row.content.encode(), {row.member_id})
    source = Source(row.rule_id, row.member_id, row.decided_at)
    most = ACCOUNTS if until is None else 1 << 31
    found = list(accounts_after(connection, row.member_id, step.last_key or b"", until=until, most=most))
    if not found:
        return step.next(None)
    fixes, number = _fixed(bureau, connection, source, rule, number=step.next_number, found=found)
    fixes.write(connection)
    places = [place for place, _, _ in fixes.rows]
    counts = (
        len(places),
        len({place[1] for place in places}),
        len({place[0] for place in places}),
        len(fixes.findings),
    )
    return step.next(found[-1][0], next_number=number, counts=counts)


def _fixed(
    bureau: Bureau, connection: Connection, source: Source, rule: Rule, *, number: int, found: list[tuple[bytes, str, str]]
) -> tuple[Fixes, int]:  # fmt: skip
    """The records of some accounts, corrected where the rule says so; the next number."""
    places = [(subject, tradeline) for _, subject, tradeline in found]
    read = held_months if rule.target == "month" else held_tradelines
    held: dict[Place, tuple[Held, datetime]] = {**read(connection, places)}
    context = None if bureau.recall is not None else check_context(bureau.rulebook(civil_day(source.at)))
    fixes = Fixes(source, context, held)
    order = {tradeline: at for at, (_, _, tradeline) in enumerate(found)}
    numbers: dict[tuple[str, int], int] = {}  # the parties of a joint account share the number of their record
    gone = erased_numbers(connection, source.source_id) if bureau.recall is not None else set()
    free = (one for one in count(number) if one not in gone)
    for place in sorted(held, key=lambda one: (order[one[1]], one[2])):
        record = held[place][0]
        if text_of(getattr(record, rule.field)) == rule.old and _is_meant(record, rule.where):
            if place[1:] not in numbers:
                numbers[place[1:]] = next(free)
            fixes.fix(place, numbers[place[1:]], _update(rule))
    return fixes, number + len(numbers)


def _update(rule: Rule) -> CorrectionUpdate:
    return CorrectionUpdate(
        "correction", rule.target, "-", rule.field, rule.reason, rule.decided_on, old_value=rule.old, new_value=rule.new
    )


def _is_meant(record: Held, where: dict[str, str | tuple[str, str]]) -> bool:
    for name, wanted in where.items():
        value = getattr(record, name)
        if isinstance(wanted, str):
            if text_of(value) != wanted:
                return False
        elif value is None or not _key(value, wanted[0]) <= _key(value, value) <= _key(value, wanted[1]):
            return False
    return True


def _key(like: Any, value: Any) -> Any:
    """A text of a rule as a value that can be compared: numbers as numbers, months as months, the rest as they are."""
    if isinstance(like, int):
        return int(value)
    text = value if isinstance(value, str) else text_of(value)
    return month_of_text(text) if isinstance(like, str) and len(like) == 7 and text else text


def _event(rule: Rule, rule_id: str, now: datetime, *, policy: str, regime: str) -> Event:
    return Event(
        kind=EventKind.CORRECTION,
        at=now,
        actor=rule.member,
        product="rule",
        regime=regime,
        basis="contract",
        basis_ref=rule_id,
        policy=policy,
        price=FREE,
    )
