"""Does every branch of the rooms that prove things run under their own tests?

    ./dev run python tools/branches.py [ROOM ...]

Runs a room's own tests under coverage and says which lines and branches they never reach.  Exit status 1 when there is one.
A line may be left out by `# pragma: no cover` only with its reason behind it.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = re.compile(r"pragma: no (cover|branch)(?! \()")


@dataclass(frozen=True, slots=True)
class Room:
    """What is measured, and by which tests."""

    code: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "tlog": Room(("src/openbureau/tlog/*",), ("tests/tlog",)),
}


def uncovered(name: str, folder: Path) -> str:
    """The report of a room: empty when every branch runs."""
    room = ROOMS[name]
    bare = [
        f"{path.relative_to(ROOT)}:{number} a line is left out without its reason"
        for pattern in room.code
        for path in sorted(ROOT.glob(pattern))
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if LEFT_OUT.search(line)
    ]
    if bare:
        return "\n".join(bare)
    around = os.environ | {"COVERAGE_FILE": str(folder / name)}
    # Strictness about what may be skipped is the business of the run around this one.
    around.pop("OPENBUREAU_STRICT", None)
    tests = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *room.tests)
    include = f"--include={','.join(room.code)}"
    ran = _run(("-m", "coverage", "run", "--branch", include, *tests), around)
    if ran.returncode:
        return f"the tests of {name} do not hold\n{ran.stdout[-3000:]}{ran.stderr[-3000:]}"
    told = _run(("-m", "coverage", "report", "--show-missing", "--skip-covered", "--fail-under=100", include), around)
    return "" if told.returncode == 0 else told.stdout


def _run(words: tuple[str, ...], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, *words)
    return subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)


def main(wanted: list[str]) -> int:
    """Measure the rooms, or the wanted ones; the exit status."""
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted or list(ROOMS):
            told = uncovered(name, Path(folder))
            print(f"{name}: {told or 'every branch runs'}", flush=True)
            status = 1 if told else status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
