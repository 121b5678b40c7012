"""How does the schema come to be as the code expects it?

Applies `migrations/*.sql` in the order of their names, each once, each in its own transaction, with its hash.  Promises: a
file that was changed after it was applied stops everything; two processes at once do it once.
"""

import hashlib
from importlib.resources import files

import psycopg

_LOCK = 7_203_114


class MigrationRefused(RuntimeError):
    """The database and the migration files do not belong together."""


def migrations() -> list[tuple[str, str]]:
    """Name and text of every migration, in order."""
    folder = files("openbureau.store") / "migrations"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [(name, (folder / name).read_text("utf-8")) for name in names]


def migrate(url: str, *, files_: list[tuple[str, str]] | None = None) -> list[str]:
    """Bring the database up to date; the names of what was applied now."""
    applied: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [_LOCK])
        connection.execute(
            "create table if not exists public.openbureau_migration "
            "(name text primary key, digest text not null, applied_at timestamptz not null default now())"
        )
        rows = connection.execute("select name, digest from public.openbureau_migration").fetchall()
        known = {str(name): str(digest) for name, digest in rows}
        for name, text in migrations() if files_ is None else files_:
            digest = hashlib.sha256(text.encode()).hexdigest()
            if name not in known:
                _apply(connection, name, text, digest)
                applied.append(name)
            elif known[name] != digest:
                raise MigrationRefused(
                    f"{name} was applied with another content; a migration is never edited: add a new file instead"
                )
    return applied


def _apply(connection: "psycopg.Connection[tuple[object, ...]]", name: str, text: str, digest: str) -> None:
    with connection.transaction():
        connection.execute(text.encode())
        connection.execute("reset role")
        connection.execute("insert into public.openbureau_migration values (%s, %s)", [name, digest])
