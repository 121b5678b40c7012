"""Consents that members take: on line until the person confirms, by a code, on paper."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import msgspec
import psycopg
import pytest

from jobs.collecting import consent, sealed, signed, with_keys
from openbureau.core.consent.artefact import (
    Agreed,
    Institution,
    Provider,
    Shown,
    artefact_bytes,
    open_artefact,
    sign_consent,
)
from openbureau.core.purpose import WORDINGS, Wording
from openbureau.core.sign_in.keys import parse_key_file
from openbureau.jobs.consent.collect import collect_consent, signing_keys
from openbureau.jobs.consent.confirm import asked_of, confirm_consent, decline_consent, make_code
from openbureau.jobs.consent.read import members_consent, own_artefact
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.consent.withdraw import consents, withdraw_consent
from openbureau.jobs.subject.diary import diary
from world import PEOPLE, UNKNOWN

GOOD, LATE = PEOPLE["good"], PEOPLE["late"]
POINTS = ("purpose", "provide", "sensitive")
PAGE = b"the written consent, signed by hand"


@pytest.fixture
def world(new_world):
    """A world whose members hold keys."""
    return with_keys(new_world())


def member(world, name="bank-beta"):
    return world.bureau.members[name]


def collect(world, made, *, by="bank-beta", code=None):
    return collect_consent(world.bureau, member(world, by), signed(made), code=code)


def refused(world, made, *, by="bank-beta", key=None):
    with pytest.raises(ConsentRefused) as caught:
        collect_consent(world.bureau, member(world, by), signed(made, key))
    return caught.value.code


def paper(world, person=GOOD, **changes):
    return consent(world, person, channel="paper", document_hash=hashlib.sha256(PAGE).hexdigest(), **changes)


def count(world, table):
    with psycopg.connect(world.url) as connection:
        return connection.execute(f"select count(*) from bureau.{table}").fetchone()[0]


def test_what_a_lender_took_on_line_counts_when_the_person_confirms(world):
    """Before: nothing in the chain, no consent; after: an event of the person's own, and the artefact as it was signed."""
    made, subject = consent(world, GOOD), world.subject_id(GOOD)
    collect(world, made)
    assert (consents(world.bureau, subject), diary(world.bureau, subject)) == ([], [])
    (asked,) = asked_of(world.bureau, subject)
    assert (asked.state, asked.artefact.consent) == ("pending", made)
    confirm_consent(world.bureau, subject, made.consent_id, points=POINTS)
    (held,) = consents(world.bureau, subject)
    assert (held.collector, held.channel, held.is_confirmed) == ("bank-beta", "lender-online", True)
    (entry,) = diary(world.bureau, subject)
    assert (entry.kind, entry.actor) == ("consent-given", "subject")
    assert own_artefact(world.bureau, subject, made.consent_id) == signed(made)
    assert asked_of(world.bureau, subject)[0].state == "confirmed"


def test_the_reply_and_the_log_are_the_same_for_somebody_unknown(world):
    """Id and hash of what was sent, nothing else; no leaf in either case; kept in either case."""
    known, unknown, misnamed = consent(world, GOOD), consent(world, UNKNOWN), consent(world, replace(LATE, name="错名"))
    leaves = count(world, "leaf_pending")
    for made in (known, unknown, misnamed):
        told = collect(world, made)
        assert told.consent_id == made.consent_id
        assert told.artefact_hash == hashlib.sha256(signed(made)).hexdigest()
        assert members_consent(world.bureau, member(world), made.consent_id).state == "received"
    assert (count(world, "leaf_pending"), count(world, "consent_intent")) == (leaves, 3)
    assert [len(asked_of(world.bureau, world.subject_id(person))) for person in (GOOD, LATE)] == [1, 0]
    world.clock.forward(days=14)
    for made in (known, unknown, misnamed):
        assert members_consent(world.bureau, member(world), made.consent_id).state == "lapsed"


def test_a_no_is_told_to_nobody(world):
    """The lender reads the same as before; the person cannot be made to say yes afterwards."""
    made, subject = consent(world, GOOD), world.subject_id(GOOD)
    collect(world, made)
    decline_consent(world.bureau, subject, made.consent_id)
    assert members_consent(world.bureau, member(world), made.consent_id).state == "received"
    for answer in (lambda: decline_consent(world.bureau, subject, made.consent_id),
                   lambda: confirm_consent(world.bureau, subject, made.consent_id, points=POINTS)):  # fmt: skip
        with pytest.raises(ConsentRefused):
            answer()
    code, _ = make_code(world.bureau, subject, "bank-beta")
    collect(world, made, code=code)
    assert consents(world.bureau, subject) == []


def test_a_lender_does_not_ask_again_and_again(world):
    """One request a person and purpose in thirty days, on file or not; another purpose or lender is another matter."""
    for person in (GOOD, UNKNOWN):
        collect(world, consent(world, person))
        assert refused(world, consent(world, person)) == "consent-asked-already"
        assert (
            refused(world, consent(world, person, collector="platform-delta"), by="platform-delta")
            == "consent-asked-already"
        )
        collect(world, consent(world, person, purpose="card-approval"))
        collect(world, consent(world, person, lender="bank-alpha"), by="bank-alpha")
    world.clock.forward(days=29)
    assert refused(world, consent(world, GOOD)) == "consent-asked-already"
    world.clock.forward(days=1)
    collect(world, consent(world, GOOD))


@pytest.mark.parametrize("points", [POINTS[1:], POINTS[:2], ("purpose", "sensitive"), ()])
def test_each_point_is_confirmed_by_itself(world, points):
    """Without one of them nothing is recorded, and the article that asks for it is named."""
    made, subject = consent(world, GOOD), world.subject_id(GOOD)
    collect(world, made)
    with pytest.raises(ConsentRefused) as caught:
        confirm_consent(world.bureau, subject, made.consent_id, points=points)
    assert (caught.value.code, len(caught.value.rules)) == ("consent-point-missing", 3 - len(points))
    assert consents(world.bureau, subject) == []


def test_monitoring_is_a_point_of_its_own(world):
    """Who wants to be told of changes has a fourth point ticked, in a continuing consent."""
    made = consent(world, GOOD, purpose="post-loan", products=["report", "monitoring"])
    collect(world, made)
    with pytest.raises(ConsentRefused):
        confirm_consent(world.bureau, world.subject_id(GOOD), made.consent_id, points=POINTS)
    confirm_consent(world.bureau, world.subject_id(GOOD), made.consent_id, points=(*POINTS, "monitoring"))
    assert consents(world.bureau, world.subject_id(GOOD))[0].products == ("report", "monitoring")


def test_a_code_stands_for_the_person_once(world):
    """Said to the lender it was made for, in its ten minutes, it confirms one consent."""
    subject = world.subject_id(GOOD)
    code, _ = make_code(world.bureau, subject, "bank-beta")
    wrong = consent(world, GOOD, lender="bank-alpha")
    collect(world, wrong, by="bank-alpha", code=code)
    collect(world, consent(world, GOOD, purpose="card-approval"), code="AAAA AAAA")
    assert consents(world.bureau, subject) == []
    made = consent(world, GOOD)
    collect(world, made, code=code.lower())
    (held,) = consents(world.bureau, subject)
    assert (held.consent_id, held.is_confirmed) == (made.consent_id, True)
    assert diary(world.bureau, subject)[0].actor == "subject"
    again = consent(world, GOOD, purpose="limit-approval")
    with pytest.raises(ConsentRefused):
        collect(world, again, code=code)
    late, _ = make_code(world.bureau, subject, "bank-beta")
    world.clock.forward(seconds=600)
    collect(world, consent(world, GOOD, purpose="post-loan"), code=late)
    assert len(consents(world.bureau, subject)) == 1


def test_a_code_lifts_the_quiet_time_and_turns_what_was_sent(world):
    """The person is at the counter: the same message sent again with their code is confirmed, and a new one is taken."""
    subject, made = world.subject_id(GOOD), consent(world, GOOD)
    collect(world, made)
    code, _ = make_code(world.bureau, subject, "bank-beta")
    collect(world, made, code=code)
    assert [one.consent_id for one in consents(world.bureau, subject)] == [made.consent_id]
    another, _ = make_code(world.bureau, subject, "bank-beta")
    collect(world, consent(world, GOOD), code=another)
    assert len(consents(world.bureau, subject)) == 2


def test_paper_counts_at_once_and_the_person_sees_who_sent_it(world):
    """An event by the lender, with the hash of the original; the person withdraws it like any other."""
    made, subject = paper(world), world.subject_id(GOOD)
    collect(world, made)
    (held,) = consents(world.bureau, subject)
    assert (held.channel, held.collector, held.is_confirmed) == ("paper", "bank-beta", True)
    (entry,) = diary(world.bureau, subject)
    assert (entry.kind, entry.actor) == ("consent-given", "bank-beta")
    assert members_consent(world.bureau, member(world), made.consent_id).state == "in-force"
    withdraw_consent(world.bureau, subject, made.consent_id)
    standing = members_consent(world.bureau, member(world), made.consent_id)
    assert (standing.state, standing.artefact) == ("withdrawn", signed(made))


def test_the_same_message_twice_is_one_consent_even_at_the_same_time(world):
    """Sent again it is told the same; fifty at once leave one consent and one leaf."""
    made = paper(world)
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: collect(world, made), range(24)))
    assert len(set(told)) == 1
    assert len(consents(world.bureau, world.subject_id(GOOD))) == 1
    assert len(diary(world.bureau, world.subject_id(GOOD))) == 1


def test_two_confirmations_at_once_are_one(world):
    """The second is told that it was answered."""
    made, subject = consent(world, GOOD), world.subject_id(GOOD)
    collect(world, made)

    def confirm(_):
        try:
            confirm_consent(world.bureau, subject, made.consent_id, points=POINTS)
        except ConsentRefused:
            return 0
        return 1

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(confirm, range(12))) == 1
    assert len(consents(world.bureau, subject)) == 1


def test_an_id_names_one_consent(world):
    """Another content under the same id is not taken, from nobody."""
    made = consent(world, GOOD)
    collect(world, made)
    assert refused(world, msgspec.structs.replace(made, ends_on=made.starts_on)) == "consent-id-used"
    other = consent(world, LATE, lender="bank-alpha", consent_id=made.consent_id)
    assert refused(world, other, by="bank-alpha") == "consent-id-used"


def test_a_collector_takes_consents_for_lenders_and_nobody_else_does(world):
    """The platform signs for the bank; a bank does not sign for another; nobody sends what another collected."""
    made = consent(world, GOOD, collector="platform-delta")
    collect(world, made, by="platform-delta")
    confirm_consent(world.bureau, world.subject_id(GOOD), made.consent_id, points=POINTS)
    assert members_consent(world.bureau, member(world, "platform-delta"), made.consent_id).state == "given"
    assert members_consent(world.bureau, member(world), made.consent_id).state == "in-force"
    assert refused(world, consent(world, GOOD, collector="bank-alpha"), by="bank-alpha") == "consent-not-yours"
    assert refused(world, consent(world, GOOD, lender="bank-alpha"), by="bank-beta") == "consent-not-yours"
    assert refused(world, consent(world, GOOD, lender="platform-delta"), by="platform-delta") == "consent-not-possible"


def test_only_the_members_own_signature_counts(world):
    """Another's key, a changed word, and a contract that is not in force."""
    assert refused(world, consent(world, GOOD), key="bank-alpha") == "consent-not-signed"
    made = sealed(consent(world, GOOD))
    changed = msgspec.structs.replace(
        made, consent=msgspec.structs.replace(made.consent, ends_on=made.consent.starts_on)
    )
    with pytest.raises(ConsentRefused) as caught:
        collect_consent(world.bureau, member(world), artefact_bytes(changed))
    assert caught.value.code == "consent-not-signed"
    assert refused(world, consent(world, GOOD, lender="bank-closed"), by="bank-closed") == "member-not-active"


def test_what_cannot_stand_today_is_not_taken(world, monkeypatch):
    """Days, names, notice, wording and purpose, each by itself."""
    made = consent(world, GOOD)

    def code(**changes):
        return refused(world, msgspec.structs.replace(made, **changes))

    assert code(ends_on=made.starts_on.replace(year=2027, month=11, day=25)) == "consent-not-possible"
    assert code(made_at="2026-11-24T02:06:00Z") == "consent-not-possible"
    assert code(made_at="2026-99-24T02:00:00Z") == "consent-not-possible"
    assert code(made_at="2026-11-25T00:00:00Z", starts_on=made.starts_on) == "consent-not-possible"
    past = made.starts_on.replace(month=10)
    assert code(made_at="2026-10-01T00:00:00Z", starts_on=past, ends_on=past) == "consent-not-possible"
    assert code(consumer=Institution("bank-beta", "另一名称", "Bank Beta")) == "consent-not-possible"
    assert code(provider=Provider("elsewhere.example", "Test bureau")) == "consent-not-possible"
    assert code(notice=Shown("notice-1", "en")) == "notice-outdated"
    guarantor = WORDINGS["guarantor-check"][0]
    assert code(purpose=Agreed("guarantor-check", 1, guarantor.zh, guarantor.en)) == "consent-not-possible"
    assert code(confirmations=made.confirmations[:2]) == "consent-point-missing"
    newer = Wording(2, made.starts_on, "新", "new")
    monkeypatch.setitem(WORDINGS, "loan-approval", (*WORDINGS["loan-approval"], newer))
    assert refused(world, made) == "notice-outdated"


def test_what_changed_meanwhile_is_not_confirmed(world, monkeypatch):
    """A wording that holds no longer, and a request that has lapsed."""
    made, subject = consent(world, GOOD), world.subject_id(GOOD)
    collect(world, made)
    newer = Wording(2, made.starts_on, "新", "new")
    with monkeypatch.context() as patch:
        patch.setitem(WORDINGS, "loan-approval", (*WORDINGS["loan-approval"], newer))
        with pytest.raises(ConsentRefused) as caught:
            confirm_consent(world.bureau, subject, made.consent_id, points=POINTS)
        assert caught.value.rules == ("pipl.consent.renew_on_change",)
    world.clock.forward(days=14)
    with pytest.raises(ConsentRefused):
        confirm_consent(world.bureau, subject, made.consent_id, points=POINTS)
    assert asked_of(world.bureau, subject)[0].state == "lapsed"


def test_nobody_reads_or_answers_what_is_anothers(world):
    """Another person confirms nothing; another member and another person read nothing."""
    made = consent(world, GOOD)
    collect(world, made)
    other = world.subject_id(LATE)
    for answer in (lambda: confirm_consent(world.bureau, other, made.consent_id, points=POINTS),
                   lambda: decline_consent(world.bureau, other, made.consent_id)):  # fmt: skip
        with pytest.raises(ConsentRefused):
            answer()
    confirm_consent(world.bureau, world.subject_id(GOOD), made.consent_id, points=POINTS)
    with pytest.raises(ConsentRefused):
        own_artefact(world.bureau, other, made.consent_id)
    with pytest.raises(ConsentRefused):
        members_consent(world.bureau, member(world, "bank-alpha"), made.consent_id)


def test_nothing_of_the_person_is_kept_in_the_clear(world):
    """Number and name of a request stand nowhere in its row."""
    collect(world, consent(world, UNKNOWN))
    with psycopg.connect(world.url) as connection:
        row = connection.execute(
            "select i::text, encode(artefact_sealed, 'escape') from bureau.consent_intent i"
        ).fetchone()
    for told in row:
        assert UNKNOWN.id_number not in told
        assert UNKNOWN.name not in told
    assert open_artefact(signed(consent(world, UNKNOWN))).consent.subject.name == UNKNOWN.name


def test_a_machines_key_signs_while_it_is_valid(new_world):
    """A key that the act names signs consents; one that has ended or does not hold yet signs none; the seal does."""
    world = new_world()
    _, _, key = parse_key_file((world.bureau.settings.home / "members" / "bank-beta.key").read_text())
    made = sign_consent(consent(world, GOOD), key.sign, key.public_key().public_bytes_raw())
    collect_consent(world.bureau, member(world), artefact_bytes(made))
    ring = world.bureau.act.keyring("bank-beta")
    (held,) = ring.keys.values()
    assert signing_keys(ring, world.clock()) == [ring.seal, held.public_key]
    assert signing_keys(ring, held.valid_until) == [ring.seal]
    assert signing_keys(ring, held.valid_from - timedelta(seconds=1)) == [ring.seal]
