"""Real input through the same door: the Home Credit bureau records under made-up identities."""

import json

import psycopg

from openbureau.core.furnishing.messages import REFUSE, RULES
from openbureau.core.furnishing.write import render_jsonl
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.founding.sandbox import add_sign_in
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.jobs.subject.sign_in import sign_in
from openbureau.lab.home_credit import HomeCredit, identity
from openbureau.watch.verify import verify
from world import CODE, Person

TRADELINES, MONTHS = 24_617, 596_932
ASKED = 25


def test_home_credit_is_furnished_and_answered(new_world, data_dir, tmp_path):
    """Every line is accepted or found, and people of that file can be asked about."""
    world = new_world(files={})
    source = HomeCredit(data_dir / "home_credit_sample")
    path = tmp_path / "home-credit.jsonl"
    lines = {"subject": 0, "tradeline": 0, "month": 0}
    with path.open("wb") as file:
        for record in source.records():
            lines[record["record"]] += 1
            file.write(render_jsonl(record))
    assert (lines["tradeline"], lines["month"]) == (TRADELINES, MONTHS)
    with path.open("rb") as file:
        _, made = furnish(world.bureau, "bank-alpha", file)
    held = made.progress
    assert held.records == sum(lines.values()) == held.accepted + held.refused
    assert {"no-limit", "closed-but-open-status", "status-jump"} <= set(made.counts)
    assert not [rule for rule in made.counts if RULES[rule].severity == REFUSE]
    assert held.refused == 0
    with psycopg.connect(world.url) as connection:
        assert connection.execute("select count(*) from bureau.tradeline_current").fetchone()[0] == TRADELINES
        assert connection.execute("select count(*) from bureau.month_fact").fetchone()[0] == MONTHS
    people = [Person(f"H{at:04d}", *identity(one)) for at, one in enumerate(source.people()[:ASKED])]
    scores = [_story_of(world, person) for person in people]
    assert len({score for score in scores if score is not None}) > 5
    sequence(world.bureau)
    export(world.bureau, tmp_path / "export")
    assert verify(tmp_path / "export").status == "ok"


def _story_of(world, person):
    """Refused without consent, answered with it; the score."""
    refused = answer_inquiry(world.request(person, id_kind="cn-id"), world.bureau)
    assert isinstance(refused, Refused)
    add_sign_in(world.bureau, handle=person.handle, code=CODE, id_kind="cn-id", id_number=person.id_number)
    subject = sign_in(world.bureau, person.handle, CODE)
    give_consent(world.bureau, subject, member_id="bank-alpha", purpose="loan-approval")
    answered = answer_inquiry(world.request(person, id_kind="cn-id"), world.bureau)
    assert isinstance(answered, Answered)
    report = json.loads(answered.answer)
    assert report["accounts"]
    assert all(
        value is None or value >= 0 for account in report["accounts"] for value in account["history"]["overdue_fen"]
    )
    return report["score"]["value"]
