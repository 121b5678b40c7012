"""What can a furnisher and an operator do from a terminal with files on their way in?

Furnish a file, see how far files have come, watch a folder, serve, and the agency's age key.  `cli.py` registers these
commands and gives the ground they stand on.  Progress is a bar on a terminal and JSON lines on standard error otherwise.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from openbureau.cli_ground import NO, USAGE, Ground, Json, Language
from openbureau.config import add_key, load_settings

LOOK_SECONDS = 1.0


class NoMember(LookupError):
    """No member of the act is called so."""


def register(app: App, ground: Ground) -> None:
    """Add the commands of this file."""
    keys_app = App(name="keys", help="Keys that others need to know.")
    app.command(keys_app)
    _register_furnish(app, ground)
    _register_furnishings(app, ground)
    _register_drop(app, ground)
    _register_serve(app, ground)
    _register_keys(keys_app, ground)


def _register_furnish(app: App, ground: Ground) -> None:
    @app.command
    def furnish(file: Path, *, member: str, format: str | None = None, kind: str | None = None,  # noqa: A002
                is_json: Json = False, lang: Language = "") -> int:  # fmt: skip
        """Receive and load a file into this installation, for a member.  The file may be encrypted to the age key."""
        from openbureau.jobs.furnishing.load import furnish as load
        from openbureau.jobs.furnishing.progress import outcome_of, report

        with ground.bureau() as bureau, file.open("rb") as source:
            _check_member(bureau, member)
            with _progress(is_quiet=is_json) as tell:
                received, acceptance = load(bureau, member, source, format=format, kind=kind, progress=tell)
            told, texts = report(bureau, outcome_of(received, acceptance))
            ground.emit(told, is_json, lambda: texts[ground.short(lang)].rstrip("\n"))
            return NO if acceptance is None or acceptance.progress.refused else 0


def _check_member(bureau: Any, member: str) -> None:
    if member not in bureau.members:
        raise NoMember(f"no member is called {member!r}; members: {', '.join(bureau.members)}")


@contextmanager
def _progress(*, is_quiet: bool) -> Iterator[Callable[[Any], None]]:
    """Tells how far a load is: a bar where standard error is a terminal, a JSON line a chunk otherwise."""
    if is_quiet:
        yield lambda _: None
        return
    from openbureau.jobs.furnishing.progress import step_json

    if not sys.stderr.isatty():
        yield lambda held: print(json.dumps(step_json(held)), file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("receiving", total=None)

        def tell(held: Any) -> None:
            step = step_json(held)
            words = f"loading, {step['findings']} findings" if step["findings"] else "loading"
            bar.update(task, description=words, total=step["of"], completed=step["read"])

        yield tell


def _register_furnishings(app: App, ground: Ground) -> None:
    @app.command
    def furnishings(*, member: str | None = None, most: int = 50, is_json: Json = False) -> int:
        """List received files, newest first, each with the progress of its load."""
        from openbureau.jobs.furnishing.progress import furnishings as listed

        with ground.bureau() as bureau:
            if member is not None:
                _check_member(bureau, member)
            rows = listed(bureau, member, most=most)
        ground.emit(rows, is_json, lambda: "\n".join(_line(row) for row in rows) or "no file was received yet")
        return 0


def _line(row: dict[str, Any]) -> str:
    share = f"{row['per_mille'] / 10:5.1f}%"
    return (
        f"{row['receipt_id']}  {row['received_at']}  {row['member_id']:<20} {row['state']:<8}{share}  "
        f"{row['records']:>9} records  {row['refused']:>7} refused  {row['findings']:>7} findings"
    )


def _register_drop(app: App, ground: Ground) -> None:
    @app.command
    def drop(directory: Path, *, member: str, once: Annotated[bool, Parameter(negative="")] = False,
             is_json: Json = False) -> int:  # fmt: skip
        """Watch a folder for a member: complete files are furnished and come to done/ or refused/ with their report.

        `--once` furnishes what is complete now and ends.  Names that begin with a dot or end in .part or .tmp wait.
        """
        from openbureau.jobs.furnishing.drop import DropFolder, Watcher

        with ground.bureau() as bureau:
            _check_member(bureau, member)
            folder = DropFolder(bureau, directory, member)
            if once:
                folder.look()
                time.sleep(LOOK_SECONDS)
                made = folder.look()
                for one in made:
                    _tell_dropped(one, is_json)
                for name, trouble in folder.troubles.items():
                    _complain(name, trouble)
                return NO if folder.troubles or any(one.receipt_id is None for one in made) else 0
            Watcher(folder, lambda one: _tell_dropped(one, is_json), complain=_complain).watch()
        return 0


def _tell_dropped(made: Any, is_json: bool) -> None:
    """One line a file.  Its name is not said: it may name a person."""
    where = made.place.parent.name
    told = {"taken": made.taken_id, "receipt_id": made.receipt_id, "to": where}
    words = f"{made.taken_id} {where}" + (f" receipt {made.receipt_id}" if made.receipt_id else "")
    print(json.dumps(told) if is_json else words, flush=True)


def _complain(name: str, trouble: Exception) -> None:
    """Which taken file could not be worked on, and the kind of trouble; never its words, which may hold a value."""
    print(f"openbureau: {name}: {type(trouble).__name__}; it is tried again", file=sys.stderr, flush=True)


def _register_serve(app: App, ground: Ground) -> None:
    @app.command
    def serve(*, host: str | None = None, port: int | None = None, drop: Path | None = None,
              member: str | None = None) -> int:  # fmt: skip
        """Serve API and pages of this installation, load what was received, sign its log and have it cosigned.

        `--drop DIR --member M` watches a folder of a member beside.
        """
        if (drop is None) != (member is None):
            print("openbureau: --drop and --member go together", file=sys.stderr)
            return USAGE
        with ground.bureau() as bureau:
            from openbureau.demo.witnesses import sandbox_witnesses
            from openbureau.web.serve import serve as run

            port = bureau.settings.port if port is None else port
            with _watching(bureau, drop, member), sandbox_witnesses(bureau) as own:
                run(bureau, host=host or bureau.settings.host, port=port, witnesses=own)
        return 0


def _watching(bureau: Any, directory: Path | None, member: str | None) -> AbstractContextManager[Any]:
    if directory is None or member is None:
        return nullcontext()
    from openbureau.jobs.furnishing.drop import DropFolder, Watcher

    _check_member(bureau, member)
    folder = DropFolder(bureau, directory, member)
    return Watcher(folder, lambda one: _tell_dropped(one, is_json=True), complain=_complain)


def _register_keys(app: App, ground: Ground) -> None:
    @app.command
    def age(*, is_json: Json = False) -> int:
        """Print the agency's age key, to which furnishers may encrypt their files; made where it is missing."""
        from openbureau.jobs.furnishing.envelope import recipient_of

        settings = load_settings(os.environ)
        public = recipient_of(add_key(settings, "age", os.urandom))
        ground.emit({"recipient": public}, is_json, lambda: public)
        return 0

    @app.command
    def rotate(name: str, *, is_json: Json = False) -> int:
        """Make a new version of a key (root, event, session, age) and, for root, wrap every data key anew under it.

        A running bureau reads both meanwhile.  Killed, it goes on when called again.
        """
        with ground.bureau() as bureau:
            from openbureau.jobs.keys.rotate import rotate as rotated

            made = rotated(bureau, name, tell=_counting)
        told = {"key": name, "version": made.version, "rewrapped": made.rewrapped, "went_on": made.went_on}
        ground.emit(
            told, is_json, lambda: f"{name} key: version {made.version}, {made.rewrapped} data keys wrapped anew"
        )
        return 0

    @app.command
    def remove(version: int, *, is_json: Json = False) -> int:
        """Remove the file of a root key that a rotation has retired.  Not to be undone."""
        with ground.bureau() as bureau:
            from openbureau.jobs.keys.rotate import remove as removed

            removed(bureau, version)
        ground.emit({"key": "root", "removed": version}, is_json, lambda: f"root key {version} is removed")
        return 0


def _counting(what: str, done: int, _of: int) -> None:
    """One moving line on a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what} {done}", end="", file=sys.stderr, flush=True)
