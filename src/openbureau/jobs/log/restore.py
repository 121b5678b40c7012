"""Get the entries of the log back from a copy of it, after the database was restored from an older backup.

The copy is any export, or a mirror of `/checkpoint` and `/tile`.  Promises: no new head is signed here: the entries must lead,
from what is held, to a head that our own key signed before, and the log goes on as the one history that its witnesses know.
What belonged to those entries in other tables stays lost; an `incident` entry says which they are.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openbureau.jobs.context import Bureau
from openbureau.jobs.ids import new_id
from openbureau.store.log import LogMisbehaviour, Sequencer, add_pending, latest_head
from openbureau.tlog.checkpoint import Checkpoint, open_checkpoint
from openbureau.tlog.entry import render_system
from openbureau.tlog.note import NoteRefused, signature_line, split_note
from openbureau.tlog.strict import Malformed
from openbureau.tlog.tile import ENTRIES, WIDTH, TileAddress, TileRefused, parse_bundle


class RestoreRefused(RuntimeError):
    """The copy does not continue what is held, or does not reach far enough; the message says which."""


@dataclass(frozen=True, slots=True)
class Regained:
    """From which size to which the log was got back."""

    held: int
    size: int

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {"held": self.held, "size": self.size}


def restore_log(bureau: Bureau, directory: Path) -> Regained:
    """Append the entries that a copy holds beyond ours.  Stop serving first; `RestoreRefused` changes nothing."""
    try:
        note = (directory / "checkpoint").read_bytes()
        target = open_checkpoint(note, bureau.log_key)
    except OSError:
        raise RestoreRefused(
            f"{directory} holds no checkpoint that can be read; name the folder of an export"
        ) from None
    except (NoteRefused, Malformed) as trouble:
        raise RestoreRefused(f"the copy's checkpoint is not one of this log: {trouble}") from None
    with bureau.store.connection("sequencer") as connection:
        head = latest_head(connection)
        held = head.size if head else 0
        _must_reach(bureau, target, held)
        worker = Sequencer(
            bureau.act.origin, sign=lambda made: _same(made, target, note, bureau), key=bureau.log_key,
            head_file=bureau.settings.head_file,
        )  # fmt: skip
        entries = _entries(directory, held, target.size)
        try:
            worker.regain(connection, entries, bureau.clock(), make_id=lambda: new_id(bureau.clock(), bureau.random))
        except LogMisbehaviour as trouble:
            raise RestoreRefused(f"the copy does not continue what is held: {trouble}") from None
    _tell(bureau, held, target.size)
    return Regained(held, target.size)


def _must_reach(bureau: Bureau, target: Checkpoint, held: int) -> None:
    file = bureau.settings.head_file
    known = open_checkpoint(file.read_bytes(), bureau.log_key).size if file.exists() else 0
    if target.size <= held:
        raise RestoreRefused(
            f"the copy has {target.size} entries and the database {held}: there is nothing to get back"
        )
    if target.size < known:
        raise RestoreRefused(f"the copy has {target.size} entries, and a head of {known} was signed: find a newer copy")


def _same(made: Checkpoint, target: Checkpoint, note: bytes, bureau: Bureau) -> str:
    """The head that was signed before, with the log's own line alone; nothing is signed here."""
    if made != target:
        raise LogMisbehaviour(f"its entries lead to another root at size {made.size}")
    text, signatures = split_note(note)
    key = bureau.log_key
    own = next(one for one in signatures if (one.name, one.key_id) == (key.name, key.key_id))
    return f"{text}\n{signature_line(key, own.content)}"


def _entries(directory: Path, first: int, size: int) -> list[bytes]:
    found: list[bytes] = []
    for number in range(first // WIDTH, (size + WIDTH - 1) // WIDTH):
        address = TileAddress(ENTRIES, number, min(WIDTH, size - number * WIDTH))
        try:
            entries = parse_bundle((directory / address.path).read_bytes(), address.width)
        except (OSError, TileRefused) as trouble:
            raise RestoreRefused(f"{address.path} of the copy cannot be read: {trouble}") from None
        found += entries[max(first - number * WIDTH, 0) :]
    return found


def _tell(bureau: Bureau, held: int, size: int) -> None:
    """An entry for everybody: what of these was lost besides the log."""
    now = bureau.clock()
    said = {
        "schema": "openbureau-incident/1", "what": "log-regained", "from": held, "to": size,
        "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    with bureau.store.connection("loader") as connection:
        add_pending(connection, new_id(now, bureau.random), render_system("incident", said), now)
