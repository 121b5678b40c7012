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
        good = jsonl([subject_record(PEOPLE["good"])]).getvalue()
        last = jsonl([subject_record(PEOPLE["late"])]).getvalue()
        self._parts = [good, b'{"record":"', LENGTH, b'"}\n', last]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while self._parts and not self._parts[0]:
            self._parts.pop(0)
        if not self._parts:
            return 0
        first = self._parts[0]
        if isinstance(first, int):
            count = min(first, len(buffer))
            buffer[:count] = b"x" * count
            self._parts[0] = first - count
            return count
        count = min(len(first), len(buffer))
        buffer[:count] = first[:count]
        self._parts[0] = first[count:]
        return count


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
