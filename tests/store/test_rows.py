"""Whose rows does a role see?  Every table is on one side: rows by tenant, or out of reach of whoever serves members."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors, sql

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from world import PEOPLE, World

SERVING = ("openbureau_api", "openbureau_billing", "openbureau_courier")
"""Roles under which something is shown to members, persons or anybody."""
DUTIES = ("openbureau_loader", "openbureau_sequencer", "openbureau_linkage", "openbureau_auditor", "openbureau_eraser",
          "openbureau_keeper")  # fmt: skip
BY_TENANT = {
    "abuse_case", "abuse_word", "batch", "batch_chunk", "bill_decision", "bill_dispute", "charge", "consent",
    "consent_intent", "consent_sample", "credit_note", "delivery", "feed_event", "inquiry", "invoice", "lane_head", "webhook",
    "monitor", "monitor_end", "monitor_state", "alert",
}  # fmt: skip
"""Forced row-level security; a role that serves sees the rows of the tenant of its transaction."""
NO_TENANT = {
    "act": "public: the founding act is entry 0 of the log",
    "bill_month": "totals of a closed month as they stand in the log; names no member",
    "correction_told": "ids only: which correction was told to whom, so that each is told once",
    "monitor_touched": "ids only: whose watched file is to be looked at; the courier's own queue",
    "cosigned_head": "public: heads with their witnesses' signatures",
    "log_entry": "public: commitments and system entries",
    "log_head": "public: signed heads",
    "log_tile": "public: hashes",
    "witness_state": "names of witnesses in the public act, and how they answered last",
    "sandbox_desk": "sandbox only: asked before anybody is signed in; hashes of codes",
    "sandbox_identity": "sandbox only: asked before anybody is signed in; hashes of codes",
    "sandbox_staff": "sandbox only: asked before anybody is signed in; hashes of codes",
}
"""Read by a role that serves, without a tenant, and why that shows nobody's rows."""
COURIER = {
    "alert", "batch", "batch_chunk", "delivery", "feed_event", "monitor", "monitor_end", "monitor_state", "webhook",
}  # fmt: skip
"""What the courier works on for all members; nothing that it reads leaves to anybody but the row's own member."""


@pytest.fixture(scope="module")
def looked(shared_world: World) -> World:
    """A member with inquiries and charges, and one with a consent only."""
    for member in ("bank-alpha", "bank-beta"):
        subject = shared_world.subject_id(PEOPLE["plain"])
        give_consent(shared_world.bureau, subject, member_id=member, purpose="post-loan")
    answer_inquiry(shared_world.request(PEOPLE["plain"], purpose="post-loan"), shared_world.bureau)
    return shared_world


def tables(url: str, roles: tuple[str, ...]) -> dict[str, tuple[bool, bool]]:
    """Every table: is its row-level security forced, and may one of the roles read anything of it?"""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity, "
            "(select bool_or(has_any_column_privilege(r, c.oid, 'select')) from unnest(%s::text[]) r) "
            "from pg_class c where c.relnamespace = 'bureau'::regnamespace and c.relkind = 'r'",
            [list(roles)],
        ).fetchall()
    return {str(name): (forced, readable) for name, forced, readable in rows}


def test_every_table_is_on_one_side(looked: World) -> None:
    """A new table that a serving role reads has rows by tenant, or a line in the list that says why it needs none."""
    found = tables(looked.url, SERVING)
    readable = {name for name, (_, is_readable) in found.items() if is_readable}
    assert readable - set(NO_TENANT) <= BY_TENANT
    assert set(NO_TENANT) <= readable, "the list names a table that nobody reads any more"
    assert [name for name in sorted(BY_TENANT) if not found[name][0]] == []


def test_the_walk_sees_a_table_that_was_forgotten(looked: World) -> None:
    """Row-level security taken off, and a grant too many: each is found."""
    with psycopg.connect(looked.url) as connection:
        connection.execute("alter table bureau.charge no force row level security")
        connection.execute("grant select on bureau.tombstone to openbureau_api")
        forced, _ = connection.execute(
            "select relrowsecurity and relforcerowsecurity, 1 from pg_class where oid = 'bureau.charge'::regclass"
        ).fetchone() or (True, 0)
        is_readable = connection.execute(
            "select has_any_column_privilege('openbureau_api', 'bureau.tombstone', 'select')"
        ).fetchone()
        connection.rollback()
    assert not forced
    assert is_readable == (True,)


def test_policies_show_a_serving_role_its_tenants_rows_only(looked: World) -> None:
    """Every policy for such a role names the tenant, or leads to a table whose policy does; the courier's are listed."""
    with psycopg.connect(looked.url) as connection:
        rows = connection.execute(
            "select polrelid::regclass::text, polroles::regrole[]::text[], coalesce(pg_get_expr(polqual, polrelid), '') "
            "from pg_policy"
        ).fetchall()
    wide = set()
    for table, roles, condition in rows:
        if set(roles) & set(SERVING) and "bureau.tenant" not in condition and "EXISTS" not in condition:
            assert set(roles) & set(SERVING) == {"openbureau_courier"}, (table, roles)
            wide.add(table.removeprefix("bureau."))
    assert wide == COURIER
    named = {table.removeprefix("bureau.") for table, roles, _ in rows if set(roles) & set(SERVING)}
    assert named >= BY_TENANT


def seen(looked: World, role: str, table: str, tenant: str | None) -> Iterator[tuple[object, ...]]:
    with looked.bureau.store.connection(role) as connection, connection.transaction():
        if tenant is not None:
            connection.execute("select set_config('bureau.tenant', %s, true)", [tenant])
        yield from connection.execute(sql.SQL("select * from bureau.{}").format(sql.Identifier(table))).fetchall()


@pytest.mark.parametrize("role", ["api", "billing"])
@pytest.mark.parametrize("table", sorted(BY_TENANT))
def test_no_tenant_no_rows(looked: World, role: str, table: str) -> None:
    """Without a tenant, with an empty one and with one that is nobody, a serving role sees nothing or may not look."""
    for tenant in (None, "", "bank-nobody"):
        try:
            assert list(seen(looked, role, table, tenant)) == []
        except errors.InsufficientPrivilege:
            return


@pytest.mark.parametrize(
    ("table", "role"), [("inquiry", "api"), ("charge", "api"), ("charge", "billing"), ("consent", "api")]
)
def test_a_tenant_sees_its_own_rows_and_no_others(looked: World, table: str, role: str) -> None:
    """With the tenant set, rows of that member alone; the next transaction on the same connection has no tenant again."""
    column = {"inquiry": 2, "charge": 2, "consent": 2}[table]
    found = list(seen(looked, role, table, "bank-alpha"))
    assert found
    assert {row[column] for row in found} == {"bank-alpha"}
    assert list(seen(looked, role, table, None)) == []


@pytest.mark.parametrize("role", ["api", "billing"])
def test_a_serving_role_cannot_step_out(looked: World, role: str) -> None:
    """It cannot turn row security off, become the owner, or be one that bypasses."""
    with looked.bureau.store.connection(role) as connection:
        for statement in ("set role openbureau_owner", "alter table bureau.charge disable row level security"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.execute("set row_security = off")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("select * from bureau.charge")
        connection.execute("reset row_security")


def test_every_function_of_the_owner_has_its_own_search_path(looked: World) -> None:
    """A function that runs as the owner finds no table or function that a caller put in its way, and nobody else calls it."""
    with psycopg.connect(looked.url) as connection:
        rows = connection.execute(
            "select p.proname, p.proconfig::text, has_function_privilege('public', p.oid, 'execute') from pg_proc p "
            "where p.pronamespace = 'bureau'::regnamespace and p.prosecdef"
        ).fetchall()
    assert rows
    assert [name for name, config, _ in rows if "search_path=bureau" not in str(config)] == []
    assert [name for name, _, is_public in rows if is_public] == []


def test_no_role_is_forgotten(looked: World) -> None:
    """A new role is put among those that serve or those of duties."""
    with psycopg.connect(looked.url) as connection:
        found = {
            row[0] for row in connection.execute("select rolname from pg_roles where rolname like 'openbureau\\_%'")
        }
    assert found - {"openbureau_owner", "openbureau_admin"} == {*SERVING, *DUTIES}
