"""Whose is a record that carries a known strong id?  Decided by the published rules, in memory, under the linkage role.

The name of a record that fits is known by its blind index; only one that does not fit is compared, and then the sealed
identities of that number's claimants are opened here, used and forgotten, and the comparison is one event of the log for a
batch.  Promises: what no rule matches is held apart as a subject of its own, with a case for the desk; the same record
again changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from openbureau.core.furnishing.values import SubjectUpdate
from openbureau.core.identity.rules import Identity, Rule, Ruling, compare_identities, decide, rules_digest
from openbureau.core.leaf import Event, EventKind
from openbureau.core.pricing import FREE
from openbureau.core.subject import PERSON_ID, born_on
from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.store.database import Connection
from openbureau.store.identity import (
    NewCase,
    SealedIdentity,
    add_bureau_event,
    add_case,
    add_name_known,
    names_known,
    sealed_identities,
    seen_of,
)
from openbureau.store.log import add_pending
from openbureau.store.sealing import unseal

Claim = tuple[str, bytes]
"""A subject and the blind index of its name."""


@dataclass(slots=True)
class Claims:
    """Who claims the numbers of one batch, under which names; grows with what the batch adds."""

    bureau: Bureau
    connection: Connection
    by_number: dict[tuple[str, bytes], list[Claim]]
    fresh: dict[str, Identity] = field(default_factory=dict)
    _decided: set[tuple[str, bytes]] | None = None
    _held: dict[str, Identity] = field(default_factory=dict)
    compared: int = 0

    def of(self, key: tuple[str, bytes]) -> list[Claim]:
        """The claims to a number, oldest first."""
        return self.by_number.get(key, [])

    def add(self, key: tuple[str, bytes], claim: Claim, identity: Identity) -> None:
        """A subject made in this batch."""
        self.by_number.setdefault(key, []).append(claim)
        self.fresh[claim[0]] = identity

    def named(self, key: tuple[str, bytes], name_blind: bytes) -> str | None:
        """The claimant whose name, or a name decided to be theirs, this is."""
        claims = self.of(key)
        for subject_id, known in claims:
            if known == name_blind:
                return subject_id
        return next((one for one, _ in claims if (one, name_blind) in self._names()), None)

    def _names(self) -> set[tuple[str, bytes]]:
        if self._decided is None:
            everybody = [one for claims in self.by_number.values() for one, _ in claims]
            self._decided = names_known(self.connection, everybody)
        return self._decided

    def rule(self, key: tuple[str, bytes], given: tuple[SubjectUpdate, bytes], at: datetime) -> tuple[str, Rule]:
        """The claimant whom the published rules find, and the rule; the oldest where all of them hold the record apart."""
        update, name_blind = given
        claims = self.of(key)
        self._open([one for one, _ in claims])
        self.compared += 1
        found: list[tuple[str, Rule]] = []
        for subject_id, _ in claims:
            held = self.fresh.get(subject_id) or self._held[subject_id]
            found.append((subject_id, decide(compare_identities(held, given_identity(update)))))
            if found[-1][1].ruling is not Ruling.HOLD:
                add_name_known(self.connection, subject_id, name_blind, (found[-1][1].rule_id, at))
                self._names().add((subject_id, name_blind))
                return found[-1]
        return found[0]

    def _open(self, subject_ids: Sequence[str]) -> None:
        """Open the sealed identities that are not open yet."""
        missing = [one for one in subject_ids if one not in self.fresh and one not in self._held]
        if missing:
            with self.bureau.store.connection("linkage") as reading:
                rows, seen = sealed_identities(reading, missing), seen_of(reading, missing)
            for one, row in rows.items():
                said = [opened_seen(self.bureau, row, each) for each in seen if each[0] == one]
                self._held[one] = identity_of_words(opened_words(self.bureau, row), said)

    def close(self, receipt_leaf: bytes, at: datetime) -> None:
        """Log that names were compared, if any were; forget them."""
        self._held.clear()
        self.fresh.clear()
        if self.compared:
            log_run(self.bureau, self.connection, ("identity-rules", rules_digest(), receipt_leaf.hex()), at)


def given_identity(update: SubjectUpdate) -> Identity:
    """What a furnished record says of who it is about."""
    return Identity(
        name=update.name,
        is_firm=update.kind == "enterprise",
        phones=(update.phone,) if update.phone else (),
        births=(update.born_on,) if update.born_on else (),
        is_born_in_id=update.id_kind == "cn-id",
    )


def identity_json(update: SubjectUpdate, number: str) -> dict[str, Any]:
    """What is sealed of who a subject is."""
    return {
        "kind": update.kind,
        "id_kind": update.id_kind,
        "id_number": number,
        "name": update.name,
        "phone": update.phone,
        "born_on": update.born_on.isoformat() if update.born_on else None,
        "region": update.region,
    }


def opened_words(bureau: Bureau, row: SealedIdentity) -> dict[str, Any]:
    """The words of a sealed identity, for use in memory."""
    key = bureau.data_key(row.wrapped_key, f"subject/{row.subject_id}")
    words: dict[str, Any] = json.loads(unseal(key, row.sealed, place=f"identity/{row.subject_id}"))
    return words


def birth_of_words(words: Mapping[str, Any]) -> str | None:
    """The birth date of an identity as `YYYY-MM-DD`: the one inside the number where there is one, else the one said."""
    day = born_on(words["id_number"]) if words["id_kind"] == PERSON_ID else None
    return str(day) if day is not None else words.get("born_on")


def identity_of_words(words: Mapping[str, Any], said: Sequence[Sequence[str | None]] = ()) -> Identity:
    """What is compared of the words of an identity, and of what furnishers said later."""
    phones = [words.get("phone"), *(one[1] for one in said)]
    births = [words.get("born_on"), *(one[2] for one in said)]
    return Identity(
        name=words["name"],
        is_firm=words["kind"] == "enterprise",
        phones=tuple(phone for phone in phones if phone),
        births=tuple(date.fromisoformat(day) for day in births if day),
        is_born_in_id=words["id_kind"] == PERSON_ID,
    )


def opened_seen(
    bureau: Bureau, row: SealedIdentity, seen: tuple[str, str, int, bytes, bytes | None]
) -> tuple[str, str | None, str | None, str | None]:
    """What a furnisher said, for use in memory: name, telephone, birth date, region; those of the row where it is the same."""
    subject_id, _, _, mark, sealed = seen
    if sealed is None:
        words = opened_words(bureau, row)
        return words["name"], words.get("phone"), words.get("born_on"), words.get("region")
    key = bureau.data_key(row.wrapped_key, f"subject/{subject_id}")
    name, phone, born_on, region = json.loads(unseal(key, sealed, place=f"seen/{subject_id}/{mark.hex()}"))
    return name, phone, born_on, region


def open_conflict(bureau: Bureau, connection: Connection, pair: tuple[str, str], *, rule: Rule, at: datetime) -> None:
    """A case for the desk: the same strong id under names that no rule brings together."""
    one, other = sorted(pair)
    evidence = {"rule": rule.rule_id, "reasons": [rule.rule_id]}
    made = NewCase(
        case_id=new_id(bureau.clock(), bureau.random),
        subject_id=one,
        other_id=other,
        kind="id-name-conflict",
        evidence=evidence,
        probability=0.5,
        at=at,
    )
    add_case(connection, made)


def log_run(bureau: Bureau, connection: Connection, told: tuple[str, str, str], at: datetime) -> bytes:
    """One event in nobody's chain for a run over many: what ran, by which rules or model, on what; its leaf."""
    product, inputs, request = told
    event = Event(
        kind=EventKind.MODEL_RUN,
        at=at,
        actor="bureau",
        product=product,
        regime=bureau.settings.regime,
        basis="duty",
        inputs=inputs,
        request=request,
        price=FREE,
    )
    leaf = bureau.leaf(event)
    words = (EventKind.MODEL_RUN.value, at, "bureau", bureau.seal_event(leaf))
    add_bureau_event(connection, leaf.leaf_hash, words)
    add_pending(connection, new_id(at, bureau.random), leaf.entry, at)
    return leaf.leaf_hash
