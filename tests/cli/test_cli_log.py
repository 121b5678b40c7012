"""The commands about the log, as they are typed."""

from pathlib import Path
from typing import Any

import pytest

from openbureau.jobs.log.export import export
from openbureau.jobs.log.restore import RestoreRefused
from world import World


def test_how_the_log_stands_with_its_witnesses(typed: Any) -> None:
    """This act names none, so none is missing."""
    assert typed("log", "status") == (0, {"needed": 0, "named": 0, "is_well": True, "witnesses": []})


def test_an_index_is_made_once_for_the_same_entries(typed: Any) -> None:
    """The second has only the first one's entry to count; it names the size and its leaf."""
    status, told = typed("log", "index")
    assert status == 0
    assert told["index"] is None or len(told["index"]["leaf"]) == 64


def test_nothing_is_restored_where_nothing_is_missing(typed: Any, shared_world: World, tmp_path: Path) -> None:
    """A copy of what is held adds nothing, and a folder without a checkpoint is no copy; both are told."""
    export(shared_world.bureau, tmp_path / "copy")
    with pytest.raises(RestoreRefused, match="nothing to get back"):
        typed("log", "restore", str(tmp_path / "copy"))
    with pytest.raises(RestoreRefused, match="holds no checkpoint"):
        typed("log", "restore", str(tmp_path / "none"))
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "checkpoint").write_text("no checkpoint\n")
    with pytest.raises(RestoreRefused, match="not one of this log"):
        typed("log", "restore", str(tmp_path / "none"))
