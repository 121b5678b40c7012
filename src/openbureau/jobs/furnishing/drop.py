"""Watch a folder: whatever lies in it complete is furnished, and comes to done/ or refused/ with its report.

A file is complete when its size and time have not changed from one look to the next and it is no longer being written
(names that begin with a dot or end in .part or .tmp are still being written).  It is taken by renaming it into .taken/
under a fresh id, and worked on under a lock that dies with its process.  Promises: two watchers furnish a file once; a
watcher that was killed is resumed by the next, and nothing is furnished twice; no file name is said in a log.
"""

import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openbureau.config import write_private
from openbureau.jobs.context import Bureau
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.furnishing.progress import outcome_of, report
from openbureau.jobs.furnishing.receive import Arrival
from openbureau.jobs.ids import new_id

TAKEN, DONE, REFUSED = ".taken", "done", "refused"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
SETTLED_SECONDS = 2.0
NAME_BYTES = 255 - 36 - len("~.report.en.txt.12345678.new")
"""What of a name is kept: a file name has 255 bytes, and the id and the longest name of a report's draft need theirs."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of a file: the id under which it was taken, where it lies, and its receipt if it has one."""

    taken_id: str
    place: Path
    receipt_id: str | None


class DropFolder:
    """One watched folder of one member."""

    def __init__(self, bureau: Bureau, folder: Path, member_id: str, *, settled: float = SETTLED_SECONDS) -> None:
        if member_id not in bureau.members:
            raise LookupError(f"no member is called {member_id!r}")
        self._bureau, self._folder, self._member_id, self._settled = bureau, folder, member_id, settled
        self._seen: dict[str, tuple[int, int, int]] = {}
        self.troubles: dict[str, Exception] = {}
        for name in (TAKEN, DONE, REFUSED):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def look(self) -> list[Dropped]:
        """Take what is complete, and finish what was taken; what came to its end now.  `troubles` are those of this look."""
        self.troubles = {}
        for path in self._complete():
            try:
                self._take(path)
            except OSError as trouble:
                self.troubles[f"inode-{self._seen[path.name][0]}"] = trouble  # its name may name a person
        made = []
        for path in sorted((self._folder / TAKEN).iterdir()):
            try:
                with _owned(path) as file:
                    if file is not None:
                        made.append(self._work(path, file))
            except Exception as trouble:  # noqa: BLE001  (the next file must not wait for this one; it is tried again)
                self.troubles[path.name.partition("~")[0]] = trouble
        return made

    def _complete(self) -> Iterator[Path]:
        """Plain files whose size and time are as they were at the last look, and not of this very moment."""
        before, self._seen = self._seen, {}
        for entry in sorted(os.scandir(self._folder), key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name.endswith(UNFINISHED):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not stat.S_ISREG(found.st_mode):
                continue
            mark = (found.st_ino, found.st_size, found.st_mtime_ns)
            self._seen[entry.name] = mark
            if before.get(entry.name) == mark and time.time() - found.st_mtime >= self._settled:
                yield self._folder / entry.name

    def _take(self, path: Path) -> None:
        taken_id = new_id(self._bureau.clock(), self._bureau.random)
        try:
            path.rename(self._folder / TAKEN / f"{taken_id}~{_end_of(path.name)}")
        except FileNotFoundError:
            return  # another watcher was quicker

    def _work(self, path: Path, file: BinaryIO) -> Dropped:
        """Furnish a taken file, write its report, and put both where they belong."""
        taken_id = path.name.partition("~")[0]
        arrival = Arrival(taken_id.encode(), "drop")
        received, acceptance = furnish(self._bureau, self._member_id, file, arrival=arrival)
        to = self._folder / (DONE if acceptance else REFUSED) / path.name
        told, lines = report(self._bureau, outcome_of(received, acceptance))
        write_private(to.with_name(to.name + ".report.json"), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        for language, text in lines.items():
            write_private(to.with_name(f"{to.name}.report.{language}.txt"), text)
        path.rename(to)
        return Dropped(taken_id, to, acceptance.receipt_id if acceptance else None)


def _end_of(name: str) -> str:
    """As much of the end of a file name as fits, cut between characters."""
    content = os.fsencode(name)
    if len(content) <= NAME_BYTES:
        return name
    at = len(content) - NAME_BYTES
    begins = next((one for one in range(at, at + 4) if content[one] & 0xC0 != 0x80), at)  # no UTF-8: anywhere
    return os.fsdecode(content[begins:])


@contextmanager
def _owned(path: Path) -> Iterator[BinaryIO | None]:
    """A taken file under its lock; None where another works on it or has finished it."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield file if path.exists() else None


class Watcher:
    """Looks into a folder again and again, in a thread, until stopped."""

    def __init__(
        self, folder: DropFolder, tell: Callable[[Dropped], None], seconds: float = 1.0, *,
        complain: Callable[[str, Exception], None] = lambda _id, _trouble: None,
    ) -> None:  # fmt: skip
        self._folder, self._tell, self._seconds, self._complain = folder, tell, seconds, complain
        self._said: dict[str, str] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.watch, name="drop", daemon=True)
        self.trouble: Exception | None = None

    def watch(self) -> None:
        """Look until stopped."""
        while not self._stop.is_set():
            try:
                for made in self._folder.look():
                    self._tell(made)
                self._say(self._folder.troubles)
            except Exception as trouble:  # noqa: BLE001  (the folder or the database may be away for a while)
                self._say({"folder": trouble})
            self._stop.wait(self._seconds)

    def _say(self, troubles: dict[str, Exception]) -> None:
        """Each trouble once, for as long as it stays the same."""
        self.trouble = next(iter(troubles.values()), None)
        for name, trouble in troubles.items():
            if self._said.get(name) != type(trouble).__name__:
                self._complain(name, trouble)
        self._said = {name: type(trouble).__name__ for name, trouble in troubles.items()}

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join(timeout=30)
