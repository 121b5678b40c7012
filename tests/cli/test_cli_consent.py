"""The commands about consents, as they are typed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from jobs.collecting import consent, sealed, with_keys
from openbureau.cli import app
from openbureau.core.act import open_act
from openbureau.core.consent.artefact import artefact_bytes
from openbureau.jobs.consent.collect import collect_consent
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.read import own_artefact
from world import PEOPLE, World

SEED = "drawn by lot in public"


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


def test_an_artefact_is_checked_offline(typed: Any, shared_world: World, tmp_path: Path) -> None:
    """With the act: good; without: whose key it is cannot be told; changed, of another bureau, or no artefact: not good."""
    bureau, subject = shared_world.bureau, shared_world.subject_id(PEOPLE["good"])
    given = give_consent(bureau, subject, member_id="bank-beta", purpose="loan-approval")
    content = own_artefact(bureau, subject, given.consent_id)
    file, act = tmp_path / "consent.json", tmp_path / "act.json"
    file.write_bytes(content)
    act.write_text(json.dumps(bureau.act.to_json()))
    assert open_act(json.loads(act.read_text())).hash == bureau.act.hash
    status, told = typed("consent", "check", str(file), "--act", str(act))
    assert (status, told["verdict"], told["hash"]) == (0, "good", hashlib.sha256(content).hexdigest())
    assert typed("consent", "check", str(file))[0] == 3
    for old, new, verdict in (
        (b"2026-11-24", b"2026-11-23", "not-signed"),
        (b"test.openbureau.example", b"else.openbureau.example", "another-bureau"),
        (b'"mode":"view"', b'"mode":"store"', "no-artefact"),
    ):
        file.write_bytes(content.replace(old, new))
        status, told = typed("consent", "check", str(file), "--act", str(act))
        assert (status, told["verdict"]) == (1, verdict)
    stranger = sealed(consent(shared_world, PEOPLE["good"]), "bank-alpha")
    file.write_bytes(artefact_bytes(stranger))
    status, told = typed("consent", "check", str(file), "--act", str(act))
    assert (status, told["verdict"]) == (3, "key-not-in-act")
    assert typed("consent", "check", str(file))[1]["verdict"] == "key-not-known"


def test_originals_are_asked_for_and_counted(typed: Any, shared_world: World) -> None:
    """sample, then samples; a missing original is a finding and a status."""
    world = with_keys(shared_world)
    paper = {"channel": "paper", "document_hash": hashlib.sha256(b"page").hexdigest()}
    made = sealed(consent(world, PEOPLE["late"], **paper))
    collect_consent(world.bureau, world.bureau.members["bank-beta"], artefact_bytes(made))
    day = world.clock().date().isoformat()
    draw = ("consents", "sample", "--seed", SEED, "--count", "2", "--first", day, "--last", day)
    status, told = typed(*draw)
    assert (status, told["of"], told["asked"], told["consents"]) == (0, 1, 1, [made.consent.consent_id])
    assert typed(*draw)[1]["asked"] == 0
    status, told = typed("consents", "samples")
    (row,) = told["members"]
    assert (row["member_id"], row["asked"]) == ("bank-beta", 1)
    assert status == (1 if row["findings"] else 0)
