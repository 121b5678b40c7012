"""What can be done from a terminal?

Every command takes `--json`.  Exit status: 0 yes, 1 a lawful no or a finding, 2 wrong usage or no such thing, 3 cannot tell,
4 too old.  The base install has the law, the file check and the watcher; commands of the server say what to install.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

from cyclopts import App, Parameter

from openbureau import (
    __version__,
    cli_audit,
    cli_bill,
    cli_consent,
    cli_data,
    cli_furnish,
    cli_log,
    cli_members,
    cli_papers,
    cli_staff,
    cli_watch,
)
from openbureau.cli_ground import NO, USAGE, Ground, Json, Language, signing
from openbureau.config import SANDBOX, KeyRefused, Settings, SettingsError, load_settings, write_private
from openbureau.law.workdays import civil_day

app = App(name="openbureau", help="A personal credit bureau that anyone can audit.", version=__version__)
law_app = App(name="law", help="The law as dated, cited data.")
watch_app = App(name="watch", help="Verify the bureau from an export, without it.")
identity_app = App(name="identity", help="Whose record is it?  Batch duties over everybody.")
app.command(law_app)
app.command(watch_app)
app.command(identity_app)


def main() -> NoReturn:
    """Run a command; its status is the exit status."""
    try:
        status = app(result_action="return_value", exit_on_error=False, print_error=True)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as trouble:  # noqa: BLE001  (what is not expected is raised again)
        status = _told(trouble)
    sys.exit(status if isinstance(status, int) else 0)


def _told(trouble: Exception) -> int:
    """Expected trouble in one line; what is not expected keeps its trace."""
    from cyclopts import CycloptsError

    if isinstance(trouble, CycloptsError):
        return USAGE
    if isinstance(trouble, ModuleNotFoundError) and not (trouble.name or "").startswith("openbureau"):
        trouble = _needs_more()
    expected = {
        "AnswerRefused", "KeyStatementRefused",
        "NoRule", "LawError", "ActRefused", "LauncherFault", "NoReceipt", "NotSandbox", "OperationalError", "NoMember",
        "WitnessRefused", "NoteRefused", "Malformed", "NotCleared", "LogMisbehaviour",
    } | cli_consent.TROUBLES | cli_data.TROUBLES | cli_members.TROUBLES | cli_staff.TROUBLES  # fmt: skip
    expected |= cli_bill.TROUBLES | cli_audit.TROUBLES | cli_log.TROUBLES
    is_expected = isinstance(trouble, OSError | SettingsError | KeyRefused) or type(trouble).__name__ in expected
    if not is_expected:
        raise trouble
    if isinstance(trouble, OSError) and trouble.filename is not None:
        print(f"openbureau: {trouble.filename}: {trouble.strerror}", file=sys.stderr)
    else:
        print(f"openbureau: {trouble}", file=sys.stderr)
    return USAGE


def _emit(value: Any, is_json: bool, text: Callable[[], str]) -> None:
    print(json.dumps(value, ensure_ascii=False) if is_json else text())


def _default_language() -> str:
    return "zh" if os.environ.get("LANG", "").startswith("zh") else "en"


def _short(language: str) -> str:
    """`zh` or `en` from any spelling of either."""
    return "zh" if (language or _default_language()).lower().startswith("zh") else "en"


# ------------------------------------------------------------------------------------------------ law


@law_app.command
def show(what: str, *, on: date | None = None, regime: str = "cn", drafts: list[str] | None = None,
         is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
    """Show the rules of a topic, or one rule, on a day: value, since when, citation, quotation."""
    from openbureau.law.reader import load_law
    from openbureau.law.show import render_show
    from openbureau.law.show import show as rows

    law = load_law(regime, drafts=frozenset(drafts or ()))
    day = on or civil_day(datetime.now(UTC))
    found = rows(law, what, day)
    held = law.on(day)
    _emit(found, is_json, lambda: render_show([held.rule(row["id"]) for row in found], _short(lang)))
    return 0


@law_app.command
def diff(before: date, after: date, *, regime: str = "cn", drafts: list[str] | None = None,
         is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
    """Show what changed in the law between two days."""
    from openbureau.law.reader import load_law
    from openbureau.law.show import diff_row, render_diff

    changes = load_law(regime, drafts=frozenset(drafts or ())).changes(before, after)
    _emit([diff_row(change) for change in changes], is_json, lambda: render_diff(changes, _short(lang)))
    return 0


# ---------------------------------------------------------------------------------------------- watch


@watch_app.command
def verify(directory: Path, *, policy: Path | None = None, remember: Path | None = None, is_json: Json = False,
           lang: Language = "") -> int:  # fmt: skip
    """Verify an export: signatures, tree, openings, chains, charges, consents, answers.  No server, no database.

    `--policy` is a policy file from elsewhere (the export's own otherwise); `--remember` keeps the newest checkpoint
    seen, so that an older or rewritten log is noticed.
    """
    from openbureau.watch.verify import render, to_json
    from openbureau.watch.verify import verify as verified

    verdict = verified(directory, policy=policy, remember=remember)
    _emit(to_json(verdict), is_json, lambda: render(verdict, _short(lang)))
    return verdict.exit_code


# ---------------------------------------------------------------------------------------------- files


@app.command
def check(file: Path, *, format: str | None = None, kind: str | None = None, on: date | None = None,  # noqa: A002
          is_json: Json = False, lang: Language = "", most: int = 50) -> int:  # fmt: skip
    """Check a file before sending it.  The same rules as at the door: clean here means accepted there."""
    from openbureau.core.furnishing.finding import finding_json, render_finding
    from openbureau.core.furnishing.offline import check_file
    from openbureau.law.reader import load_law

    rulebook = load_law("cn").on(on or civil_day(datetime.now(UTC)))
    with file.open("rb") as source:
        checked = check_file(source, rulebook, format=format, kind=kind, most=most)
    told = {
        "rule_pack": checked.rule_pack, "records": checked.records, "accepted": checked.accepted,
        "refused": checked.refused, "findings": checked.findings,
        "shown": [finding_json(found, rulebook) for found in checked.shown],
    }  # fmt: skip

    def text() -> str:
        lines = [render_finding(found, _short(lang)) for found in checked.shown]
        left = checked.findings - len(checked.shown)
        lines += [f"... {left} more findings; --most shows more"] if left else []
        lines.append(
            f"{checked.records} records: {checked.accepted} accepted, {checked.refused} refused, "
            f"{checked.findings} findings (rule pack {checked.rule_pack[:16]})"
        )
        return "\n".join(lines)

    _emit(told, is_json, text)
    return NO if checked.findings else 0


@app.command
def inquire(request: Path, *, url: str = "http://127.0.0.1:8420", token_file: Path | None = None,
            key_file: Path | None = None, bureau_kid: str | None = None, key: str | None = None,
            is_json: Json = False) -> int:  # fmt: skip
    """Ask for a report over HTTP.  REQUEST is a file with the JSON body (`-` reads it from standard input), so that no
    personal data stands on a command line.

    `--key-file` is a member's key (a JSON Web Key): signed in, signed, and the answer's signature checked, as a live bureau
    asks; `--bureau-kid` pins the bureau's key.  `--token-file` is a token of the sandbox.
    """
    from openbureau.web.client import ask, ask_signed

    if (token_file is None) == (key_file is None):
        print("openbureau: inquire needs --key-file, or --token-file in the sandbox", file=sys.stderr)
        return USAGE
    body, own = sys.stdin.buffer.read() if str(request) == "-" else request.read_bytes(), key or os.urandom(12).hex()
    if key_file is not None:
        status, told = ask_signed(url, body, key_file=key_file, key=own, bureau_kid=bureau_kid)
    else:
        status, told = ask(url, body, token=(token_file or Path()).read_text().strip(), key=own)
    _emit(told, is_json, lambda: json.dumps(told, ensure_ascii=False, indent=2))
    return 0 if status == 200 else NO


# ---------------------------------------------------------------------------------------- installation


def _server(extra: str = "server") -> None:
    needed = ("litestar", "psycopg") if extra == "server" else ("numpy",)
    if any(find_spec(name) is None for name in needed):
        raise _needs_more(extra)


def _needs_more(extra: str = "server") -> SettingsError:
    return SettingsError(f"this command needs more than the base install: pip install 'openbureau[{extra}]'")


@contextmanager
def _bureau() -> Iterator[Any]:
    """The bureau of this installation, its database running for the length of the block."""
    _server()
    from openbureau.jobs.context import database, open_bureau, prepare

    settings = load_settings(os.environ)
    with database(settings, lambda line: print(line, file=sys.stderr)) as url:
        prepare(settings, url)
        bureau = open_bureau(settings, url)
        try:
            yield bureau
        finally:
            bureau.store.close()


@app.command
def init(*, draft: Path | None = None, members: Path | None = None, witnesses: Path | None = None,
         act: Path | None = None, origin: str = "sandbox.openbureau.example", installation: str = "openbureau",
         is_json: Json = False) -> int:  # fmt: skip
    """Found this installation.

    Without options: a sandbox with made-up members and witnesses of its own, whose keys and tokens are kept in its home.  With
    `--draft FILE --members FILE --witnesses FILE`: keys are made and the act is drafted for the members to sign
    (`openbureau sign-act`); the witnesses' file is JSON as an act names them.  With `--act FILE`: founded by the signed act.
    """
    _server()
    from openbureau.demo.witnesses import make_witnesses
    from openbureau.jobs.founding.by_file import draft_from, found_by, found_demo

    settings = load_settings(os.environ)
    if draft is not None:
        if members is None:
            print("openbureau: --draft needs --members, a JSON list of members as an act writes them", file=sys.stderr)
            return USAGE
        draft_from(settings, members, draft, origin=origin, installation=installation, witnesses=witnesses)
        _emit({"draft": str(draft)}, is_json, lambda: f"drafted {draft}; every member signs it: openbureau sign-act")
        return 0
    own = None if act or settings.mode != SANDBOX else make_witnesses(settings.home, origin)
    told = found_by(settings, act) if act else found_demo(
        settings, origin=origin, installation=installation, witnesses=own
    )  # fmt: skip
    _emit(
        told,
        is_json,
        lambda: (
            f"founded; act {told['act']}"
            + (f"\ntokens lie in {told['tokens']}, members' keys in {told['keys']}" if told["tokens"] else "")
        ),
    )
    return 0


@app.command
def sign_act(draft: Path, member: str, key: Path) -> int:
    """Sign a drafted act for a member, with a key file of 32 bytes in hex that never leaves the member."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from openbureau.core.act import sign_act as signed

    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.read_text().strip()))
    held = json.loads(draft.read_text())
    made = signed(held["body"], {member: private.sign}, earlier=held.get("signatures", {}))
    write_private(draft, json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    print(f"{member} has signed; signatures: {', '.join(sorted(made['signatures']))}")
    return 0


@app.command
def export(directory: Path, *, is_json: Json = False) -> int:
    """Sign what waits and write what a watcher needs into a directory."""
    with _bureau() as bureau:
        from openbureau.jobs.log.export import export as write
        from openbureau.jobs.log.index import make_index

        with signing(bureau):
            make_index(bureau)
        told = write(bureau, directory)
    _emit(told, is_json, lambda: f"{directory}: " + ", ".join(f"{count} {name}" for name, count in told.items()))
    return 0


@identity_app.command
def detect(*, is_json: Json = False) -> int:
    """Look through everybody for files with two lives and lives in two files; what is found waits on the desk."""
    with _bureau() as bureau:
        from openbureau.jobs.identity.detect import detect_mixed, detect_split

        found = {"mixed": detect_mixed(bureau), "split": detect_split(bureau)}
    told = {name: {"subjects": one.subjects, "cases": one.cases} for name, one in found.items()}
    _emit(told, is_json, lambda: "\n".join(f"{name}: {one.cases} new cases" for name, one in found.items()))
    return 0


@identity_app.command
def propose(*, is_json: Json = False) -> int:
    """Ask the linkage for pairs without a common strong id; each becomes a case of the desk, none a link."""
    with _bureau() as bureau:
        _server("lab")
        from openbureau.jobs.identity.propose import propose_pairs

        made = propose_pairs(bureau)
    told = {"subjects": made.subjects, "cases": made.cases}
    _emit(told, is_json, lambda: f"{made.subjects} people, {made.cases} new cases")
    return 0


@app.command
def demo(*, once: Annotated[bool, Parameter(negative="")] = False, export: Path | None = None, seed: int = 2021,
         is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
    """Tell the whole story in a sandbox of made-up people, then serve it on loopback.

    `--once` ends after the story; `--export DIR` keeps the watcher's export; `--json` prints one line a step.
    """
    _server()
    from openbureau.demo.run import Wish, run_demo
    from openbureau.web.serve import serve_on_free_port

    settings: Settings = load_settings(os.environ)
    wish = Wish(once=once, json=is_json, language=_short(lang), export=export, seed=seed)
    return run_demo(settings, wish, serve_on_free_port)


_ground = Ground(_bureau, _emit, _short, _server)
cli_furnish.register(app, _ground)
cli_data.register(app, watch_app, _ground)
cli_consent.register(app, _ground)
cli_members.register(app, _ground)
cli_watch.register(watch_app, _ground)
cli_papers.register(watch_app, _ground)
cli_staff.register(app, _ground)
cli_bill.register(app, _ground)
cli_audit.register(app, _ground)
cli_log.register(app, _ground)
