"""The export, the diary and the person's own report: what each reader gets and what not."""

import json

import pytest

from openbureau.core.leaf import SCHEMA
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.log.export import COMMITTEE_FIELDS, export
from openbureau.jobs.log.prove import proof, tile
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.tlog.commitment import Opening, check_opening
from openbureau.tlog.entry import parse_entry
from openbureau.tlog.proof import check_proof, parse_proof
from openbureau.tlog.strict import parse_base64
from openbureau.tlog.tile import ENTRIES, TileAddress, parse_bundle
from openbureau.watch.verify import verify
from world import CODE, PEOPLE

GOOD = PEOPLE["good"]


@pytest.fixture
def busy(world):
    """A world in which things happened, sequenced."""
    return lived(world)


def lived(world):
    """Refused, consented, answered, looked, refused again."""
    answer_inquiry(world.request(GOOD), world.bureau)
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    answer_inquiry(world.request(GOOD), world.bureau)
    own_report(world.bureau, world.subject_id(GOOD))
    answer_inquiry(world.request(GOOD, member="bank-beta"), world.bureau)
    sequence(world.bureau)
    return world


def test_the_watcher_accepts_what_was_exported(busy, tmp_path):
    """The whole chain on real storage: export, then verify with nothing but the directory."""
    export(busy.bureau, tmp_path, persons={GOOD.handle: ""})
    verdict = verify(tmp_path)
    assert verdict.status == "ok", [check for check in verdict.checks if not check.ok]


def test_late_in_the_evening_the_day_is_beijings(world, tmp_path):
    """At 20:00 UTC a consent begins on the next day in Beijing; bureau and watcher count the same days."""
    world.clock.forward(hours=18)
    export(lived(world).bureau, tmp_path, persons={GOOD.handle: ""})
    verdict = verify(tmp_path)
    assert verdict.status == "ok", [check for check in verdict.checks if not check.ok]


def test_committee_openings_open_every_event_and_nothing_more(busy, tmp_path):
    """Pseudonymous flow fields of every event; no purpose, no user, no answer hash."""
    told = export(busy.bureau, tmp_path)
    bundle = tile(busy.bureau, TileAddress(ENTRIES, 0, told["events"] + 1))
    entries = parse_bundle(bundle, told["events"] + 1)
    lines = (tmp_path / "openings" / "committee.jsonl").read_text().splitlines()
    assert len(lines) == told["events"] == len(entries) - 1
    for line in map(json.loads, lines):
        fields = check_opening(
            Opening.from_json(line["opening"]), parse_entry(entries[line["index"]]).commitment, SCHEMA
        )
        assert set(fields) == set(COMMITTEE_FIELDS)


def test_a_members_openings_are_its_own_events_only(busy, tmp_path):
    """bank-beta sees one refusal, and no label that would join it with others' views."""
    export(busy.bureau, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "openings" / "member-bank-beta.jsonl").read_text().splitlines()]
    assert [line["opening"]["opened"]["kind"][1] for line in lines] == ["inquiry-refused"]
    assert all("label" not in line["opening"]["opened"] for line in lines)


def test_nothing_public_names_a_person(busy, tmp_path):
    """Neither number, name nor subject id stands outside reports and the person's own file."""
    export(busy.bureau, tmp_path, persons={GOOD.handle: ""})
    subject = busy.subject_id(GOOD)
    for path in tmp_path.rglob("*"):
        if path.is_file() and "reports" not in path.parts and not path.name.startswith("person-"):
            content = path.read_bytes()
            assert GOOD.id_number.encode() not in content, path
            assert GOOD.name.encode() not in content, path
            assert subject.encode() not in content, path


def test_each_leaf_has_a_proof_under_the_signed_head(busy):
    """A lender checks its receipt with the proof alone."""
    outcome = answer_inquiry(busy.request(GOOD), busy.bureau)
    leaf = bytes.fromhex(outcome.receipt["promise"]["leaf"])
    assert proof(busy.bureau, leaf) is None, "a leaf that waits has no proof yet"
    sequence(busy.bureau)
    text = proof(busy.bureau, leaf)
    entry = parse_base64(outcome.receipt["entry"])
    assert check_proof(parse_proof(text), entry, busy.bureau.log_key).size == 9
    assert all(proof(busy.bureau, bytes.fromhex(one.leaf_hash)) for one in diary(busy.bureau, busy.subject_id(GOOD)))
    assert proof(busy.bureau, bytes(32)) is None


def test_the_diary_shows_every_event_with_outcome_and_article(busy):
    """Newest first, the refusals with their articles, none missing."""
    entries = diary(busy.bureau, busy.subject_id(GOOD))
    assert [entry.kind for entry in entries] == [
        "inquiry-refused", "self-access", "inquiry", "consent-given", "inquiry-refused",
    ]  # fmt: skip
    assert [entry.seq for entry in entries] == [5, 4, 3, 2, 1]
    refused = entries[-1]
    assert refused.refusal == "no-consent"
    assert {cited.article for cited in refused.citations} == {"18", "23"}
    assert refused.actor_zh == "甲子银行"
    assert all(entry.leaf_index is not None for entry in entries)


def test_the_own_report_masks_nothing_and_is_logged(busy):
    """Names of lenders in full, the self-access an event, free."""
    report = own_report(busy.bureau, busy.subject_id(PEOPLE["busy"]))
    assert {account["furnisher"] for account in report["accounts"]} == {"bank-alpha", "micro-gamma"}
    (entry,) = diary(busy.bureau, busy.subject_id(PEOPLE["busy"]))
    assert entry.kind == "self-access"
    assert entry.price.endswith("free")


@pytest.mark.parametrize(("handle", "code"), [("P0001", "000000"), ("P9999", CODE), ("", ""), ("P0001", "")])
def test_a_wrong_handle_or_code_signs_nobody_in(busy, handle, code):
    """Wrong code, unknown handle, nothing at all."""
    assert sign_in(busy.bureau, handle, code) is None
    assert sign_in(busy.bureau, " p0001 ", CODE) == busy.subject_id(GOOD)
