"""One line of two gigabytes: received in pieces, told as one finding, never held in memory."""

import io
import resource

import pytest

from openbureau.core.furnishing.offline import check_file
from openbureau.jobs.furnishing.load import furnish
from openbureau.law.reader import load_law
from world import NOW, PEOPLE, jsonl, subject_record

LENGTH = 2 << 30
MOST_MB = 300


class LongLine(io.RawIOBase):
    """A good record, a line of two gigabytes, and another good record."""

    def __init__(self) -> None:
        self._head = jsonl([subject_record(PEOPLE["good"])]).getvalue() + b'{"record":"'
        self._tail = b'"}\n' + jsonl([subject_record(PEOPLE["late"])]).getvalue()
        self._size = len(self._head) + LENGTH + len(self._tail)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer) -> int:
        middle, end = len(self._head), len(self._head) + LENGTH
        if self._at < middle:
            part = self._head[self._at : self._at + len(buffer)]
        elif self._at < end:
            part = b"x" * min(len(buffer), end - self._at)
        else:
            part = self._tail[self._at - end : self._at - end + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def grown(before: int) -> float:
    """Megabytes by which the peak of this process rose."""
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


@pytest.mark.slow
def test_a_line_of_two_gigabytes_is_one_finding_in_little_memory(new_world):
    """Offline and through the door: the neighbours are accepted, the line is told, memory stays small."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = check_file(io.BufferedReader(LongLine(), 1 << 20), load_law("cn").on(NOW.date()))
    assert [(one.record_no, one.rule) for one in found.shown] == [(2, "too-long")]
    assert (found.records, found.accepted) == (3, 2)
    world = new_world(files={})
    received, made = furnish(world.bureau, "bank-alpha", io.BufferedReader(LongLine(), 1 << 20))
    assert received.byte_count > LENGTH
    assert made.counts == {"too-long": 1}
    assert (made.progress.records, made.progress.accepted) == (3, 2)
    assert grown(before) < MOST_MB
