"""The embedded server: private, attached to when it runs, back after a kill."""

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from openbureau.store.launcher import Launcher, LauncherFault, running

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def place(tmp_path_factory):
    """A directory that the database's own account can reach."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="ob-launch-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "database"
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def quiet(_line):
    """No words."""


def test_the_server_has_no_network_address_and_asks_for_passwords(place):
    """Only the private socket, only SCRAM, and the password file is its owner's."""
    with running(place, tell=quiet) as launcher, psycopg.connect(launcher.url()) as connection:
        assert connection.execute("show listen_addresses").fetchone()[0] == ""
        assert connection.execute("show password_encryption").fetchone()[0] == "scram-sha-256"
        assert stat.S_IMODE(launcher.socket().stat().st_mode) == 0o700
        assert stat.S_IMODE((place / "admin.password").stat().st_mode) == 0o600
        rows = connection.execute("select type, auth_method from pg_hba_file_rules").fetchall()
        assert {row[1] for row in rows if row[0] == "local"} == {"scram-sha-256"}
        assert {row[1] for row in rows if row[0] != "local"} <= {"reject"}


def test_a_second_starter_attaches_and_does_not_stop_it(place):
    """Whoever started it stops it."""
    with running(place, tell=quiet) as first:
        pid = first.pid()
        with running(place, tell=quiet) as second:
            assert second.pid() == pid
        assert first.is_running()
    assert not first.is_running()


def test_it_comes_back_after_a_kill_with_what_was_committed(place):
    """Kill -9, start again: the row is there."""
    launcher = Launcher(place, tell=quiet)
    with psycopg.connect(launcher.start(), autocommit=True) as connection:
        connection.execute("create table kept (a int)")
        connection.execute("insert into kept values (7)")
        os.kill(launcher.pid(), signal.SIGKILL)
    again = Launcher(place, tell=quiet)
    with psycopg.connect(again.start()) as connection:
        assert connection.execute("select a from kept").fetchone()[0] == 7
    again.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="runs as root only: shows that the server itself does not")
def test_started_as_root_the_server_runs_as_somebody_else_and_says_so(place):
    """PostgreSQL refuses root; we say under which account it runs."""
    said: list[str] = []
    with running(place, tell=said.append) as launcher:
        assert Path(f"/proc/{launcher.pid()}").stat().st_uid != 0
    assert any("account" in line for line in said)


def test_a_very_long_path_gets_a_short_socket(place):
    """Socket addresses are short; directories need not be."""
    long = place / ("d" * 60) / ("e" * 60)
    long.parent.mkdir(parents=True)
    for folder in (place, long.parent):
        folder.chmod(0o755)
    with running(long, tell=quiet) as launcher, psycopg.connect(launcher.url()) as connection:
        assert len(str(launcher.socket())) < 95
        assert connection.execute("select 1").fetchone()[0] == 1


def test_missing_binaries_are_a_clear_fault(place, tmp_path):
    """Not a trace: what is missing and what helps."""
    with pytest.raises(LauncherFault, match="OPENBUREAU_PG_BIN"):
        Launcher(place, binaries=tmp_path, tell=quiet).start()


@pytest.mark.slow
@pytest.mark.skipif(not DEBIAN.is_dir(), reason="Debian's PostgreSQL 15 is not installed: apt-get install postgresql")
def test_debians_postgresql_15_is_a_drop_in(place, tmp_path):
    """The same world on the other server."""
    from openbureau.store.database import create_database
    from world import PEOPLE, make_world

    with running(place, binaries=DEBIAN, tell=quiet) as launcher:
        with psycopg.connect(launcher.url()) as connection:
            assert connection.info.server_version // 10000 == 15
        world = make_world(tmp_path / "home", create_database(launcher.url(), "openbureau"))
        try:
            from openbureau.jobs.consent.give import give_consent
            from openbureau.jobs.inquiry.answer import answer_inquiry
            from openbureau.jobs.inquiry.outcome import Answered
            from openbureau.jobs.log.sequence import sequence

            person = PEOPLE["good"]
            give_consent(world.bureau, world.subject_id(person), member_id="bank-alpha", purpose="loan-approval")
            assert isinstance(answer_inquiry(world.request(person), world.bureau), Answered)
            assert sequence(world.bureau) == 5
        finally:
            world.bureau.store.close()
