"""The commands about accounts of staff and about keys, as they are typed."""

import json
from typing import Any

import pytest

from openbureau.cli import app
from openbureau.config import FileKeyStore
from openbureau.jobs.staff.accounts import AccountRefused
from openbureau.jobs.staff.enter import Enrolling, enter_staff
from world import World


@pytest.fixture
def typed(shared_world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command against the shared world; its status and what it printed as JSON."""
    monkeypatch.setenv("OPENBUREAU_HOME", str(shared_world.bureau.settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", shared_world.url)

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        status = app([*words, "--json"], result_action="return_value", exit_on_error=False)
        return status, json.loads(capsys.readouterr().out)

    return run


def test_an_account_is_made_changed_and_closed(typed: Any, shared_world: World) -> None:
    """The code that is printed opens the enrolment; roles are given and taken; what was done is listed."""
    status, made = typed("staff", "add", "reviewer-3", "--role", "reviewer")
    assert (status, made["handle"]) == (0, "reviewer-3")
    assert isinstance(enter_staff(shared_world.bureau, "reviewer-3", made["code"], ""), Enrolling)
    assert typed("staff", "grant", "reviewer-3", "--role", "billing") == (0, {"roles": ["billing", "reviewer"]})
    assert typed("staff", "revoke", "reviewer-3", "--role", "reviewer") == (0, {"roles": ["billing"]})
    assert typed("staff", "recover", "reviewer-3")[1]["code"] != made["code"]
    assert typed("staff", "close", "reviewer-3") == (0, {"handle": "reviewer-3", "closed": True})
    (row,) = typed("staff", "list")[1]
    assert (row["roles"], row["closed"]) == (["billing"], True)
    kinds = {event["kind"] for event in typed("staff", "events", "--handle", "reviewer-3")[1]}
    assert kinds == {"added", "granted", "revoked", "recovered", "closed"}
    with pytest.raises(AccountRefused):
        typed("staff", "add", "reviewer-3", "--role", "reviewer")


def test_what_would_operate_and_audit_is_refused(typed: Any) -> None:
    """Status 1, the reason in both languages, and no account."""
    status, told = typed("staff", "add", "both-1", "--role", "operator", "--role", "auditor")
    assert status == 1
    assert "0028" in told["refused"]["en"]
    assert "0028" in told["refused"]["zh"]
    assert "both-1" not in {row["handle"] for row in typed("staff", "list")[1]}


def test_the_root_key_is_rotated_and_removed(typed: Any, shared_world: World) -> None:
    """Two commands; afterwards one key file, and it opens everything."""
    status, told = typed("keys", "rotate", "root")
    assert (status, told["version"], told["went_on"]) == (0, 2, False)
    assert told["rewrapped"] > 0
    assert typed("keys", "remove", "1") == (0, {"key": "root", "removed": 1})
    assert FileKeyStore(shared_world.bureau.settings.keys_dir, "sandbox").versions("root") == (2,)
