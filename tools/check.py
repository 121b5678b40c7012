"""What CI checks, in one go: every check runs, and the end says which held, which did not, and which could not be run.

    ./dev check [NAME ...]

Exit status 1 when one did not hold; with OPENBUREAU_STRICT=1 also when one could not be run, except the look-up of known
weaknesses, which needs an index that answers.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
WEAKNESSES = "https://pypi.org/pypi/{}/{}/json"
CODE = ("src", "tests", "bench", "tools")
TYPED = ("src", "tools", "bench")


@dataclass(frozen=True, slots=True)
class Check:
    """A command that ends with 0 when all is well, and why it cannot be run here, if so."""

    name: str
    command: tuple[str, ...]
    hindrance: str = ""


def checks() -> list[Check]:
    """All checks, the quick ones first."""
    uv = shutil.which("uv")
    return [
        Check("lock", (uv or "uv", "lock", "--check", "--offline", "--quiet"), "" if uv else "uv is not installed"),
        Check("style", (PYTHON, "-m", "ruff", "check", "--quiet", *_there(CODE))),
        Check("format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", *_there(CODE))),
        Check("directions", (_beside("lint-imports"), "--no-cache")),
        Check("made files", (PYTHON, "tools/make_specs.py", "--check")),
        Check("types", (PYTHON, "-m", "mypy", "--strict", *_there(TYPED))),
        Check("tidiness", (PYTHON, "-m", "pytest", "-q", "tests/tidy")),
        Check("known weaknesses", _audit(), _index_trouble()),
    ]


def _there(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (ROOT / name).exists()]


def _beside(program: str) -> str:
    return str(Path(PYTHON).parent / program)


def _audit() -> tuple[str, ...]:
    """Look up every locked package, with the exceptions that `tools/weaknesses.txt` argues."""
    listed = (ROOT / "tools" / "weaknesses.txt").read_text("utf-8").splitlines()
    accepted = [line.split()[0] for line in listed if line.strip() and not line.startswith("#")]
    ignored = [word for name in accepted for word in ("--ignore-vuln", name)]
    requirements = ("-r", "tools/requirements.txt", "--disable-pip", "--require-hashes")
    return (PYTHON, "-m", "pip_audit", "--strict", "--progress-spinner", "off", *requirements, *ignored)


def _index_trouble() -> str:
    """Why known weaknesses cannot be looked up; empty when they can.  An index may serve packages and know no releases."""
    first = (ROOT / "tools" / "requirements.txt").read_text("utf-8").split(maxsplit=1)[0]
    try:
        with urllib.request.urlopen(WEAKNESSES.format(*first.split("==")), timeout=10) as answer:
            answer.read(1)
    except (OSError, urllib.error.URLError) as trouble:
        return f"the package index does not answer for {first} ({trouble})"
    return ""


def main(wanted: list[str]) -> int:
    """Run the checks, or those whose name begins with a wanted word; the exit status."""
    os.chdir(ROOT)
    chosen = [one for one in checks() if not wanted or any(one.name.startswith(word) for word in wanted)]
    if not chosen:
        print(f"check: no check is called {' '.join(wanted)}", file=sys.stderr)
        return 2
    failed, not_run = [], []
    for one in chosen:
        if one.hindrance:
            not_run.append(one)
            _tell("not run", one.name, one.hindrance)
            continue
        began = time.monotonic()
        ended = subprocess.run(one.command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        spent = f"{time.monotonic() - began:.1f} s"
        if ended.returncode == 0:
            _tell("held", one.name, spent)
            continue
        failed.append(one)
        _tell("FAILED", one.name, spent)
        print((ended.stdout + ended.stderr).rstrip(), flush=True)
    print(f"\n{len(chosen) - len(failed) - len(not_run)} held, {len(failed)} failed, {len(not_run)} not run")
    is_strict = os.environ.get("OPENBUREAU_STRICT") == "1"
    counted = [one for one in not_run if is_strict and one.name not in {"known weaknesses", "lock"}]
    return 1 if failed or counted else 0


def _tell(outcome: str, name: str, detail: str) -> None:
    """One line; in colour on a terminal only."""
    colours = {"held": "32", "FAILED": "31;1", "not run": "33"}
    is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    shown = f"\033[{colours[outcome]}m{outcome:<8}\033[0m" if is_coloured else f"{outcome:<8}"
    print(f"{shown} {name:<18} {detail}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
