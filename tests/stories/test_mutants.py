"""The tests of tlog notice when its code is another: a sample of all small changes, over the floor."""

import subprocess
import sys

import pytest

import mutants


@pytest.mark.slow
def test_a_sample_of_changes_is_noticed() -> None:
    """Of 200 changes chosen at random (the same each time) at least 90 % are noticed."""
    command = [sys.executable, "tools/mutants.py", "--sample", "200", "--jobs", "1"]
    done = subprocess.run(command, cwd=mutants.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "of 200 mutants noticed" in done.stdout


def test_there_are_changes_of_every_kind() -> None:
    """Comparisons, sums, constants, conditions, statements: each stands among the changes of one file."""
    told = [one.what for one in mutants.mutants(mutants.FOLDER / "merkle.py")]
    for part in ("never: ", "always: ", "left out: ", "return nothing: ", "<=", "  ->  "):
        assert any(part in one for one in told), part
