"""What each database role can and cannot do."""

import psycopg
import pytest
from psycopg import errors

LEDGER = (
    "act", "consent", "consent_end", "inquiry", "inquiry_unmatched", "charge", "event", "log_entry", "log_head", "receipt",
    "tradeline_fact", "month_fact", "index_root", "index_erased",
)  # fmt: skip
MUTATIONS = ("delete from bureau.{}", "update bureau.{} set {} = {}", "truncate bureau.{}")


def _first_column(connection, table):
    return connection.execute(
        "select column_name from information_schema.columns where table_schema = 'bureau' and table_name = %s "
        "order by ordinal_position limit 1",
        [table],
    ).fetchone()[0]


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("kind", ["delete", "update", "truncate"])
def test_nobody_can_change_a_ledger_table_not_even_the_owner(shared_world, table, kind):
    """The append-only trigger holds against the administrator's ordinary statements."""
    with psycopg.connect(shared_world.url) as connection:
        column = _first_column(connection, table)
        statement = {
            "delete": f"delete from bureau.{table}",
            "update": f"update bureau.{table} set {column} = {column}",
            "truncate": f"truncate bureau.{table}",
        }[kind]
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement)
        assert caught.value.sqlstate == "OB001"


@pytest.mark.parametrize(
    "role", ["api", "loader", "sequencer", "billing", "linkage", "auditor", "eraser", "courier", "keeper"]
)
@pytest.mark.parametrize("table", LEDGER)
def test_no_role_may_change_a_ledger_table(shared_world, role, table):
    """Grants alone refuse it: the trigger is a second lock."""
    with shared_world.bureau.store.connection(role) as connection:
        rows = connection.execute(
            "select has_table_privilege(%s, 'UPDATE') or has_table_privilege(%s, 'DELETE') "
            "or has_table_privilege(%s, 'TRUNCATE')",
            [f"bureau.{table}"] * 3,
        ).fetchone()
        assert rows[0] is False


def test_no_role_owns_or_creates_anything(shared_world):
    """Only the owner owns; no login role may create in the schema or be a superuser."""
    with psycopg.connect(shared_world.url) as connection:
        owners = {row[0] for row in connection.execute("select tableowner from pg_tables where schemaname = 'bureau'")}
        assert owners == {"openbureau_owner"}
        rows = connection.execute(
            "select rolname, rolsuper, rolcreaterole, rolbypassrls, has_schema_privilege(rolname, 'bureau', 'CREATE') "
            "from pg_roles where rolname like 'openbureau\\_%' and rolname not in ('openbureau_owner', 'openbureau_admin')"
        ).fetchall()
        assert len(rows) == 9
        assert all(not any(row[1:]) for row in rows), rows


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("api", "select * from bureau.identifier"),
        ("api", "select * from bureau.subject"),
        ("api", "select * from bureau.tradeline_current"),
        ("api", "insert into bureau.charge select * from bureau.charge"),
        ("api", "select * from bureau.member_token"),
        ("api", "insert into bureau.act values (1, '', '', '')"),
        ("loader", "insert into bureau.inquiry select * from bureau.inquiry"),
        ("loader", "insert into bureau.act values (1, '', '', '')"),
        ("sequencer", "select * from bureau.subject"),
        ("sequencer", "select * from bureau.inquiry"),
        ("billing", "select * from bureau.tradeline_current"),
        ("billing", "select * from bureau.subject"),
        ("linkage", "select * from bureau.inquiry"),
        ("auditor", "insert into bureau.event select * from bureau.event"),
        ("auditor", "insert into bureau.log_head select * from bureau.log_head"),
        ("eraser", "select * from bureau.subject"),
        ("api", "select * from bureau.staff_account"),
        ("api", "select * from bureau.staff_event"),
        ("keeper", "select identity_sealed from bureau.subject"),
        ("keeper", "select password_hash from bureau.staff_account"),
        ("keeper", "select totp_sealed from bureau.staff_account"),
        ("auditor", "select wrapped_key from bureau.staff_account"),
        ("loader", "select * from bureau.staff_account"),
    ],
)
def test_a_role_cannot_reach_beyond_its_duty(shared_world, role, statement):
    """Each duty's role is refused what other duties need."""
    with shared_world.bureau.store.connection(role) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement)


def test_charges_of_another_member_are_invisible(shared_world):
    """Row-level security: without the tenant set there are no rows, with it only that member's."""
    from openbureau.jobs.consent.give import give_consent
    from openbureau.jobs.inquiry.answer import answer_inquiry
    from openbureau.jobs.inquiry.charges import charges
    from world import PEOPLE

    person = PEOPLE["plain"]
    give_consent(shared_world.bureau, shared_world.subject_id(person), member_id="bank-alpha", purpose="post-loan")
    answer_inquiry(shared_world.request(person, purpose="post-loan"), shared_world.bureau)
    month = "2026-11"
    assert charges(shared_world.bureau, "bank-alpha", month)
    assert not charges(shared_world.bureau, "bank-beta", month)
    with shared_world.bureau.store.connection("billing") as connection:
        assert connection.execute("select count(*) from bureau.charge").fetchone()[0] == 0


def test_roles_log_in_with_passwords_only(server, shared_world):
    """The socket trusts nobody: a wrong password is refused."""
    from psycopg.conninfo import make_conninfo

    url = make_conninfo(shared_world.bureau.store.role_url("api"), password="wrong")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert "trust" not in (server.data / "pg_hba.conf").read_text().split("# TYPE", 1)[1]
