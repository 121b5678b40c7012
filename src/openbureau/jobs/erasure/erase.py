"""Erase a file: everything that is held of a person goes, and the log stays whole.

One transaction under the role that can do nothing else, begun by an act that an order stands behind: openings, rows of all
tables, records of furnished files with their salts, lines of kept files of inquiries, and last the person's key.  Promises: a
crash leaves all or nothing; what others furnished, signed and paid stays provable; a joint account stays for the others; of an
answer its hash and this act stay.  Backups and the log of the database are another matter: docs/specs/erasure.md.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from openbureau.core.leaf import NO_LEAF, NONE, Leaf
from openbureau.jobs.billing.dispute import sealed_words
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.batches import redact_batches
from openbureau.jobs.erasure.judge import Theirs
from openbureau.jobs.erasure.receipts import look_through, redact
from openbureau.jobs.erasure.statement import FILE, Statement, leaf_of, state
from openbureau.jobs.furnishing.load import load_file, waiting_loads
from openbureau.jobs.ids import new_id
from openbureau.jobs.inquiry.contents import open_outcome
from openbureau.jobs.log.index import erase_ends
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.chain import TRIES, ChainBusy, NoSubject
from openbureau.store.database import Connection
from openbureau.store.doors import load_lock
from openbureau.store.erasure import rows
from openbureau.store.identity import linked_subjects
from openbureau.store.sealing import unseal
from openbureau.store.subject import own_events
from openbureau.tlog.commitment import open_fields
from openbureau.tlog.strict import render_base64

BILLED = ("kind", "actor", "basis", "price", "bill_seq")
"""What a bill needs of an entry, and all that stays open of one."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the person takes away: the signed statement, and the entry that is bound to it, opened whole."""

    statement: Statement
    leaf: Leaf

    def to_json(self) -> dict[str, object]:
        """As plain JSON."""
        names = [name for name, value in self.leaf.fields if value != NONE]
        return {
            "statement": self.statement.content.decode(),
            "signature": render_base64(self.statement.signature),
            "leaf": self.leaf.leaf_hash.hex(),
            "entry": render_base64(self.leaf.entry),
            "opening": open_fields(self.leaf.fields, self.leaf.salt, names).to_json(),
        }


@dataclass(slots=True)
class Erased:
    """What went, in numbers."""

    certificates: list[Certificate] = field(default_factory=list)
    events: int = 0
    answers: int = 0
    rows: int = 0
    receipts: int = 0
    records: int = 0
    lines: int = 0

    def to_json(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "events": self.events, "answers": self.answers, "rows": self.rows, "receipts": self.receipts,
            "records": self.records, "batch_lines": self.lines,
            "certificates": [one.to_json() for one in self.certificates],
        }  # fmt: skip


class _Moved(Exception):
    """The chain moved while we looked: nothing was done, look again."""


def erase(bureau: Bureau, order: rows.Order) -> Erased:
    """Erase the file that an order names, with every subject linked to it; `NoSubject` where nothing is held.

    `ChainBusy` where the chain kept moving.  What was received is loaded first, and nobody loads meanwhile.
    """
    for receipt_id in waiting_loads(bureau):
        load_file(bureau, receipt_id)
    with _no_loads(bureau):
        for _ in range(TRIES):
            try:
                done = _erase(bureau, order)
                break
            except _Moved:
                continue
        else:
            raise ChainBusy("the chain kept moving; nothing was erased; try again")
    sequence(bureau)
    return done


@contextmanager
def _no_loads(bureau: Bureau) -> Iterator[None]:
    """No file is loaded for the length of a block."""
    with bureau.store.connection("loader") as connection, ExitStack() as stack:
        for member_id in rows.furnishers(connection):
            stack.enter_context(load_lock(connection, member_id))
        yield


@dataclass(frozen=True, slots=True)
class _Chain:
    """One subject's chain before its end: head, key, and every leaf with what a bill needs of it."""

    subject_id: str
    head: rows.ChainHead
    key: bytes
    leaves: list[tuple[bytes, bytes | None]]


def _erase(bureau: Bureau, order: rows.Order) -> Erased:
    """Records are looked for before the act begins, so that chains and receipts stand still for a short time only."""
    done, now = Erased(), bureau.clock()
    with bureau.store.connection("loader") as loader, bureau.store.connection("auditor") as auditor:
        subject_ids = linked_subjects(auditor, order.subject_id)
        theirs = known_as(bureau, loader, subject_ids)
        redactions = look_through(
            bureau,
            loader,
            iter(rows.held_receipts(loader)),
            theirs.judge,
            lambda member: theirs.needles.get(member, set()),
        )
        chains = [_chain(bureau, auditor, one) for one in subject_ids]
        with bureau.store.connection("eraser") as eraser, eraser.transaction():
            done.certificates = [_begin(bureau, eraser, (order, chain), at=now) for chain in chains]
            for chain, made in zip(chains, done.certificates, strict=True):
                _destroy(bureau, (auditor, eraser), (chain, made), done, at=now)
            for redaction in redactions:
                redact(bureau, loader, eraser, redaction)
            with bureau.store.connection("courier") as courier:
                done.lines = redact_batches(bureau, courier, eraser, theirs)
            done.rows = sum(rows.erase_rows(eraser, one) for one in subject_ids)
            rows.end_erasure(eraser)
    done.receipts, done.records = len(redactions), sum(one.records for one in redactions)
    return done


def _destroy(
    bureau: Bureau, connections: tuple[Connection, Connection], what: tuple[_Chain, Certificate], done: Erased, *,
    at: datetime,
) -> None:  # fmt: skip
    """What is sealed under the person's own key, while it still opens: openings, answers."""
    (reading, eraser), (chain, made) = connections, what
    erase_ends(bureau, eraser, chain.subject_id)
    rows.erase_openings(eraser, chain.subject_id, chain.leaves)
    hashes = _answer_hashes(bureau, reading, chain.subject_id, chain.key)
    rows.erase_answers(eraser, chain.subject_id, hashes, leaf=made.leaf.leaf_hash, at=at)
    rows.erase_words(eraser, chain.subject_id, _put_out(bureau, rows.disputes_about(reading, chain.subject_id)))
    done.events += len(chain.leaves)
    done.answers += len(hashes)


def known_as(bureau: Bureau, connection: Connection, subject_ids: Sequence[str]) -> Theirs:
    """By what a person's records are known: keyed hashes, all of them."""
    known = rows.known_by(connection, subject_ids)
    return Theirs(
        bureau,
        known.numbers,
        known.names,
        known.refs,
        frozenset((one.member_id, one.account_key) for one in known.accounts if not one.has_others),
        {(one.member_id, one.account_key): one.main_id for one in known.accounts if one.has_others and one.is_main},
        known.numbered,
    )


def _chain(bureau: Bureau, connection: Connection, subject_id: str) -> _Chain:
    head = rows.chain_head(connection, subject_id)
    if head is None:
        raise NoSubject("no subject of this id is held")
    key = bureau.data_key(head.wrapped_key, f"subject/{subject_id}")
    return _Chain(subject_id, head, key, _leaves(bureau, connection, subject_id, key))


def _leaves(
    bureau: Bureau, connection: Connection, subject_id: str, key: bytes
) -> list[tuple[bytes, bytes | None]]:  # fmt: skip
    """Every leaf of the chain in order; of a billed one what its bill needs, sealed for us."""
    made: list[tuple[bytes, bytes | None]] = []
    for event in own_events(connection, subject_id):
        fields, salt = bureau.open_event(event.sealed, event.leaf_hash, key if event.key_kind == "person" else None)
        residue = None
        if dict(fields)["bill_seq"] != NONE:
            shown = json.dumps(open_fields(fields, salt, BILLED).to_json()).encode()
            residue = bureau.seal_own(shown, residue_place(event.leaf_hash))
        made.append((event.leaf_hash, residue))
    return made


def residue_place(leaf_hash: bytes) -> str:
    """To what a residue is bound."""
    return f"residue/{leaf_hash.hex()}"


def _begin(bureau: Bureau, eraser: Connection, what: tuple[rows.Order, _Chain], *, at: datetime) -> Certificate:
    order, chain = what
    head, label, seq = chain.head, chain.head.label.hex(), chain.head.seq + 1
    statement = state(bureau, order, (label, seq), [leaf for leaf, _ in chain.leaves], scope=FILE, at=at)
    prev = head.leaf_hash.hex() if head.seq else NO_LEAF
    leaf = leaf_of(bureau, order, (label, seq, prev), statement=statement, scope=FILE, at=at)
    act = rows.Act(
        subject_id=chain.subject_id,
        erasure_id=new_id(at, bureau.random),
        order_id=order.order_id,
        cause=order.cause,
        scope=FILE,
        statement=statement.content,
        signature=statement.signature,
        at=at,
        seq=seq,
        leaf_hash=leaf.leaf_hash,
        leaf_id=new_id(at, bureau.random),
        entry=leaf.entry,
        sealed=bureau.seal_event(leaf),
    )
    if len(chain.leaves) != head.seq or not rows.begin_erasure(eraser, act):
        raise _Moved
    return Certificate(statement, leaf)


def _answer_hashes(
    bureau: Bureau, connection: Connection, subject_id: str, key: bytes
) -> list[tuple[str, bytes]]:  # fmt: skip
    """Of every answer the SHA-256 of its bytes: what its lender's receipt names."""
    made = []
    for inquiry_id, key_kind, sealed in rows.answers_about(connection, subject_id):
        place = f"inquiry/{inquiry_id}"
        content = unseal(key, sealed, place=place) if key_kind == "person" else bureau.open_own(sealed, place)
        made.append((inquiry_id, hashlib.sha256(open_outcome(content)[0]).digest()))
    return made


def _put_out(bureau: Bureau, dispute_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    return [(one, sealed_words(bureau, "words", one, "(erased)")) for one in dispute_ids]
