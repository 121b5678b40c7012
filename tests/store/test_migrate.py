"""How the schema comes to be."""

import threading

import psycopg
import pytest

from openbureau.store.migrate import MigrationRefused, migrate, migrations


def test_every_migration_is_applied_once_and_in_order(new_database):
    """A second run does nothing."""
    url = new_database()
    assert migrate(url) == [name for name, _ in migrations()] == sorted(name for name, _ in migrations())
    assert migrate(url) == []


def test_an_edited_migration_stops_everything(new_database):
    """What was applied is known by its hash."""
    url = new_database()
    migrate(url)
    first, *rest = migrations()
    with pytest.raises(MigrationRefused, match=first[0]):
        migrate(url, files_=[(first[0], first[1] + "\n-- edited"), *rest])


def test_a_failing_migration_leaves_nothing_behind(new_database):
    """Each file is one transaction: a broken one is as if it had never begun, and can be repaired and run."""
    url = new_database()
    bad = "create table public.half (a int); create table public.half (a int);"
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(url, files_=[*migrations(), ("0099_pre_bad.sql", bad)])
    with psycopg.connect(url) as connection:
        assert connection.execute("select to_regclass('public.half')").fetchone()[0] is None
    assert migrate(url, files_=[*migrations(), ("0099_pre_bad.sql", "create table public.half (a int)")]) == [
        "0099_pre_bad.sql"
    ]


def test_two_processes_at_once_migrate_once(new_database):
    """The second waits and finds the work done."""
    url = new_database()
    applied: list[list[str]] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, applied)) == [0, 0, 0, len(migrations())]
