"""The steps about what is kept of whom: corrections, deletions, whose a record is, proofs of single records, the rebuild."""

import io
import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from openbureau.core.furnishing.write import render_jsonl
from openbureau.core.identity.rules import Choice, Standing
from openbureau.core.metro2.write import render_file
from openbureau.core.staff import StaffRole
from openbureau.demo.sandbox import Story
from openbureau.demo.telling import Step
from openbureau.jobs.furnishing.lineage import lineage_json, trace_corrections
from openbureau.jobs.furnishing.load import Acceptance, furnish
from openbureau.jobs.furnishing.prove_record import prove_record
from openbureau.jobs.furnishing.rebuild import rebuild
from openbureau.jobs.identity.desk import Said, cases, decide_case, undo_link
from openbureau.jobs.staff.sign_in import Staff
from openbureau.jobs.subject.as_of import credit_file
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.store.database import create_database
from openbureau.tlog.strict import parse_base64, render_base64
from openbureau.web.witnesses import sign_and_publish

OTHER = "thin-file"
"""The person under whose number somebody else is furnished."""


def _send(story: Story, member_id: str, records: Iterable[dict[str, Any]]) -> Acceptance:
    """Send records through the door."""
    _, made = furnish(story.bureau, member_id, io.BytesIO(b"".join(map(render_jsonl, records))))
    if made is None:
        raise AssertionError("a file of the story was refused at the door")
    return made


def _own_account(story: Story) -> tuple[str, dict[str, Any]]:
    """A furnisher of the hero and the newest month it sent of one of the hero's accounts."""
    number = story.country.one(story.hero).id_number
    for member_id, path in story.told["files"].items():
        rows = [json.loads(line) for line in path.read_bytes().splitlines()]
        refs = {row["subject_ref"] for row in rows if row["record"] == "subject" and row["id_number"] == number}
        accounts = {row["account_no"] for row in rows if row["record"] == "tradeline" and row["subject_ref"] in refs}
        months = [row for row in rows if row["record"] == "month" and row["account_no"] in accounts]
        if months:
            return member_id, max(months, key=lambda row: str(row["month"]))
    raise AssertionError("nobody furnished the hero")


def metro2_taken(story: Story) -> Step:
    """A file in the other format, packed in characters, through the same door."""
    as_of = story.today.replace(day=1) - timedelta(days=1)
    opened = as_of.replace(year=as_of.year - 3, day=15)
    values = {
        "time_stamp": f"{story.today}T08:30:00", "identification_number": "BANK000001", "consumer_account_number": "M2-1",
        "portfolio_type": "I", "account_type": "00", "date_opened": opened.isoformat(), "highest_credit": 24_000,
        "terms_duration": "060", "terms_frequency": "M", "scheduled_monthly_payment_amount": 450,
        "actual_payment_amount": 450, "account_status": "11", "payment_history_profile": "0" * 24,
        "current_balance": 9_000, "date_account_information": as_of.isoformat(),
        "date_last_payment": as_of.replace(day=15).isoformat(),
        "interest_type_indicator": "F", "surname": "MADEUP", "first_name": "JANE", "social_security_number": 123_45_6789,
        "date_birth": "1985-05-31", "telephone_number": 5_550_100_200, "ecoa_code": "1", "country_code": "US",
        "first_line_address": "1 NOWHERE ST", "city": "NOWHERE", "state": "TX", "zip_code": "00000",
        "address_indicator": "Y", "residence_code": "R",
    }  # fmt: skip
    content = b"".join(render_file([{"base": values}]))
    member_id = next(iter(story.told["files"]))
    _, made = furnish(story.bureau, member_id, io.BytesIO(content))
    done = made.progress if made else None
    return Step(
        "metro2",
        ("A Metro 2 file goes through the same door", "Metro 2 文件经同一通道报送"),
        done is not None and done.accepted == done.records == 1,
        "core/metro2/read.py",
        lines=(
            (
                f"{len(content)} bytes, one record: a person born on 31 May, an account, and its last 24 months.",
                f"{len(content)} 字节，一条记录：一名 5 月 31 日出生的人、一个账户及其最近 24 个月。",
            ),
        ),
        figures={"accepted": done.accepted if done else 0},
    )


def corrected(story: Story) -> Step:
    """A furnisher corrects a balance after an answer went out with it."""
    member_id, month = _own_account(story)
    old = int(month["balance_fen"])
    change = {
        "record": "correction", "target": "month", "key": month["account_no"], "month": month["month"],
        "field": "balance_fen", "old_value": str(old), "new_value": str(max(old - 100, 0) if old else 100),
        "reason": "system", "decided_on": story.today.isoformat(),
    }  # fmt: skip
    made = _send(story, member_id, [change])
    again = _send(story, member_id, [change])
    trace_corrections(story.bureau)
    touched = lineage_json(story.bureau, story.subject_id())["answers"]
    return Step(
        "corrected",
        ("A furnisher corrects a value; the old one stays known", "信息提供者更正一项数据，原值仍可查知"),
        made.progress.changed == 1 and again.progress.changed == 0 and bool(touched),
        "jobs/furnishing/correct.py",
        article=story.law("crr.accuracy"),
        lines=(
            (
                f"A version was added, nothing overwritten. Answers that had gone out with the old value: {len(touched)}.",
                f"新增一个版本，未覆盖原值。已使用原值的答复：{len(touched)} 次。",
            ),
        ),
        figures={"touched": len(touched), "again": again.progress.changed},
    )


def deleted(story: Story) -> Step:
    """A deleted month cannot come back by a later file."""
    member_id, month = _own_account(story)
    gone = {
        "record": "deletion", "target": "month", "key": month["account_no"], "month": month["month"],
        "reason": "dispute", "decided_on": story.today.isoformat(),
    }  # fmt: skip
    made = _send(story, member_id, [gone])
    back = _send(story, member_id, [month])
    return Step(
        "deleted",
        ("What was deleted cannot come back", "已删除的信息不得再次录入"),
        made.progress.changed == 1 and [one.rule for one in back.findings] == ["deleted-before"],
        "jobs/furnishing/correct.py",
        article=story.law("crr.accuracy"),
        lines=(
            (
                "The month is gone from the file and kept in the ledger; an older copy of it is not taken.",
                "该月已从档案中删除，台账中保留；其旧副本不予接收。",
            ),
        ),
        figures={"rules": [one.rule for one in back.findings]},
    )


def held_apart(story: Story) -> Step:
    """A record with a known number and a strange name does not land in the known person's file."""
    owner = story.country.one(story.country.cases[OTHER])
    member_id = next(iter(story.told["files"]))
    before = _accounts(story)
    subject = {
        "record": "subject", "subject_ref": "X-1", "kind": "person", "id_kind": "cn-id", "id_number": owner.id_number,
        "name": "欧阳另名", "synthetic": True,
    }  # fmt: skip
    loan = {
        "record": "tradeline", "account_no": "X-1-1", "subject_ref": "X-1", "role": "borrower", "account_type": "D1",
        "business_type": "91", "opened_on": "2025-01-10", "due_on": "2028-01-10", "currency": "CNY",
        "limit_fen": 5_000_000, "account_status": "1", "five_class": "1", "as_of_on": story.today.isoformat(),
    }  # fmt: skip
    made = _send(story, member_id, [subject, loan])
    waiting = [row for row in cases(story.bureau, _reviewer(1)) if row.standing is Standing.OPEN]
    story.told["case"] = waiting[0].case.case_id if waiting else ""
    return Step(
        "held-apart",
        ("The same number under another name is held apart", "同一证件号、不同姓名：先行隔离"),
        {one.rule for one in made.findings} == {"id-name-conflict"} and bool(waiting) and _accounts(story) == before,
        "jobs/identity/compare.py",
        article=story.law("crr.accuracy"),
        lines=(
            (
                f"The loan is not in the known person's file: {before} accounts before and after. A reviewer decides.",
                f"该笔贷款未进入原有主体的档案（前后均为 {before} 个账户），由审核员裁定。",
            ),
        ),
        figures={"cases": len(waiting)},
    )


def linked_and_undone(story: Story) -> Step:
    """Reviewers link two subjects, and undo it: the file is as it was."""
    case_id, before = story.told["case"], _accounts(story)
    said = Said(Choice.LINK, "Renamed; papers seen. 更名，已核验证件。")
    after = decide_case(story.bureau, _reviewer(1), case_id, said=said)
    if after is Standing.SECOND:
        after = decide_case(story.bureau, _reviewer(2), case_id, said=said)
    between = _accounts(story)
    undo_link(story.bureau, _reviewer(2), case_id, reason="The papers were another's. 证件属于他人。")
    undone = _accounts(story)
    return Step(
        "linked-and-undone",
        ("Two files become one by a reviewer's decision, and two again", "经审核合并档案，并可如实撤销"),
        after is Standing.LINKED and between == before + 1 and undone == before,
        "jobs/identity/links.py",
        lines=(
            (
                f"{before} accounts, {between} while linked, {undone} after. Both persons' diaries show the link and its end.",
                f"合并前 {before} 个账户，合并期间 {between} 个，撤销后 {undone} 个；双方的记录均可见。",
            ),
        ),
        figures={"before": before, "linked": between, "after": undone},
    )


def _accounts(story: Story) -> int:
    """How many accounts the other person's file has now."""
    handle = story.country.cases[OTHER]
    subject_id = sign_in(story.bureau, handle, story.codes[handle])
    held = credit_file(story.bureau, subject_id, story.bureau.clock()) if subject_id else None
    return len(held.tradelines) if held else -1


def _reviewer(number: int) -> Staff:
    return Staff(f"reviewer-{number}", StaffRole.REVIEWER)


def proved(story: Story) -> Step:
    """One furnished record proved to a third party, in another process."""
    member_id, path = next(iter(story.told["files"].items()))
    made = _send(story, member_id, [json.loads(path.read_bytes().split(b"\n", 1)[0])])
    sign_and_publish(story.bureau, story.witnesses)
    path = story.folder / "record.json"
    path.write_text(json.dumps(prove_record(story.bureau, made.receipt_id, 1), ensure_ascii=False))
    told = [
        subprocess.run(
            [sys.executable, "-m", "openbureau", "watch", "record", str(one), "--json"],
            capture_output=True,
            check=False,
        ).returncode
        for one in (path, _altered(path))
    ]
    return Step(
        "proved",
        ("One record is proved to have been sent, unchanged, then", "证明单条记录确曾如此报送"),
        told == [0, 1],
        "jobs/furnishing/prove_record.py",
        lines=(
            (
                "A third party checks it offline, with nothing of ours; with one character altered it does not hold.",
                "第三方可离线核验；改动一个字符即不成立。",
            ),
        ),
        figures={"exits": told},
    )


def _altered(path: Path) -> Path:
    """A copy whose record says something else."""
    told = json.loads(path.read_text())
    record = bytearray(parse_base64(told["pieces"][0]["content"]))
    record[-3] ^= 1
    told["pieces"][0]["content"] = render_base64(bytes(record))
    other = path.with_name("altered.json")
    other.write_text(json.dumps(told, ensure_ascii=False))
    return other


def rebuilt(story: Story) -> Step:
    """All receipts replayed on an empty database."""
    made = rebuild(story.bureau, story.url, create_database(story.url, "rebuilt"))
    return Step(
        "rebuilt",
        ("From the receipts alone, an empty database reaches the same state", "仅凭回执即可在空库中重建相同状态"),
        made.is_same and made.differs == 0,
        "jobs/furnishing/rebuild.py",
        lines=(
            (
                f"{made.steps} steps replayed; state {made.target.hash[:16]}…, equal to the original's.",
                f"重放 {made.steps} 步；状态哈希 {made.target.hash[:16]}…，与原库一致。",
            ),
        ),
        figures={"steps": made.steps, "state": made.target.hash},
    )


KEEPING = (metro2_taken, corrected, deleted, held_apart, linked_and_undone, proved, rebuilt)
