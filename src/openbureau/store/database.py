"""Who connects to the database, as whom?

One pool a role, opened when first used.  The roles log in with passwords that are kept beside the keys, in a file only
the owner can read.  Promises: a job gets the role of its duty and no other.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from openbureau.config import write_private
from openbureau.store.migrate import migrate

Connection = psycopg.Connection[tuple[Any, ...]]
ROLES = ("api", "loader", "sequencer", "billing", "linkage", "auditor", "eraser", "courier", "keeper")


class Store:
    """Connections by role."""

    def __init__(self, url: str, passwords: dict[str, str], *, most: int = 8) -> None:
        self._url, self._passwords, self._most = url, passwords, most
        self._pools: dict[str, ConnectionPool[Connection]] = {}
        self._lock = Lock()

    def role_url(self, role: str) -> str:
        """The connection string of a role."""
        return make_conninfo(self._url, user=f"openbureau_{role}", password=self._passwords[role])

    @contextmanager
    def connection(self, role: str) -> Iterator[Connection]:
        """A connection of a role from its pool, in autocommit: each statement is its own transaction."""
        with self._pool(role).connection() as connection:
            yield connection

    def _pool(self, role: str) -> ConnectionPool[Connection]:
        pool = self._pools.get(role)
        if pool is None:
            with self._lock:
                pool = self._pools.get(role)
                if pool is None:
                    pool = ConnectionPool(
                        self.role_url(role),
                        kwargs={"autocommit": True, "prepare_threshold": 0},
                        min_size=1,
                        max_size=self._most,
                        timeout=60,
                        max_idle=60,
                        name=role,
                        check=None,
                        open=True,
                    )
                    self._pools[role] = pool
        return pool

    def close(self) -> None:
        """Close every pool."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def prepare_store(url: str, password_file: Path, make_password: Any) -> None:
    """Bring schema, roles and passwords of a database in order, as its administrator."""
    migrate(url)
    passwords = json.loads(password_file.read_text()) if password_file.exists() else {}
    passwords |= {role: make_password() for role in ROLES if role not in passwords}
    write_private(password_file, json.dumps(passwords))
    with psycopg.connect(url, autocommit=True) as connection:
        database = conninfo_to_dict(url).get("dbname") or "postgres"
        for role in ROLES:
            name = sql.Identifier(f"openbureau_{role}")
            connection.execute(sql.SQL("alter role {} login password {}").format(name, sql.Literal(passwords[role])))
            connection.execute(
                sql.SQL("grant connect on database {} to {}").format(sql.Identifier(str(database)), name)
            )


@contextmanager
def administrator(url: str) -> Iterator[Connection]:
    """The administrator's connection for one transaction: the founding only; no job that answers has it."""
    with psycopg.connect(url) as connection:
        yield connection


def open_store(url: str, password_file: Path, *, most: int = 8) -> Store:
    """The store of a prepared database."""
    return Store(url, json.loads(password_file.read_text()), most=most)


def create_database(url: str, name: str) -> str:
    """Make a database if it is not there; its connection string."""
    with psycopg.connect(url, autocommit=True) as connection:
        is_there = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not is_there:
            connection.execute(
                sql.SQL("create database {} encoding 'UTF8' template template0").format(sql.Identifier(name))
            )
    return make_conninfo(url, dbname=name)
