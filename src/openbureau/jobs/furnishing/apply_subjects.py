"""Whose record is it?  Finds or makes the subject of every subject record of a batch.

Subjects are found by the blind index of their identity number and of their name; where the number is known and the name is
not, the published rules decide (`jobs/identity/compare.py`), and what no rule matches is held apart as a subject of its own.
A new subject gets an id, a key of its own and its label.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from openbureau.core.furnishing.finding import Finding
from openbureau.core.furnishing.values import SubjectUpdate
from openbureau.core.identity.rules import Rule, Ruling
from openbureau.core.subject import PERSON_ID, birthday, born_on, normalize_id, normalize_name
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.apply_further import Applied, apply_claims, known_at
from openbureau.jobs.identity.compare import Claims, given_identity, identity_json, open_conflict
from openbureau.jobs.identity.sightings import Sightings
from openbureau.law.workdays import civil_day
from openbureau.store.database import Connection
from openbureau.store.furnishing import NewSubject, Progress, add_refs, add_subjects, known_identifiers, known_refs
from openbureau.store.sealing import seal
from openbureau.tlog.vrf import label_of, vrf_own_output

HeldApart = tuple[tuple[str, str], Rule, datetime]
"""Two subjects under one strong id whose names no rule brings together, the rule that says so, and when."""


@dataclass(slots=True)
class _Placing:
    """What placing the records of one batch goes by, and what it makes."""

    bureau: Bureau
    held: Progress
    applied: Applied
    claims: Claims
    fresh: list[NewSubject] = field(default_factory=list)
    apart: list[HeldApart] = field(default_factory=list)

    def place(self, number: int, update: SubjectUpdate, key: tuple[str, bytes]) -> tuple[str, bool]:
        """The subject whom a record names, whom a rule finds, or a new one, and whether it is new."""
        at = known_at(self.held, number)
        name_blind = self.bureau.name_blind(_number(update), normalize_name(update.name))
        found = self.claims.named(key, name_blind)
        if found is not None:
            return found, False
        near = self.claims.rule(key, (update, name_blind), at) if self.claims.of(key) else None
        if near is not None and near[1].ruling is not Ruling.HOLD:
            if near[1].ruling is Ruling.MATCH_WITH_FINDING:
                self.applied.findings.append(Finding(number, "id-name-near", "name"))
            return near[0], False
        made = new_subject(self.bureau, update, key[1], (name_blind, at))
        self.claims.add(key, (made.subject_id, name_blind), given_identity(update))
        self.fresh.append(made)
        self.applied.added += 1
        if near is not None:
            self.applied.findings.append(Finding(number, "id-name-conflict", "name"))
            self.apart.append(((near[0], made.subject_id), near[1], at))
        return made.subject_id, True


def apply_subjects(
    bureau: Bureau,
    connection: Connection,
    receipt: tuple[str, Progress],
    given: tuple[list[tuple[int, SubjectUpdate]], Applied],
) -> None:
    """Place every record; keep new subjects, the furnisher's keys, what was said of whom, and the cases for the desk."""
    held, (updates, applied) = receipt[1], given
    keys = [(one.id_kind, bureau.id_blind(one.id_kind, _number(one))) for _, one in updates]
    refs = [bureau.own_key("ref", held.member_id, one.subject_ref) for _, one in updates]
    claims = Claims(bureau, connection, known_identifiers(connection, list(dict.fromkeys(keys))))
    owners = known_refs(connection, held.member_id, list(dict.fromkeys(refs)))
    placing, seen = _Placing(bureau, held, applied, claims), Sightings(bureau, connection, held)
    new_refs: dict[bytes, str] = {}
    placed: list[tuple[int, str, SubjectUpdate]] = []
    for (number, update), key, ref in zip(updates, keys, refs, strict=True):
        owner = owners.get(ref)
        if owner is not None and owner not in {one for one, _ in claims.of(key)}:
            applied.findings.append(Finding(number, "subject-mismatch", "subject_ref"))
            continue
        subject_id, is_new = placing.place(number, update, key)
        seen.add(subject_id, update, (known_at(held, number), is_new))
        if owner != subject_id:
            owners[ref] = new_refs[ref] = subject_id
        placed.append((number, subject_id, update))
    add_subjects(connection, placing.fresh)
    add_refs(connection, held.member_id, new_refs.items())
    apply_claims(bureau, connection, receipt, (placed, applied))
    seen.save({one.subject_id: one.wrapped_key for one in placing.fresh})
    if bureau.recall is None:  # a rebuild finds cases and events where the installation left them
        for pair, rule, at in placing.apart:
            open_conflict(bureau, connection, pair, rule=rule, at=at)
        claims.close(held.leaf_hash, bureau.clock())


def _number(update: SubjectUpdate) -> str:
    number = normalize_id(update.id_kind, update.id_number)
    if number is None:
        raise AssertionError("a record with a bad identity number passed the checks")
    return number


def new_subject(bureau: Bureau, update: SubjectUpdate, id_blind: bytes, held: tuple[bytes, datetime]) -> NewSubject:
    """A subject with id, label, key and sealed identity."""
    name_blind, at = held
    number = _number(update)
    subject_id, key, wrapped = bureau.subject_place(update.id_kind, id_blind, at, name_blind=name_blind)
    label = label_of(vrf_own_output(bureau.keys.key("vrf"), UUID(subject_id).bytes))
    born = born_on(number) if update.id_kind == PERSON_ID else update.born_on
    age = bureau.rulebook(civil_day(at)).typed.credit_minor_age.number
    identity = json.dumps(identity_json(update, number)).encode()
    sealed = seal(key, identity, place=f"identity/{subject_id}", random=bureau.random)
    return NewSubject(
        subject_id, update.kind, label, wrapped, sealed,
        birthday(born, age) if born else None, update.synthetic is True, at, update.id_kind, id_blind, name_blind,
    )  # fmt: skip
