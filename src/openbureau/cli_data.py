"""What can be done from a terminal with what furnishers sent: its state, a rebuild, proofs, corrections, quality, test files.

Registered by `cli.py`, which gives the ground: an open bureau, and how to speak.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from openbureau.cli_ground import NO, USAGE, Ground, Json, Language, signing
from openbureau.config import load_settings, write_private
from openbureau.law.workdays import civil_day

TROUBLES = {"NoSubject", "RebuildRefused", "NoRecord", "RuleRefused", "NoMonth", "NoSuchDefect", "NoSuchOne"}


def register(app: App, watch_app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    _register_state(app, ground)
    _register_proof(app, watch_app, ground)
    _register_correct(app, ground)
    _register_files(app)
    _register_erasure(app, ground)


def _tell(what: str, done: int, of: int) -> None:
    """Progress: one moving line on a terminal, nothing in a pipe until a stage ends."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what} {done}" + (f" of {of}" if of else ""), end="", file=sys.stderr, flush=True)
    elif done == of:
        print(f"{what} {done}", file=sys.stderr)


def _register_state(app: App, ground: Ground) -> None:
    @app.command
    def state(*, is_json: Json = False) -> int:
        """Print the hash over all furnished facts, and each table's own: equal hashes, equal facts."""
        from openbureau.jobs.furnishing.state import state_hash

        with ground.bureau() as bureau:
            found = state_hash(bureau)
        lines = [f"{one.name:<20} {one.rows:>12}  {one.digest}" for one in found.sections]
        ground.emit(found.to_json(), is_json, lambda: "\n".join([*lines, f"{'state':<33}  {found.hash}"]))
        return 0

    @app.command
    def rebuild(*, into: str, source: Annotated[str | None, Parameter(name="--from")] = None,
                new_ids: Annotated[bool, Parameter(negative="")] = False, is_json: Json = False) -> int:  # fmt: skip
        """Make all furnished facts again from the receipts, in the empty database at `--into`, and compare the states.

        `--from` is the URL of the database to rebuild (this installation's own otherwise); keys and founding act are
        those of OPENBUREAU_HOME.  Stop serving first.  Killed, it goes on where it was when called again.
        """
        ground.needs()
        from openbureau.jobs.context import database, open_bureau, prepare
        from openbureau.jobs.furnishing.rebuild import rebuild as rebuilt

        settings = load_settings(os.environ | ({"OPENBUREAU_DATABASE_URL": source} if source else {}))
        with database(settings, lambda line: print(line, file=sys.stderr)) as url:
            prepare(settings, url)
            bureau = open_bureau(settings, url)
            try:
                made = rebuilt(bureau, url, into, with_ids=not new_ids, tell=_tell)
            finally:
                bureau.store.close()
        told = {"source": made.source.to_json(), "rebuilt": made.target.to_json(), "steps": made.steps,
                "differs": made.differs, "is_same": made.is_same}  # fmt: skip
        verdict = "the same state" if made.is_same else "ANOTHER STATE"
        ground.emit(told, is_json, lambda: f"\n{made.steps} steps replayed: {verdict}\n{made.target.hash}")
        return 0 if made.is_same else NO


def _register_proof(app: App, watch_app: App, ground: Ground) -> None:
    @app.command
    def prove_record(receipt: str, number: int, *, to: Path | None = None, is_json: Json = False) -> int:
        """Prove that one record was sent: its bytes, the path to its file's root, and that root's place in the log.

        Anyone checks it offline with `openbureau watch record FILE`.  It holds the record itself: hand it on with care.
        """
        from openbureau.jobs.furnishing.prove_record import prove_record as proved

        with ground.bureau() as bureau:
            with signing(bureau):
                pass
            made = proved(bureau, receipt, number)
        text = json.dumps(made, ensure_ascii=False, indent=1)
        if to is None:
            print(text)
            return 0
        write_private(to, text + "\n")
        ground.emit({"file": str(to)}, is_json, lambda: f"written to {to}; openbureau watch record {to}")
        return 0

    @watch_app.command
    def record(file: Path, *, policy: Path | None = None, is_json: Json = False, lang: Language = "") -> int:
        """Verify the proof of one furnished record.  No server, no database.

        `--policy` is a policy file from elsewhere: without it the proof's own log key is used, and the verdict says so.
        """
        from openbureau.watch.record import verify_record
        from openbureau.watch.verdict import render, to_json

        verdict = verify_record(file.read_bytes(), policy=policy.read_text("utf-8") if policy else None)
        ground.emit(to_json(verdict), is_json, lambda: render(verdict, ground.short(lang)))
        return verdict.exit_code


def _register_correct(app: App, ground: Ground) -> None:
    @app.command
    def correct(*, rule: Path, dry_run: Annotated[bool, Parameter(negative="")] = False, by: str = "operator",
                is_json: Json = False) -> int:  # fmt: skip
        """Correct many records of a furnisher by one rule in a file; with `--dry-run` only count what it would change.

        The rule is JSON: member, target (month or tradeline), field, from, to, where, reason, decided_on.  Killed, it goes
        on with the next start of any rule.
        """
        from openbureau.jobs.furnishing import correct_rule
        from openbureau.jobs.furnishing.lineage import trace_corrections

        with ground.bureau() as bureau:
            if dry_run:
                told = correct_rule.dry_run(
                    bureau, rule.read_bytes(), tell=lambda done: _tell("records", done, 0)
                ).to_json()
            else:
                correct_rule.resume_rules(bureau)
                content = rule.read_bytes()
                run = correct_rule.run_rule(bureau, content, decided_by=by, tell=lambda done: _tell("records", done, 0))
                told = run.to_json() | {"answers_touched": trace_corrections(bureau)}
        ground.emit(told, is_json, lambda: json.dumps(told, ensure_ascii=False, indent=1))
        return 0

    @app.command
    def quality(*, member: str | None = None, month: str, is_json: Json = False, lang: Language = "") -> int:
        """Measure a furnisher's month (every furnisher's without `--member`): the published formula, docs/specs/quality.md."""
        from openbureau.jobs.furnishing.lineage import trace_corrections
        from openbureau.jobs.furnishing.quality import quality as measured
        from openbureau.jobs.furnishing.quality import quality_of_all

        with ground.bureau() as bureau:
            if member is not None and member not in bureau.members:
                print(f"openbureau: no member is called {member!r}", file=sys.stderr)
                return USAGE
            trace_corrections(bureau)
            told = [measured(bureau, member, month)] if member else quality_of_all(bureau, month)
        language = ground.short(lang)
        ground.emit(told, is_json, lambda: "\n\n".join(_quality_text(one, language) for one in told))
        return 0


def _quality_text(told: dict[str, Any], language: str) -> str:
    """A furnisher's month for reading; what is absent says why."""
    head = f"{told['member'][language]}  {told['month']}  {'-' if told['score'] is None else told['score']}"
    lines = [
        f"  {name:<14}{'-' if part['score'] is None else part['score']:>8}  "
        f"{(part['what'] if part['score'] is not None else part['absent'])[language]}"
        for name, part in told["parts"].items()
    ]
    return "\n".join([head, *lines])


def _register_erasure(app: App, ground: Ground) -> None:
    @app.command
    def erase(subject: str, *, reason: str | None = None, by: str = "",
              dry_run: Annotated[bool, Parameter(negative="")] = False, is_json: Json = False) -> int:  # fmt: skip
        """Erase the file of a subject id at the person's wish or, with `--reason` and `--by`, as a reviewer's account decided.

        A wish is refused, with its articles, while an account is open or something adverse is kept by law; `--dry-run`
        only shows what stands in the way and until when.  Reasons: unlawful, never-theirs, purpose-achieved, court-order.
        """
        from openbureau.core.outcome import Refusal
        from openbureau.core.staff import StaffRole
        from openbureau.jobs.erasure.decide import ask_erasure, decide_erasure, retention_clock
        from openbureau.jobs.inquiry.contents import refusal_json
        from openbureau.jobs.staff.accounts import list_accounts
        from openbureau.jobs.staff.sign_in import Staff

        with ground.bureau() as bureau:
            if dry_run:
                items = [
                    {"item": one.item_id, "furnisher": one.furnisher_id, "why": one.what.value,
                     "until": one.last_day.isoformat() if one.last_day else None}
                    for one in retention_clock(bureau, subject)
                ]  # fmt: skip
                ground.emit(items, is_json, lambda: json.dumps(items, indent=1))
                return 0
            if reason is None:
                found = ask_erasure(bureau, subject)
            else:
                roles = {
                    role
                    for one in list_accounts(bureau)
                    if one.handle == by and not one.is_closed
                    for role in one.roles
                }
                if StaffRole.REVIEWER.value not in roles:
                    print("openbureau: --by names no open account with the role reviewer", file=sys.stderr)
                    return USAGE
                found = decide_erasure(bureau, subject, Staff(by, StaffRole.REVIEWER), reason=reason)
        told = refusal_json(found) if isinstance(found, Refusal) else found.to_json()
        ground.emit(told, is_json, lambda: json.dumps(told, ensure_ascii=False, indent=1))
        return NO if isinstance(found, Refusal) else 0


def _register_files(app: App) -> None:
    @app.command
    def make_files(directory: Path, *, people: int = 1000, firms: int = 0, format: str = "jsonl",  # noqa: A002
                   seed: int = 1, until: date | None = None, furnisher: str | None = None,
                   defect: list[str] | None = None, is_json: Json = False) -> int:  # fmt: skip
        """Make a furnisher's files of made-up people, clean or with `--defect RULE:SHARE`, and truth.json beside them.

        `--format` is jsonl, csv, parquet or metro2; `--until` the day on which the files are clean when checked (or today).
        """
        from openbureau.lab.make_files import Wish, parse_defects
        from openbureau.lab.make_files import make_files as make

        day = until or civil_day(datetime.now(UTC))
        wish = Wish(people, day, format, seed, firms, furnisher, parse_defects(defect or [], format))
        made = make(wish, directory)
        if is_json:
            print(json.dumps(made.to_json(), ensure_ascii=False))
        else:
            names = ", ".join(path.name for path in made.paths)
            print(f"{directory}: {names}; {made.records} records, {len(made.planted)} defects planted (truth.json)")
        return 0
