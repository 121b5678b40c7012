"""Seconds that `openbureau watch verify` takes for a log of a million events, beside bare SHA-256 of the same entries.

The export is made of values alone, by the generator of the watcher's own tests, and written while it is made.  The watcher
runs as a process of its own, as a member runs it, so that its peak memory is its own.  The ceiling hashes the same entries
one by one, already in memory.
"""

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sandbox import machine, quick, tell

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from openbureau.core.leaf import Leaf
from openbureau.tlog.merkle import leaf_hash
from openbureau.watch.openings import COMMITTEE_FIELDS, LENDER_FIELDS
from watch.made_log import AGAIN, MadeLog, opening_line

EVENTS = 20_000 if quick() else 1_000_000
A_PERSON = 10
MEMBERS = ("bank-one", "fund-two")


class Written(list[Any]):
    """Takes the place of a list of leaves: each is written as openings and forgotten."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir(parents=True)
        self._files = {
            name: (folder / f"{name}.jsonl").open("w") for name in ("committee", *map("member-{}".format, MEMBERS))
        }

    def append(self, placed: tuple[int, Leaf], /) -> None:
        """Write the committee's opening, and the member's own."""
        index, leaf = placed
        self._files["committee"].write(opening_line(index, leaf, COMMITTEE_FIELDS) + "\n")
        actor = dict(leaf.fields)["actor"]
        if actor in MEMBERS:
            self._files[f"member-{actor}"].write(opening_line(index, leaf, LENDER_FIELDS) + "\n")

    def close(self) -> None:
        """All is on disk."""
        for file in self._files.values():
            file.close()


class Forgotten(list[Any]):
    """A chain of which nobody asks the openings."""

    def append(self, _: Any, /) -> None:
        """Nothing is kept."""


def make_export(folder: Path) -> list[bytes]:
    """The entries of a log of `EVENTS` events, ten about each person; its export lies in `folder/export`."""
    made = MadeLog()
    written = Written(folder / "openings")
    made.leaves = written
    for number in range(EVENTS // A_PERSON):
        person, lender = made.person(f"P{number}-closed"), MEMBERS[0]
        person.leaves = Forgotten()
        made.refuse(person, lender)
        consent = made.consent(person, lender)
        made.answer(person, lender, consent)
        made.own(person)
        for _ in range(A_PERSON - 4):
            made.answer(person, lender, consent, price=AGAIN)
        made.people.clear()
    written.close()
    made.leaves = []
    made.write(folder / "export")
    for path in (folder / "openings").iterdir():
        path.replace(folder / "export" / "openings" / path.name)
    return made.entries


def bare(entries: list[bytes]) -> float:
    """Seconds for SHA-256 of each entry."""
    begun = time.perf_counter()
    for entry in entries:
        hashlib.sha256(b"\x00" + entry).digest()
    return time.perf_counter() - begun


def main() -> None:
    """Make, verify, hash."""
    folder = Path(tempfile.mkdtemp(prefix="openbureau-bench-"))
    try:
        begun = time.perf_counter()
        entries = make_export(folder)
        made = time.perf_counter() - begun
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "openbureau", "watch", "verify", str(folder / "export"), "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        spent = time.perf_counter() - begun
        verdict = json.loads(done.stdout)
        if verdict["status"] != "ok":
            raise SystemExit(f"the export does not hold: {[one for one in verdict['checks'] if not one['ok']]}")
        ceiling = bare(entries)
        assert leaf_hash(entries[0])
        tell(
            "watch.verify",
            machine()
            | {
                "events": len(entries),
                "made_seconds": round(made, 1),
                "seconds": round(spent, 1),
                "events_per_second": round(len(entries) / spent),
                "bare_sha256_seconds": round(ceiling, 2),
                "ratio_to_bare_sha256": round(ceiling / spent, 4),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
                "export_mb": round(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6),
            },
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
