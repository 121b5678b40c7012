"""Is every cheat caught, and is every check needed?"""

from pathlib import Path

import pytest

from openbureau.watch.verify import CHECKS, verify
from watch.cheats import CHEATS
from watch.made_log import LATER, MadeLog, put, story


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_cheat_is_caught(name: str, tmp_path: Path) -> None:
    """The cheating export is broken, and the check that is meant for this cheat says so with evidence."""
    cheat = CHEATS[name]
    cheat.make(tmp_path)
    verdict = verify(tmp_path, now=LATER)
    found = {check.name: check for check in verdict.checks}[cheat.by]
    assert verdict.status == "broken"
    assert verdict.exit_code == 1
    assert found.ok is False
    assert found.evidence
    if cheat.is_alone:
        assert [check.name for check in verdict.checks if check.ok is not True] == [cheat.by]


@pytest.mark.parametrize("name", sorted(name for name, cheat in CHEATS.items() if cheat.is_alone))
def test_without_its_check_the_cheat_passes(name: str, tmp_path: Path) -> None:
    """A check that alone catches a cheat cannot be left out: without it the verdict would be ok."""
    cheat = CHEATS[name]
    cheat.make(tmp_path)
    others = tuple(check for check in CHECKS if check.name != cheat.by)
    assert verify(tmp_path, now=LATER, checks=others).status == "ok"


def test_every_check_is_needed() -> None:
    """Each check has a cheat that no other check catches (`continues` has its own test below, `erasures` in its own file)."""
    alone = {cheat.by for cheat in CHEATS.values() if cheat.is_alone}
    assert {check.name for check in CHECKS} - alone == {"continues", "erasures"}


def test_a_fork_is_seen_by_whoever_remembers(tmp_path: Path) -> None:
    """A log whose first part differs from the remembered one is broken, and only memory tells."""
    seen, shown, memory = tmp_path / "seen", tmp_path / "shown", tmp_path / "memory"
    first = MadeLog()
    story(first)
    first.write(seen)
    assert verify(seen, now=LATER, remember=memory).status == "ok"
    other = MadeLog()
    other.at = other.at.replace(hour=9)
    story(other)
    other.furnish("bank-one")
    other.write(shown)
    assert verify(shown, now=LATER).status == "ok"
    verdict = verify(shown, now=LATER, remember=memory)
    assert [check.name for check in verdict.checks if check.ok is False] == ["continues"]
    assert verdict.status == "broken"
    assert (
        verify(shown, now=LATER, remember=memory, checks=tuple(c for c in CHECKS if c.name != "continues")).status
        == "ok"
    )


def test_a_rollback_is_old(tmp_path: Path) -> None:
    """A log smaller than the remembered one is old: exit status 4; a larger one that goes on from it is ok."""
    small, large, memory = tmp_path / "small", tmp_path / "large", tmp_path / "memory"
    made = MadeLog()
    held = story(made)
    made.write(small)
    made.refuse(held["one"], "bank-one")
    made.write(large)
    assert verify(small, now=LATER, remember=memory).status == "ok"
    assert verify(large, now=LATER, remember=memory).status == "ok"
    assert memory.read_bytes() == (large / "checkpoint").read_bytes()
    verdict = verify(small, now=LATER, remember=memory)
    assert (verdict.status, verdict.exit_code) == ("old", 4)
    assert memory.read_bytes() == (large / "checkpoint").read_bytes()


def test_remembered_nonsense_is_told(tmp_path: Path) -> None:
    """A memory file that is no checkpoint is named, not believed."""
    made = MadeLog()
    story(made)
    made.write(tmp_path / "export")
    put(tmp_path / "memory", b"\xff")
    verdict = verify(tmp_path / "export", now=LATER, remember=tmp_path / "memory")
    assert [check.name for check in verdict.checks if check.ok is False] == ["continues"]
