"""What can be done from a terminal about members: their keys, who may be asked about in the sandbox, and how they ask.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cyclopts import App

from openbureau.cli_ground import NO, Ground, Json, Language
from openbureau.config import SettingsError, write_private
from openbureau.core.sign_in.keys import (
    Keyring,
    MemberKey,
    draft_statement,
    parse_key_file,
    render_key_file,
    sign_statement,
)

TROUBLES = {"NoCase", "CaseRefused"}


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    _register_keys(app, ground)
    _register_sandbox(app, ground)
    _register_abuse(app, ground)
    _register_standing(app, ground)


def _register_keys(app: App, ground: Ground) -> None:
    key_app = App(name="key", help="Keys of members' machines.")
    app.command(key_app)

    @key_app.command
    def new(file: Path, member: str, *, kid: str) -> int:
        """Make a key for a machine of a member, in a file that only its owner reads; prints the public half."""
        private = os.urandom(32)
        write_private(file, render_key_file(member, kid, private))
        told = {name: value for name, value in json.loads(file.read_text()).items() if name != "d"}
        ground.emit(told, True, str)
        return 0

    @key_app.command
    def state(keys: Path, *, by: Path, add: Path | None = None, end: str | None = None, days: int = 365) -> int:
        """Draft and sign the next statement on a member's keys, to standard output; send it within a minute.

        KEYS is the answer of GET /v1/members/me/keys.  `--by` is the file of a valid key, or of the seal; `--add` the file of
        a new key, valid for `--days`; `--end` the kid of a key that ends now.
        """
        if (add is None) == (end is None):
            raise SettingsError("a statement needs --add or --end, one of them")
        now = datetime.now(UTC).replace(microsecond=0)
        member, signer, private = parse_key_file(by.read_text())
        told = json.loads(keys.read_text())
        ring = Keyring(member, told["next"]["act"], b"", {}, told["next"]["number"] - 1, told["next"]["prev"])
        added = None
        if add is not None:
            _, kid, fresh = parse_key_file(add.read_text())
            added = MemberKey(kid, fresh.public_key().public_bytes_raw(), now, now + timedelta(days=days))
        body = draft_statement(ring, signer, now, add=added, end=(end, now) if end else None)
        ground.emit(sign_statement(body, private.sign), True, str)
        return 0

    _register_key_desk(key_app, ground)


def _register_key_desk(key_app: App, ground: Ground) -> None:
    @key_app.command
    def take(statement: Path, *, is_json: Json = False) -> int:
        """Take a signed statement that a member handed in because none of its machines can sign in any more."""
        with ground.bureau() as bureau:
            from openbureau.jobs.member.keys import keys_json, state_key

            told = keys_json(state_key(bureau, statement.read_bytes()))
        ground.emit(told, is_json, lambda: f"{told['member_id']}: {', '.join(one['kid'] for one in told['keys'])}")
        return 0

    @key_app.command
    def show(member: str, *, is_json: Json = False) -> int:
        """Show a member's keys, and what its next statement has to name."""
        with ground.bureau() as bureau:
            from openbureau.jobs.member.keys import held_keys, keys_json

            told = keys_json(held_keys(bureau, member))
        lines = "\n".join(f"{one['kid']}  {one['valid_from']}  {one['valid_until']}" for one in told["keys"])
        ground.emit(told, is_json, lambda: lines)
        return 0


def _register_sandbox(app: App, ground: Ground) -> None:
    sandbox_app = App(name="sandbox", help="Made-up people to try the bureau with.")
    app.command(sandbox_app)

    @sandbox_app.command
    def people(*, is_json: Json = False, lang: Language = "") -> int:
        """Bring a made-up person for every outcome of an inquiry into this sandbox, once, and list them."""
        with ground.bureau() as bureau:
            from openbureau.jobs.founding.outcomes import outcome_rows, plant_outcomes
            from openbureau.jobs.founding.sandbox import kept_tokens

            rows = outcome_rows(plant_outcomes(bureau, kept_tokens(bureau.settings)))
        ground.emit(rows, is_json, lambda: "\n".join(_outcome_line(row, ground.short(lang)) for row in rows))
        return 0


def _outcome_line(row: dict[str, Any], language: str) -> str:
    subject = row["subject"]
    asked = f"{row['asker']:<9}  {row['purpose']:<15}  {row['product']:<8}"
    return (
        f"{row['case']:<17}  {subject['id_number']}  {subject['name']}  {asked}  {row['outcome']:<23}  {row[language]}"
    )


def _register_abuse(app: App, ground: Ground) -> None:
    abuse_app = App(name="abuse", help="How do members ask?  Cases about conduct.")
    app.command(abuse_app)

    @abuse_app.command
    def run(*, is_json: Json = False) -> int:
        """Look at the last weeks of every lender once; exit status 1 where a case was opened.  `serve` does so by itself."""
        with ground.bureau() as bureau:
            from openbureau.jobs.abuse.watch import watch_conduct

            seen = watch_conduct(bureau)
        told = {"members": seen.members, "inquiries": seen.inquiries, "findings": seen.findings,
                "opened": list(seen.opened)}  # fmt: skip
        ground.emit(
            told, is_json, lambda: ", ".join(f"{len(seen.opened) if k == 'opened' else v} {k}" for k, v in told.items())
        )
        return NO if seen.opened else 0

    @abuse_app.command(name="list")
    def list_(*, is_json: Json = False, lang: Language = "") -> int:
        """List the cases, newest first."""
        with ground.bureau() as bureau:
            from openbureau.jobs.abuse.cases import case_json, every_case

            rows = [case_json(case) for case in every_case(bureau)]
        at = ground.short(lang)
        ground.emit(rows, is_json, lambda: "\n".join(_case_line(row, at) for row in rows))
        return 0

    @abuse_app.command
    def show(case: str, *, is_json: Json = False) -> int:
        """Show a case: figures, leaves of the inquiries, what was said."""
        with ground.bureau() as bureau:
            from openbureau.jobs.abuse.cases import case_json, one_case

            told = case_json(one_case(bureau, case))
        ground.emit(told, is_json, lambda: json.dumps(told, ensure_ascii=False, indent=2))
        return 0

    @abuse_app.command
    def mark(*, remove: bool = False, is_json: Json = False) -> int:
        """Mark people in the public eye: lines of KIND NUMBER (cn-id 99...) on standard input, kept as blind indexes only."""
        numbers = [(words[0], words[1]) for line in sys.stdin if len(words := line.split()) == 2]
        with ground.bureau() as bureau:
            from openbureau.jobs.abuse.marks import mark_people

            taken, wrong = mark_people(bureau, numbers, is_marked=not remove)
        ground.emit({"taken": taken, "wrong": wrong}, is_json, lambda: f"{taken} taken, {wrong} are no valid number")
        return NO if wrong else 0


def _register_standing(app: App, ground: Ground) -> None:
    batch_app = App(name="batch", help="Files of inquiries that wait.")
    monitor_app = App(name="monitor", help="Files that lenders watch.")
    app.command(batch_app)
    app.command(monitor_app)

    @batch_app.command
    def work(*, workers: int = 2, is_json: Json = False) -> int:
        """Work the lines of every batch that waits, beside whoever else does."""
        with ground.bureau() as bureau:
            from openbureau.jobs.batch.work import work_batches

            worked = work_batches(bureau, workers=max(workers, 1))
        ground.emit({"worked": worked}, is_json, lambda: f"{worked} lines worked")
        return 0

    @monitor_app.command
    def run(*, is_json: Json = False) -> int:
        """Look at every watched file that was touched, and tell its lenders."""
        with ground.bureau() as bureau:
            from openbureau.jobs.monitor.evaluate import evaluate

            made = evaluate(bureau)
        ground.emit({"alerts": made}, is_json, lambda: f"{made} alerts")
        return 0


def _case_line(row: dict[str, Any], language: str) -> str:
    return f"{row['case_id']}  {row['member_id']:<16} {row['actor_user']:<12} {row['standing']:<10} {row['title'][language]}"
