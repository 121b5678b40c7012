"""Seconds from `./dev demo --once` in a new clone to the first answered inquiry, with the package cache warm.

A new clone in a folder of its own, an empty environment, no virtual environment.  Beside it, in the same run, the floor:
the same locked packages installed into a bare virtual environment by the same installer, and nothing else.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sandbox import machine, tell

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("HOME", "PATH", "LANG", "PIP_CERT", "PIP_FIND_LINKS", "PIP_INDEX_URL", "UV_CACHE_DIR", "XDG_CACHE_HOME")


def surroundings() -> dict[str, str]:
    """As little as a new terminal has; the project's own environment is left."""
    found = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = str(Path(sys.executable).parent)
    return found | {"PATH": os.pathsep.join(part for part in found["PATH"].split(os.pathsep) if part != own)}


def told_by_demo(clone: Path) -> dict[str, float]:
    """Seconds from the command to the first step, and to the answer."""
    begun = time.perf_counter()
    found: dict[str, float] = {}
    with subprocess.Popen(
        ["./dev", "demo", "--once", "--json"],
        cwd=clone,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as demo:
        for line in demo.stdout or ():
            step = json.loads(line)
            if not step["ok"]:
                raise SystemExit(f"the step {step['step']} did not hold")
            found.setdefault("first step", time.perf_counter() - begun)
            found[step["step"]] = time.perf_counter() - begun
    return found


def bare_install(clone: Path, folder: Path) -> float:
    """Seconds to install the same packages alone."""
    uv = shutil.which("uv", path=surroundings()["PATH"])
    python = Path(sys.executable).resolve()
    begun = time.perf_counter()
    if uv:
        command = [uv, "sync", "--frozen", "--all-extras", "--group", "dev", "--no-install-project", "--quiet"]
        env = surroundings() | {"UV_PROJECT_ENVIRONMENT": str(folder), "UV_PYTHON": str(python)}
        subprocess.run(command, cwd=clone, env=env, check=True, stderr=subprocess.DEVNULL)
    else:
        subprocess.run([str(python), "-m", "venv", str(folder)], check=True)
        options = ["-q", "--disable-pip-version-check", "--require-hashes", "--no-deps", "-r", "tools/requirements.txt"]
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", *options]
        subprocess.run(command, cwd=clone, env=surroundings(), check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Once to warm the cache, then measured."""
    folder = Path(tempfile.mkdtemp(prefix="openbureau-bench-"))
    folder.chmod(0o755)
    try:
        for name in ("warm", "measured"):
            subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / name)], check=True)
        bare_install(folder / "warm", folder / "first")
        told = told_by_demo(folder / "measured")
        floor = bare_install(folder / "warm", folder / "again")
        tell(
            "cold_start",
            machine()
            | {
                "installer": "uv" if shutil.which("uv", path=surroundings()["PATH"]) else "pip",
                "to_first_step_seconds": round(told["first step"], 1),
                "to_first_answer_seconds": round(told["answered"], 1),
                "bare_install_seconds": round(floor, 1),
                "ratio_to_bare_install": round(told["answered"] / floor, 2),
            },
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
