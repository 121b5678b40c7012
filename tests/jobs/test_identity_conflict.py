"""The same strong id under another name: decided by the published rules, or held apart; never silently merged."""

import psycopg
import pytest

from openbureau.core.refusal import RefusalCode
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.subject.own_report import own_report
from world import PEOPLE, jsonl, loan, months, subject_record

GOOD = PEOPLE["good"]
PHONE = {"phone": "+86 138 0013 8000"}


def load(world, records, member="micro-gamma"):
    _, made = furnish(world.bureau, member, jsonl(records))
    assert made is not None
    return made


def rows(world, query):
    with psycopg.connect(world.url) as connection:
        return connection.execute(query).fetchall()


def another(name, **changes):
    """The same number sent by another furnisher under another name, with a loan."""
    person = subject_record(GOOD) | {"subject_ref": "G-77", "name": name} | changes
    line = loan(GOOD, account_no="G-77-1", subject_ref="G-77", limit_fen=9_876_500)
    return [person, line, *months("G-77-1", "N" * 24)]


def test_another_name_is_held_apart(world):
    """A subject of its own, a case for the desk, a finding; the first one's file is untouched, the same again adds nothing."""
    mine = world.subject_id(GOOD)
    before = own_report(world.bureau, mine)["accounts"]
    made = load(world, another("王某某"))
    assert made.counts == {"id-name-conflict": 1}
    assert (made.progress.accepted, made.progress.refused) == (made.progress.records, 0)
    assert own_report(world.bureau, mine)["accounts"] == before
    assert rows(world, "select kind, evidence->>'rule' from bureau.desk_case") == [("id-name-conflict", "name-other")]
    claims = rows(world, "select count(*) from bureau.identifier group by kind, blind having count(*) > 1")
    assert claims == [(2,)]
    counts = rows(world, "select (select count(*) from bureau.subject), (select count(*) from bureau.identity_seen)")
    again = load(world, another("王某某"))
    assert again.counts == {}
    assert again.progress.unchanged == again.progress.records
    assert counts == rows(
        world, "select (select count(*) from bureau.subject), (select count(*) from bureau.identity_seen)"
    )
    assert len(rows(world, "select 1 from bureau.desk_case")) == 1


@pytest.mark.parametrize(
    ("name", "phone", "finding"),
    [
        ("甄亮", PHONE, "id-name-near"),
        ("Zhen Liang", PHONE, "id-name-near"),
        ("甄亮", {}, "id-name-conflict"),
        ("甄良", {}, None),
        ("王良", PHONE, "id-name-conflict"),
    ],
)
def test_the_published_rules_decide(world, name, phone, finding):
    """The same sound with the same telephone is the same person, with a finding; without it, or of another family, not."""
    load(world, [subject_record(GOOD) | {"phone": "13800138000", "subject_ref": "P-tel"}], member="platform-delta")
    made = load(world, another(name, **phone))
    assert made.counts == ({finding: 1} if finding else {})


def test_two_unlinked_claims_are_ambiguous(world):
    """With a consent the refusal says that more than one may be meant; without one it says nothing of it."""
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="loan-approval")
    assert isinstance(answer_inquiry(world.request(GOOD), world.bureau), Answered)
    load(world, another("王某某"))
    refused = answer_inquiry(world.request(GOOD), world.bureau)
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.IDENTITY_AMBIGUOUS
    for changes in ({"member": "bank-beta"}, {"name": "赵某某"}, {"name": "王某某"}):
        stranger = answer_inquiry(world.request(GOOD, **changes), world.bureau)
        assert isinstance(stranger, Refused)
        assert stranger.code is RefusalCode.NO_CONSENT


def test_names_are_compared_as_one_logged_event(world):
    """A batch in which names were compared leaves one model run in the log; one in which none were leaves none."""
    load(world, another("王某某"))
    load(world, another("王某某"))
    assert rows(world, "select count(*) from bureau.event where kind = 'model-run'") == [(1,)]


def test_a_key_follows_its_name(world):
    """A furnisher sends its own person under another name: accounts it has stay, new ones are held apart, and back again."""
    mine = world.subject_id(GOOD)
    load(world, [subject_record(GOOD) | {"name": "王某某"}, loan(GOOD, 2)], member="bank-alpha")
    assert len(own_report(world.bureau, mine)["accounts"]) == 1
    load(world, [loan(GOOD, 1, as_of_on="2026-11-20")], member="bank-alpha")
    assert own_report(world.bureau, mine)["accounts"][0]["as_of_on"] == "2026-11-20"
    load(world, [subject_record(GOOD), loan(GOOD, 3)], member="bank-alpha")
    assert len(own_report(world.bureau, mine)["accounts"]) == 2
