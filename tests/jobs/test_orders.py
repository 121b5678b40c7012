"""A court or an authority looks somebody up: by a document, recorded, told to the person at once or on a day."""

import json
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from openbureau.core.decision.order import Deferral, Document, Order
from openbureau.core.questions import QUESTIONS
from openbureau.jobs.consent.give import ConsentRefused, give_consent
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.subject.diary import diary
from openbureau.jobs.subject.own_report import own_report
from openbureau.store.sealing import unseal
from world import PEOPLE, UNKNOWN

GOOD, MINOR = PEOPLE["good"], PEOPLE["minor"]
DOCUMENT = Document(
    "enforcement",
    "某法第一条",
    "（2026）虚构执1号",
    "虚构市人民法院",
    "法官 0042",
    date(2026, 11, 20),
    date(2026, 12, 20),
)
LATER = Deferral("某法第二条", date(2026, 12, 31))


def look_up(world, person=GOOD, *, document=DOCUMENT, deferral=None, **changes):
    asked = {"member": "court-epsilon", "purpose": "judicial", "order": Order(document, deferral)} | changes
    return answer_inquiry(world.request(person, **asked), world.bureau)


def rows(world, query):
    with psycopg.connect(world.url) as connection:
        return connection.execute(query).fetchall()


def test_a_court_is_answered_by_its_document(world):
    """No consent: the report, free of charge, on the hash of the document, which is kept sealed with the inquiry."""
    answered = look_up(world)
    assert isinstance(answered, Answered)
    assert json.loads(answered.answer)["header"]["purpose"] == "judicial"
    opened = {name: value for name, (_, value) in answered.receipt["opening"]["opened"].items()}
    assert (opened["basis"], opened["basis_ref"]) == ("court-order", DOCUMENT.digest)
    assert opened["policy"].endswith(";permit;court-order")
    assert opened["price"] == "house.official_lookup_free;1;0;CNY;free"
    assert rows(world, "select count(*) from bureau.charge") == [(0,)]
    ((subject, inquiry, digest, sealed, told_on),) = rows(
        world, "select subject_id, inquiry_id, document_hash, document_sealed, told_on from bureau.inquiry_document"
    )
    wrapped = rows(world, f"select wrapped_key from bureau.subject where subject_id = '{subject}'")[0][0]
    key = world.bureau.data_key(wrapped, f"subject/{subject}")
    assert unseal(key, sealed, place=f"document/{inquiry}") == DOCUMENT.content
    assert (digest.hex(), told_on) == (DOCUMENT.digest, None)
    assert "法官".encode() not in sealed


def test_the_person_reads_it_in_the_diary_at_once(world):
    """By the name of the court; and no report shows it, neither the person's nor a lender's."""
    look_up(world)
    (entry,) = diary(world.bureau, world.subject_id(GOOD))
    assert (entry.kind, entry.actor, entry.purpose) == ("inquiry", "court-epsilon", "judicial")
    assert own_report(world.bureau, world.subject_id(GOOD))["inquiries"] == []
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-beta", purpose="loan-approval")
    answered = answer_inquiry(world.request(GOOD, member="bank-beta"), world.bureau)
    assert json.loads(answered.answer)["inquiries"] == []


def test_a_lawful_deferral_has_an_end(world):
    """Until its day the diary counts on without a gap; on that day the look-up stands where it belongs."""
    subject = world.subject_id(GOOD)
    give_consent(world.bureau, subject, member_id="bank-beta", purpose="loan-approval")
    world.clock.forward(hours=1)
    assert isinstance(look_up(world, deferral=LATER), Answered)
    world.clock.forward(hours=1)
    answer_inquiry(world.request(GOOD, member="bank-beta"), world.bureau)
    assert [(one.seq, one.actor) for one in diary(world.bureau, subject)] == [(2, "bank-beta"), (1, "subject")]
    world.clock.at = world.clock.at.replace(month=12, day=30, hour=15, minute=59)
    assert len(diary(world.bureau, subject)) == 2
    world.clock.forward(minutes=1)
    told = [(one.seq, one.actor) for one in diary(world.bureau, subject)]
    assert told == [(3, "bank-beta"), (2, "court-epsilon"), (1, "subject")]
    ((not_before,),) = rows(world, "select not_before from bureau.notice where not_before is not null")
    assert not_before == LATER.until


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("document-missing", {"document": None}),
        ("document-missing", {"document": replace(DOCUMENT, officer=" ")}),
        ("document-not-for-body", {"document": replace(DOCUMENT, kind="tax")}),
        ("document-expired", {"document": replace(DOCUMENT, valid_until=date(2026, 11, 23))}),
        ("document-expired", {"document": replace(DOCUMENT, issued_on=date(2026, 8, 1))}),
        ("deferral-not-lawful", {"deferral": replace(LATER, statute="")}),
        ("deferral-not-lawful", {"deferral": replace(LATER, until=date(2028, 1, 1))}),
        ("document-not-for-body", {"member": "agency-zeta", "purpose": "official"}),
        ("document-not-for-body", {"member": "bank-alpha", "purpose": "loan-approval"}),
        ("no-file-held", {"person": UNKNOWN}),
        ("identity-not-confirmed", {"person": replace(GOOD, name="别人")}),
    ],
)
def test_each_refusal_of_a_look_up(world, code, changes):
    """Each is a value: recorded, free, with its articles; before the document is good nobody is searched."""
    changes = dict(changes)
    refused = look_up(world, changes.pop("person", GOOD), **changes)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.refusal["citations"]
    assert refused.receipt["opening"]["opened"]["price"][1].endswith(";0;CNY;free")
    seen = diary(world.bureau, world.subject_id(GOOD))
    assert len(seen) == (1 if code == "identity-not-confirmed" else 0)


def test_an_authority_and_a_lender_are_told_apart(world):
    """An authority asks by its own kind of document; a lender is refused whatever it shows."""
    tax = replace(DOCUMENT, kind="tax")
    assert isinstance(look_up(world, document=tax, member="agency-zeta", purpose="official"), Answered)
    refused = look_up(world, document=tax, member="bank-alpha", purpose="official")
    assert refused.code == "purpose-not-in-contract"
    assert look_up(world, order=None).code == "role-not-entitled"


def test_freeze_age_and_death_do_not_bind_a_court(world):
    """The law leaves room for other laws (PIPL Art. 44)."""
    with psycopg.connect(world.url) as connection:
        connection.execute("update bureau.subject set is_frozen = true, deceased_on = '2026-01-01'")
    assert isinstance(look_up(world, MINOR), Answered)


def test_the_same_key_gives_the_same_bytes(world):
    """A repeat of a look-up is a replay."""
    request = world.request(GOOD, member="court-epsilon", purpose="judicial", order=Order(DOCUMENT))
    first, second = (answer_inquiry(request, world.bureau) for _ in range(2))
    assert second.is_replay
    assert first.receipt == second.receipt


def test_an_employer_asks_questions_and_nothing_else(world):
    """Under the person's consent for employment; a report is not for that purpose, and lenders have no such consent."""
    subject = world.subject_id(GOOD)
    with pytest.raises(ConsentRefused):
        give_consent(world.bureau, subject, member_id="bank-alpha", purpose="employment")
    give_consent(world.bureau, subject, member_id="firm-eta", purpose="employment")
    refused = answer_inquiry(world.request(GOOD, member="firm-eta", purpose="employment"), world.bureau)
    assert refused.code == "product-not-for-purpose"
    questions = sorted(QUESTIONS)[:1]
    asked = world.request(GOOD, member="firm-eta", purpose="employment", product="question")
    asked = replace(asked, options=replace(asked.options, questions=tuple(questions)))
    assert isinstance(answer_inquiry(asked, world.bureau), Answered)


def test_post_loan_needs_a_running_account(world):
    """bank-alpha holds an open account and is answered; bank-beta holds none; after the account is closed nobody is."""
    subject = world.subject_id(GOOD)
    for member in ("bank-alpha", "bank-beta"):
        give_consent(world.bureau, subject, member_id=member, purpose="post-loan")
    assert isinstance(answer_inquiry(world.request(GOOD, purpose="post-loan"), world.bureau), Answered)
    beta = answer_inquiry(world.request(GOOD, purpose="post-loan", member="bank-beta"), world.bureau)
    assert beta.code == "no-running-account"
    with psycopg.connect(world.url) as connection:
        connection.execute("update bureau.tradeline_current set closed_on = '2026-11-01'")
    assert answer_inquiry(world.request(GOOD, purpose="post-loan"), world.bureau).code == "no-running-account"
