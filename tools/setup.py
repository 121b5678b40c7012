"""Make the private environment, or repair it, or find that nothing is to do.  Prints its folder.

Runs on a bare Python 3.11 with nothing but the standard library.  With `uv` on the path uv does it from `uv.lock`; without,
pip does it from `tools/requirements.txt`, the same lock with a hash for every file.  A stamp says when nothing is to do;
it is taken away first and written last, so a set-up that was interrupted is done again.  Two at once wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "tools" / "requirements.txt"
STAMP = "openbureau-environment"
TAIL = 25
PARTS = {"pyvenv.cfg", "bin", "lib", "lib64", "include", "share", "etc", ".gitignore", ".lock", "CACHEDIR.TAG", STAMP}
PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--no-deps")


class SetupFault(Exception):
    """The environment cannot be made; the message says what to do."""


def main() -> int:
    """Set up; the exit status."""
    try:
        environment = choose_folder()
        with (ROOT / "uv.lock").open("rb") as lock:
            if not is_ready(environment):
                wait_for(lock.fileno())
            if not is_ready(environment):
                make(environment)
    except SetupFault as trouble:
        say(f"dev: {trouble}")
        return 3
    except KeyboardInterrupt:
        say("dev: interrupted; the next call goes on")
        return 130
    print(environment)
    return 0


def say(line: str) -> None:
    """A line for the person, never among the output of what follows."""
    print(line, file=sys.stderr, flush=True)


def choose_folder() -> Path:
    """Where the environment lies: as asked, else in the clone, else (a clone of somebody else) in a folder of our own."""
    asked = os.environ.get("OPENBUREAU_VENV")
    if asked:
        return Path(asked).absolute()
    if os.access(ROOT, os.W_OK) and (not (ROOT / ".venv").exists() or os.access(ROOT / ".venv", os.W_OK)):
        return ROOT / ".venv"
    clone = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    for parent in (Path(cache) / "openbureau", Path(tempfile.gettempdir()) / f"openbureau-{os.getuid()}"):
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if parent.stat().st_uid == os.getuid() and os.access(parent, os.W_OK):
            return parent / clone
    raise SetupFault(f"nothing can be written to {ROOT}; set OPENBUREAU_VENV to a folder of yours")


def expected_stamp() -> str:
    """Changes whenever the environment would: lock, Python, machine, place of the clone, this file."""
    digest = hashlib.sha256()
    for path in (ROOT / "uv.lock", REQUIREMENTS, Path(__file__)):
        digest.update(path.read_bytes() if path.exists() else b"")
    digest.update(f"{sys.version_info[:2]} {sysconfig.get_platform()} {ROOT}".encode())
    return digest.hexdigest()


def is_ready(environment: Path) -> bool:
    """Whether the environment is the one that the lock names, finished, and its Python is still there."""
    try:
        return (environment / STAMP).read_text() == expected_stamp() and (environment / "bin" / "python").exists()
    except OSError:
        return False


def wait_for(lock: int) -> None:
    """Return when no other set-up of this clone runs; the lock ends with this process."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up of this clone is running; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:  # a file system without locks: two at once are then on their own
        return


def make(environment: Path) -> None:
    """Make or repair the environment, and stamp it."""
    began = time.monotonic()
    (environment / STAMP).unlink(missing_ok=True)
    clear_broken(environment)
    uv = shutil.which("uv")
    if uv and answers([uv, "--version"]):
        say(f"Setting up the private environment with uv (once): {environment}")
        with_uv(uv, environment)
    else:
        say(f"Setting up the private environment with pip (once, about a minute): {environment}")
        with_pip(environment)
    link_sources(environment)
    (environment / STAMP).write_text(expected_stamp())
    say(f"Ready after {time.monotonic() - began:.0f} s.")


def clear_broken(environment: Path) -> None:
    """Remove what is left of an environment that cannot run; never a folder that is not one."""
    if not environment.exists() or not any(environment.iterdir()):
        return
    python = environment / "bin" / "python"
    wanted = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]} or sys.prefix == sys.base_prefix)"
    if python.exists() and (environment / "pyvenv.cfg").exists() and answers([str(python), "-I", "-c", wanted]):
        return
    if not {entry.name for entry in environment.iterdir()} <= PARTS:
        raise SetupFault(
            f"{environment} is no Python environment; move it away or set OPENBUREAU_VENV to another folder"
        )
    shutil.rmtree(environment)


def with_uv(uv: str, environment: Path) -> None:
    """Exactly what `uv.lock` names, with the Python that runs this."""
    surroundings = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment), "UV_PYTHON": base_python()}
    surroundings.pop("VIRTUAL_ENV", None)
    command = [uv, "sync", "--frozen", "--all-extras", "--group", "dev", "--no-install-project", "--quiet"]
    if not can_write(
        Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    ):
        command.append("--no-cache")
    run(command, surroundings)


def with_pip(environment: Path) -> None:
    """The same lock by pip, which comes from Python itself or, where Debian left it out, from the index by its hash."""
    if not (environment / "bin" / "python").exists():
        venv.EnvBuilder(symlinks=True, with_pip=False).create(environment)
    python = str(environment / "bin" / "python")
    options = ["install", *PIP_OPTIONS, "-r", str(REQUIREMENTS)]
    if answers([python, "-m", "pip", "--version"]) or answers([python, "-I", "-m", "ensurepip", "--default-pip"]):
        run([python, "-m", "pip", *options])
        return
    with tempfile.TemporaryDirectory(prefix="openbureau-pip-") as folder:
        sys.path.insert(0, str(Path(__file__).parent))
        from fetch_pip import NotFetched, fetch_pip

        try:
            wheel = fetch_pip(REQUIREMENTS.read_text(), Path(folder), os.environ)
        except NotFetched as trouble:
            raise SetupFault(f"this Python has no pip, and {trouble}; or: apt-get install python3-venv") from trouble
        run([python, str(wheel / "pip"), *options])


def link_sources(environment: Path) -> None:
    """Make `import openbureau` and `openbureau` mean this clone; nothing is built."""
    python = environment / "bin" / "python"
    asked = [str(python), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    (packages / "openbureau-sources.pth").write_text(f"{ROOT / 'src'}\n")
    script = environment / "bin" / "openbureau"
    script.write_text('#!/bin/sh\nexec "$(dirname -- "$(readlink -f -- "$0")")/python" -m openbureau "$@"\n')
    script.chmod(0o755)


def base_python() -> str:
    """The interpreter itself, not the shim by which it was called."""
    return getattr(sys, "_base_executable", None) or sys.executable


def can_write(path: Path) -> bool:
    """Whether something can be made at a path, or under the first parent that is there."""
    there = next(one for one in (path, *path.parents) if one.exists())
    return os.access(there, os.W_OK | os.X_OK)


def answers(command: list[str]) -> bool:
    """Whether a command ends well."""
    quiet = subprocess.DEVNULL
    return subprocess.run(command, check=False, stdin=quiet, stdout=quiet, stderr=quiet).returncode == 0


def run(command: list[str], surroundings: dict[str, str] | None = None) -> None:
    """Run quietly; `SetupFault` with the last lines of what it said."""
    ended = subprocess.run(
        command, check=False, env=surroundings, cwd=ROOT, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if ended.returncode:
        told = "\n".join(ended.stdout.splitlines()[-TAIL:])
        ran = " ".join(command[:4])
        raise SetupFault(f"the set-up failed; the next call goes on where it stopped.\n{told}\nRan: {ran} ...")


if __name__ == "__main__":
    sys.exit(main())
