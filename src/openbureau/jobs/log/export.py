"""Write what a watcher needs into a directory: the log, its key and policy, openings, and what is in force.

Three levels lie side by side: public (log and system), member (that member's events), person (their chain, with the proof
of their label).  The committee's openings show pseudonymous flow fields of every event and nothing else.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from openbureau.config import SANDBOX, read_scorecards
from openbureau.core.decision.order import is_put_off
from openbureau.core.leaf import COMMITTEE_FIELDS, LENDER_FIELDS, NONE
from openbureau.jobs.context import Bureau
from openbureau.jobs.erasure.shown import erasure_lines, has_waiting
from openbureau.jobs.inquiry.contents import open_outcome
from openbureau.jobs.log.index_export import export_index
from openbureau.jobs.log.prove import policy
from openbureau.jobs.log.sequence import sequence
from openbureau.law.workdays import civil_day
from openbureau.store.audit.figures import kept_figures
from openbureau.store.billing import closed_month, closed_months, invoices_of
from openbureau.store.identity import linked_subjects
from openbureau.store.inquiry import NO_SUBJECT
from openbureau.store.log import all_events, answers_of, entry_bundle, leaf_place, stored_tiles
from openbureau.store.sealing import unseal
from openbureau.store.subject import label_of_subject, own_events, sandbox_handles
from openbureau.store.witness.cosigned import published_head
from openbureau.tlog.commitment import open_fields
from openbureau.tlog.strict import render_base64
from openbureau.tlog.tile import ENTRIES, tiles_of
from openbureau.tlog.vrf import vrf_prove

MOST_ANSWERS = 50


def export(bureau: Bureau, directory: Path, *, persons: Mapping[str, str] | None = None) -> dict[str, int]:
    """Write the export; how many tiles, events and answers.  `persons` names handles whose own openings are wanted."""
    directory.mkdir(parents=True, exist_ok=True)
    with bureau.store.connection("auditor") as connection:
        is_waiting = has_waiting(connection)
    if is_waiting:
        sequence(bureau)
    tiles = _log(bureau, directory)
    _system(bureau, directory)
    events = _openings(bureau, directory)
    _bills(bureau, directory)
    _figures(bureau, directory)
    export_index(bureau, directory)
    _erasures(bureau, directory)
    answers = _answers(bureau, directory) if bureau.settings.mode == SANDBOX else 0
    for handle in persons or {}:
        _person(bureau, directory, handle)
    return {"tiles": tiles, "events": events, "answers": answers}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _log(bureau: Bureau, directory: Path) -> int:
    """Tiles and bundles first, the checkpoint last: whoever sees a checkpoint finds its tiles."""
    count = 0
    with bureau.store.connection("auditor") as connection:
        head = published_head(connection)
        if head is None:
            return 0
        tiles = stored_tiles(connection)
        for address in tiles_of(head.size):
            content = entry_bundle(connection, address) if address.level == ENTRIES else tiles(address)
            _write(directory / address.path, content)
            count += 1
    _write(directory / "checkpoint", head.checkpoint.encode())
    _write(directory / "log.vkey", (bureau.log_key.render() + "\n").encode())
    _write(directory / "policy", policy(bureau).encode())
    return count


def _system(bureau: Bureau, directory: Path) -> None:
    """The founding act and everything it names as in force."""
    act = bureau.act.to_json()
    _write(directory / "system" / "founding-act.json", _json(act))
    _write(directory / "system" / "keys.json", _json(dict(act["body"]["keys"])))
    policies = directory / "system" / f"policy-{bureau.policies.digest}"
    _write(policies.with_suffix(".cedar"), bureau.policies.text.cedar.encode())
    _write(policies.with_suffix(".cedarschema"), bureau.policies.text.schema.encode())
    _write(directory / "system" / "law.json", _json({"regime": bureau.settings.regime, "digest": bureau.law.digest}))
    for name, content in read_scorecards().items():
        _write(directory / "system" / "scorecards" / f"{name}.json", content)


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _openings(bureau: Bureau, directory: Path) -> int:
    """The committee's openings of every event, and each member's openings of its own."""
    folder = directory / "openings"
    folder.mkdir(exist_ok=True)
    files: dict[str, Any] = {}
    count = 0
    try:
        with bureau.store.connection("auditor") as connection:
            head = published_head(connection)
            for row in all_events(connection, head.size if head else 0):
                subject_id, leaf_hash, key_kind, sealed, index, wrapped, actor = row
                key = bureau.data_key(wrapped, f"subject/{subject_id}") if key_kind == "person" and wrapped else None
                fields, salt = bureau.open_event(sealed, leaf_hash, key)
                _line(
                    files,
                    folder / "committee.jsonl",
                    index,
                    opening=open_fields(fields, salt, COMMITTEE_FIELDS).to_json(),
                )
                if actor in bureau.members:
                    opened = open_fields(fields, salt, LENDER_FIELDS).to_json()
                    _line(files, folder / f"member-{actor}.jsonl", index, opening=opened)
                count += 1
    finally:
        for file in files.values():
            file.close()
    return count


def _bills(bureau: Bureau, directory: Path) -> None:
    """The committee's view of every invoice of the months that this log closes: salted summaries."""
    lines = []
    with bureau.store.connection("auditor") as connection:
        head = published_head(connection)
        for month in closed_months(connection):
            closed = closed_month(connection, month)
            place = leaf_place(connection, closed.leaf) if closed else None
            if head is None or place is None or place[0] >= head.size:
                continue
            lines += [
                json.dumps({"salt": salt.hex(), "summary": json.loads(shown)}, ensure_ascii=False)
                for shown, salt in invoices_of(connection, month)
            ]
    if lines:
        _write(directory / "openings" / "bills.jsonl", ("\n".join(lines) + "\n").encode())


def _figures(bureau: Bureau, directory: Path) -> None:
    """The published figures of the months that this log binds."""
    with bureau.store.connection("auditor") as connection:
        head = published_head(connection)
        for one in kept_figures(connection):
            place = leaf_place(connection, one.leaf)
            if head is not None and place is not None and place[0] < head.size:
                _write(directory / "reports" / f"figures-{one.month}.json", one.content)


def _erasures(bureau: Bureau, directory: Path) -> None:
    """Which openings were destroyed, by whose order."""
    with bureau.store.connection("auditor") as connection:
        head = published_head(connection)
        lines = list(erasure_lines(bureau, connection, head.size if head else 0))
    if lines:
        _write(directory / "openings" / "erasures.jsonl", ("\n".join(lines) + "\n").encode())


def _line(files: dict[str, Any], path: Path, index: int, *, opening: dict[str, Any]) -> None:
    if path.name not in files:
        files[path.name] = path.open("w", encoding="utf-8")
    files[path.name].write(json.dumps({"index": index, "opening": opening}, ensure_ascii=False) + "\n")


def _person(bureau: Bureau, directory: Path, handle: str) -> None:
    """A person's own openings: every field of their chain and of those linked to it, with the proof of each label."""
    with bureau.store.connection("auditor") as connection:
        subject_id = dict(sandbox_handles(connection)).get(handle, NO_SUBJECT)
        linked = linked_subjects(connection, subject_id)
    _chain(bureau, directory / "openings" / f"person-{handle}.jsonl", subject_id)
    for number, other in enumerate((one for one in linked if one != subject_id), start=2):
        _chain(bureau, directory / "openings" / f"person-{handle}.{number}.jsonl", other)


def _chain(bureau: Bureau, path: Path, subject_id: str) -> None:
    """One chain, opened; nothing where no such subject is held, or while a notice to them is lawfully put off."""
    with bureau.store.connection("auditor") as connection:
        row = label_of_subject(connection, subject_id)
        events = own_events(connection, subject_id)
    if row is None:
        return
    label, wrapped = row
    key = bureau.data_key(wrapped, f"subject/{subject_id}")
    proof = vrf_prove(bureau.keys.key("vrf"), UUID(subject_id).bytes)
    lines = [json.dumps({"subject_id": subject_id, "label": label.hex(), "proof": render_base64(proof)})]
    today = civil_day(bureau.clock())
    for event in events:
        fields, salt = bureau.open_event(event.sealed, event.leaf_hash, key if event.key_kind == "person" else None)
        if is_put_off(dict(fields)["notice"], today):
            return
        names = [name for name, value in fields if value != NONE]
        opening = open_fields(fields, salt, names).to_json()
        lines.append(json.dumps({"index": event.leaf_index, "opening": opening}, ensure_ascii=False))
    _write(path, ("\n".join(lines) + "\n").encode())


def _answers(bureau: Bureau, directory: Path) -> int:
    """Sandbox only: answers as they were delivered, with their receipts, as far as the exported log goes."""
    count = 0
    with bureau.store.connection("auditor") as connection:
        rows = answers_of(connection, MOST_ANSWERS)
        head = published_head(connection)
        places = {row[0]: leaf_place(connection, row[4]) for row in rows}
    for inquiry_id, subject_id, sealed, wrapped, _ in rows:
        place = places[inquiry_id]
        if head is None or place is None or place[0] >= head.size:
            continue
        key = bureau.data_key(wrapped, f"subject/{subject_id}")
        answer, _, receipt = open_outcome(unseal(key, sealed, place=f"inquiry/{inquiry_id}"))
        folder = directory / "reports" / inquiry_id
        _write(folder / "answer.json", answer)
        _write(folder / "receipt.json", _json(receipt))
        count += 1
    return count
