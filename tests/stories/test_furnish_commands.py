"""The commands of a furnisher on a real terminal's terms: exit status, JSON, progress, an encrypted file, a watched folder."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest

from openbureau.cli import main
from openbureau.demo.sandbox import Story, open_desks
from openbureau.jobs.staff.sign_in import sign_in_desk, sign_in_staff
from world import PEOPLE, World, alpha_file, jsonl, loan, subject_record

pytestmark = pytest.mark.filterwarnings("ignore:Cyclopts application invoked without tokens")


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def empty(new_world: Callable[..., World]) -> World:
    return new_world(files={})


@pytest.fixture
def run(empty: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the installation of the test, as from a pipe."""
    monkeypatch.setenv("OPENBUREAU_HOME", str(empty.bureau.settings.home))
    monkeypatch.setenv("OPENBUREAU_DATABASE_URL", empty.url)

    def made(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["openbureau", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return Ran(int(left.value.code or 0), told.out, told.err)

    return made


def test_furnish_tells_progress_and_list_tells_the_same(run: Run, tmp_path: Path) -> None:
    """JSON lines of progress on standard error in a pipe, one JSON answer with --json, and the list has the same counts."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(jsonl(alpha_file()).read())
    plain = run("furnish", file, "--member", "bank-alpha")
    assert plain.returncode == 0, plain.stderr
    steps = [json.loads(line) for line in plain.stderr.splitlines() if line.startswith("{")]
    assert (steps[-1]["state"], steps[-1]["per_mille"], steps[-1]["of"]) == ("done", 1000, len(alpha_file()))
    assert "receipt " in plain.stdout
    quiet = run("furnish", file, "--member", "bank-alpha", "--json")
    told = json.loads(quiet.stdout)
    assert (told["receipt"]["is_repeat"], told["changed"], quiet.stderr.count("{")) == (True, 0, 0)
    rows = json.loads(run("furnishings", "--json").stdout)
    assert [(row["state"], row["accepted"], row["is_repeat"]) for row in rows] == [
        ("done", len(alpha_file()), True), ("done", len(alpha_file()), False),
    ]  # fmt: skip
    assert steps[-1] == {name: rows[1][name] for name in steps[-1]}, "the same words for the same things"
    listed = run("furnishings", "--member", "bank-alpha").stdout
    assert listed.count("done") == 2
    assert run("furnishings", "--member", "micro-gamma", "--json").stdout.strip() == "[]"


def test_a_bad_file_and_a_wrong_member_have_their_status(run: Run, tmp_path: Path) -> None:
    """1 for findings and for what is no file, 2 for no such member."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(jsonl([subject_record(PEOPLE["good"]), loan(PEOPLE["good"], account_type="ZZ")]).read())
    assert run("furnish", file, "--member", "bank-alpha", "--json").returncode == 1
    file.write_bytes(b"")
    assert run("furnish", file, "--member", "bank-alpha").returncode == 1
    wrong = run("furnish", file, "--member", "nobody")
    assert (wrong.returncode, "no member is called" in wrong.stderr) == (2, True)
    assert run("furnishings", "--member", "nobody").returncode == 2
    assert run("drop", tmp_path, "--member", "nobody").returncode == 2
    assert run("serve", "--drop", tmp_path).returncode == 2


@pytest.mark.parametrize(("lang", "at"), [("en", "en"), ("zh-CN", "zh")])
def test_a_refusal_and_a_finding_are_told_in_words(run: Run, tmp_path: Path, lang: str, at: str) -> None:
    """The title and the article of a refusal, the sentence of a finding; in --json what the report of a folder holds."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(jsonl(alpha_file()).read())
    refused = run("furnish", file, "--member", "bank-closed", "--lang", lang)
    lines = refused.stdout.splitlines()
    title, article = {
        "en": ("The member's contract is not in force", "Credit Reporting"), "zh": ("机构的合同未生效或已终止", "《"),
    }[at]  # fmt: skip
    assert (refused.returncode, lines[0], article in lines[1]) == (1, title, True)
    told = json.loads(run("furnish", file, "--member", "bank-closed", "--json").stdout)
    assert (told["receipt"], told["refusal"]["code"], told["refusal"]["title"][at]) == (
        None, "member-not-active", title,
    )  # fmt: skip
    assert told["refusal"]["citations"][0]["instrument"][at]
    file.write_bytes(b"")
    found = json.loads(run("furnish", file, "--member", "bank-alpha", "--json").stdout)["finding"]
    words = run("furnish", file, "--member", "bank-alpha", "--lang", lang)
    assert (words.returncode, found["what"][at] in words.stdout, "Finding(" in words.stdout) == (1, True, False)
    file.write_bytes(jsonl(alpha_file()).read())
    head = run("furnish", file, "--member", "bank-alpha", "--lang", lang).stdout
    assert {"en": "accepted", "zh": "接收"}[at] in head


def test_an_encrypted_file_in_a_watched_folder(run: Run, tmp_path: Path) -> None:
    """The printed key encrypts, the folder takes, done/ has the report; the name is said nowhere."""
    public = json.loads(run("keys", "age", "--json").stdout)["recipient"]
    assert run("keys", "age").stdout.strip() == public
    sealed = pyrage.encrypt(jsonl(alpha_file()).read(), [pyrage.x25519.Recipient.from_str(public)])
    (tmp_path / "secret-name.age").write_bytes(sealed)
    os.utime(tmp_path / "secret-name.age", (1, 1))
    done = run("drop", tmp_path, "--member", "bank-alpha", "--once", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["to"] == "done"
    assert "secret-name" not in done.stdout + done.stderr
    report = next((tmp_path / "done").glob("*.report.json"))
    assert json.loads(report.read_text())["accepted"] == len(alpha_file())
    (tmp_path / "bad.csv").write_bytes(b"")
    os.utime(tmp_path / "bad.csv", (1, 1))
    assert run("drop", tmp_path, "--member", "bank-alpha", "--once").returncode == 1


def test_the_demo_opens_its_desks(empty: World, tmp_path: Path) -> None:
    """A regulator, two reviewers and every furnishing member can sign in with the printed codes."""
    story = Story(empty.bureau, None, empty.tokens, {}, tmp_path, "bank-alpha", "")  # type: ignore[arg-type]
    codes = open_desks(story)
    assert set(codes) == {"regulator", "reviewer-1", "reviewer-2", "bank-alpha", "micro-gamma", "platform-delta"}
    for handle, code in codes.items():
        is_member = handle in empty.bureau.members
        found = sign_in_desk(empty.bureau, handle, code) if is_member else sign_in_staff(empty.bureau, handle, code)
        assert found is not None
        assert (found == handle) if is_member else (found.role.value == handle.partition("-")[0])  # type: ignore[union-attr]
