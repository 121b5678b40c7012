"""Rooms that prove things are tested to the last branch by tests of their own, and the measure would say otherwise."""

from pathlib import Path

import pytest

import branches


@pytest.mark.slow
@pytest.mark.parametrize("room", sorted(branches.ROOMS))
def test_every_branch_of_the_room_runs(room: str, tmp_path: Path) -> None:
    """The room's own tests reach every line and every branch."""
    assert branches.uncovered(room, tmp_path) == ""


@pytest.mark.slow
def test_a_branch_that_does_not_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With half of the tests the measure fails, and names the file."""
    fewer = branches.Room(("src/openbureau/tlog/*",), ("tests/tlog/test_strict.py",))
    monkeypatch.setitem(branches.ROOMS, "tlog", fewer)
    told = branches.uncovered("tlog", tmp_path)
    assert "src/openbureau/tlog/merkle.py" in told
    assert "src/openbureau/tlog/strict.py" not in told


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        ("x  # pragma: no cover", True),
        ("x  # pragma: no branch because", True),
        ("x  # pragma: no cover (never without a key)", False),
        ("x = 1", False),
    ],
)
def test_a_line_is_left_out_only_with_its_reason(line: str, *, is_bare: bool) -> None:
    """The words that leave a line out are followed by a reason in brackets."""
    assert bool(branches.LEFT_OUT.search(line)) == is_bare
