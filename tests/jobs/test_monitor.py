"""Watched files: begun with a permit, told once, charged, in the diary, and over when the ground is gone."""

import json
import threading
from datetime import timedelta

import psycopg
import pytest

from openbureau.core.monitor.triggers import TRIGGERS, Watch
from openbureau.core.products import Options
from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.consent.withdraw import withdraw_consent
from openbureau.jobs.delivery.feed import feed
from openbureau.jobs.furnishing.load import furnish
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.monitor import evaluate as page
from openbureau.jobs.monitor.evaluate import evaluate
from openbureau.jobs.monitor.own import AlertErased, NoMonitor, alert_of, monitors_on, one_monitor, own_monitors
from openbureau.jobs.monitor.start import start_monitor
from openbureau.jobs.monitor.stop import stop_monitor
from openbureau.jobs.subject.diary import diary
from world import PEOPLE, jsonl, loan, months, subject_record

ALPHA, GAMMA = "bank-alpha", "micro-gamma"
QUIET = tuple(code for code in TRIGGERS if code not in {"exposure-growth", "score-fall"})
"""All but those that fire beside others."""
GOOD, LATE, BUSY = PEOPLE["good"], PEOPLE["late"], PEOPLE["busy"]


def agree(world, person=GOOD, products=("report", "monitoring"), **changes):
    given = {"member_id": ALPHA, "purpose": "post-loan", "products": products} | changes
    return give_consent(world.bureau, world.subject_id(person), **given)


def wish(world, person=GOOD, triggers=tuple(TRIGGERS), reference="loan-7", **changes):
    options = Options(watch=Watch(tuple(triggers), reference))
    return world.request(person, purpose="post-loan", product="alert", options=options, **changes)


def begin(world, person=GOOD, **changes):
    outcome = start_monitor(wish(world, person, **changes), world.bureau)
    assert isinstance(outcome, Answered), outcome
    return outcome.inquiry_id


def send(world, records, member=GAMMA):
    world.clock.forward(minutes=1)
    _, acceptance = furnish(world.bureau, member, jsonl(records))
    assert not acceptance.findings, acceptance.findings


def lend(world, person=GOOD, number=9, statuses="NN", **changes):
    """Another institution opens an account, and says how it is paid."""
    line = loan(person, number, opened_on="2026-09-05", **changes)
    send(world, [subject_record(person), line, *months(line["account_no"], statuses, first="2026-09")])


def told(world, member=ALPHA):
    return [(event.kind, event.trigger) for event in feed(world.bureau, member, 0)]


def content(world, event):
    return json.loads(alert_of(world.bureau, ALPHA, event.event_id).answer)


def count(world, table, where="true"):
    with psycopg.connect(world.url) as connection:
        return connection.execute(f"select count(*) from bureau.{table} where {where}").fetchone()[0]


@pytest.fixture
def watched(world):
    """A world in which a bank watches a borrower's file."""
    agree(world)
    begin(world, triggers=QUIET)
    return world


def test_to_begin_is_an_inquiry_that_tells_nothing_and_costs_nothing(world):
    """In log and diary, free by a house rule, and the id of the answer is the monitor's."""
    agree(world)
    outcome = start_monitor(wish(world), world.bureau)
    answer = json.loads(outcome.answer)
    assert answer["monitor"] == {
        "monitor_id": outcome.inquiry_id, "triggers": list(TRIGGERS), "reference": "loan-7",
    }  # fmt: skip
    assert set(answer) == {"schema", "synthetic", "header", "monitor", "notice"}
    entry = diary(world.bureau, world.subject_id(GOOD))[0]
    assert (entry.kind, entry.price) == ("inquiry", "house.monitor_start_free;1;0;CNY;free")
    assert charges(world.bureau, ALPHA, "2026-11") == []
    row = one_monitor(world.bureau, ALPHA, outcome.inquiry_id)
    assert (row.reference, row.ended_at, row.alerts) == ("loan-7", None, 0)


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda w: None, "no-consent"),
        (lambda w: agree(w, products=("report",)), "product-not-covered"),
        (lambda w: agree(w, purpose="loan-approval"), "purpose-not-covered"),
        (lambda w: withdraw_consent(w.bureau, w.subject_id(GOOD), agree(w).consent_id), "consent-withdrawn"),
    ],
    ids=["none", "no-monitoring", "other-purpose", "withdrawn"],
)
def test_without_its_ground_nothing_is_watched(world, prepare, code):
    """Refused with the article, recorded, and no monitor is there."""
    prepare(world)
    refused = start_monitor(wish(world), world.bureau)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.refusal["citations"]
    assert count(world, "monitor") == 0
    assert diary(world.bureau, world.subject_id(GOOD))[0].kind == "inquiry-refused"


def test_a_repeat_gives_the_same_monitor(world):
    """The same key: one record, one monitor."""
    agree(world)
    request = wish(world)
    first, again = start_monitor(request, world.bureau), start_monitor(request, world.bureau)
    assert (again.inquiry_id, again.is_replay) == (first.inquiry_id, True)
    assert count(world, "monitor") == 1


def test_what_was_there_before_is_no_change(world):
    """An overdue file is watched from as it is."""
    agree(world, LATE)
    begin(world, LATE)
    send(world, [subject_record(LATE)], ALPHA)
    assert evaluate(world.bureau) == 0


def test_an_account_elsewhere_is_told_once_recorded_and_charged(watched):
    """One alert: an inquiry in log and diary, with its price, in the feed, its content to be fetched."""
    lend(watched)
    assert evaluate(watched.bureau) == 1
    assert evaluate(watched.bureau) == 0
    (event,) = feed(watched.bureau, ALPHA, 0)
    assert (event.kind, event.trigger, event.reference) == ("alert", "new-account", "loan-7")
    answer = content(watched, event)
    assert answer["alert"]["told"] == {
        "account_type": "D1", "business_type": "91", "role": "borrower", "opened_on": "2026-09-05", "currency": "CNY",
    }  # fmt: skip
    assert answer["header"]["product"] == "alert"
    assert GAMMA not in json.dumps(answer)
    (charge,) = charges(watched.bureau, ALPHA, "2026-11")
    assert charge["inquiry_id"] == event.event_id
    assert charge["rule"].endswith("*house.fee_share_alert")
    entry = diary(watched.bureau, watched.subject_id(GOOD))[0]
    assert (entry.kind, entry.actor, entry.leaf_hash) == (
        "inquiry", ALPHA, alert_of(watched.bureau, ALPHA, event.event_id).receipt["promise"]["leaf"],
    )  # fmt: skip
    assert one_monitor(watched.bureau, ALPHA, event.about).alerts == 1


def test_its_own_accounts_and_inquiries_are_no_news(watched):
    """What the lender itself furnished or asked is not told to it."""
    lend_own = loan(GOOD, 5, opened_on="2026-09-05")
    send(watched, [lend_own, *months("P0001-5", "12", first="2026-09")], ALPHA)
    give_consent(watched.bureau, watched.subject_id(GOOD), member_id=ALPHA, purpose="loan-approval")
    for _ in range(5):
        answer_inquiry(watched.request(GOOD), watched.bureau)
    assert evaluate(watched.bureau) == 0


def test_overdue_elsewhere_is_told_when_new_and_when_much_worse(watched):
    """Newly overdue at once; worse after the months of the house rule, and measured from what was told."""
    lend(watched)
    evaluate(watched.bureau)

    def month(name, status):
        send(watched, months("P0001-9", status, first=name))
        return evaluate(watched.bureau)

    watched.clock.forward(days=150)
    assert [month("2026-11", "1"), month("2026-12", "2"), month("2027-01", "3"), month("2027-02", "4")] == [1, 0, 1, 0]
    assert [trigger for _, trigger in told(watched)] == ["new-account", "new-overdue", "worse-overdue"]
    last = feed(watched.bureau, ALPHA, 0)[-1]
    assert content(watched, last)["alert"]["told"] == {"account_type": "D1", "month": "2027-01", "overdue_months": 3}


def test_bad_debt_elsewhere_is_told(watched):
    """A status that says so."""
    lend(watched)
    evaluate(watched.bureau)
    send(watched, [loan(GOOD, 9, opened_on="2026-09-05", account_status="4", five_class="5")])
    assert evaluate(watched.bureau) == 1
    assert told(watched)[-1] == ("alert", "bad-debt")


def test_balances_that_grew_are_told(world):
    """By share and amount of the house rules, without the amounts themselves; a second alert of the day is free."""
    agree(world)
    lend(world)
    begin(world)
    lend(world, number=10)
    assert evaluate(world.bureau) == 2
    assert [trigger for _, trigger in told(world)] == ["new-account", "exposure-growth"]
    assert len(charges(world.bureau, ALPHA, "2026-11")) == 1
    answer = content(world, feed(world.bureau, ALPHA, 0)[-1])
    assert answer["alert"]["told"] == {"currency": "CNY", "grown_percent": 100}


def test_a_score_that_fell_is_told(world):
    """By how many points and into which band, and no figure of the file."""
    agree(world)
    lend(world)
    begin(world, triggers=("score-fall",))
    world.clock.forward(days=60)
    send(world, months("P0001-9", "12", first="2026-11"))
    assert evaluate(world.bureau) == 1
    answer = content(world, feed(world.bureau, ALPHA, 0)[0])
    assert answer["alert"]["told"]["points"] >= 40
    assert set(answer["alert"]["told"]) == {"points", "band"}


def test_many_applications_elsewhere_are_told_by_the_sweep(watched):
    """No record was furnished: the sweep finds that others asked."""
    subject = watched.subject_id(GOOD)
    give_consent(watched.bureau, subject, member_id="bank-beta", purpose="loan-approval")
    watched.clock.forward(minutes=5)
    for number in range(4):
        assert evaluate(watched.bureau) == 0, number
        assert isinstance(answer_inquiry(watched.request(GOOD, member="bank-beta"), watched.bureau), Answered)
    assert evaluate(watched.bureau) == 1
    assert told(watched) == [("alert", "many-inquiries")]
    assert content(watched, feed(watched.bureau, ALPHA, 0)[0])["alert"]["told"] == {"inquiries": 4}


def test_only_what_was_wished_is_told(world):
    """Other triggers fire for nobody."""
    agree(world)
    begin(world, triggers=("bad-debt",))
    lend(world, statuses="11")
    assert evaluate(world.bureau) == 0
    assert told(world) == []


@pytest.mark.parametrize(
    "end",
    [
        lambda w, c: withdraw_consent(w.bureau, w.subject_id(GOOD), c.consent_id),
        lambda w, c: w.clock.forward(days=40),
    ],
    ids=["withdrawn", "expired"],
)
def test_the_end_of_the_consent_ends_the_watching(world, end):
    """By the sweep, without any change of the file: a refusal in log and diary, and a word in the feed."""
    given = agree(world, months=1)
    monitor_id = begin(world)
    end(world, given)
    assert evaluate(world.bureau) == 0
    row = one_monitor(world.bureau, ALPHA, monitor_id)
    assert row.reason in {"consent-withdrawn", "consent-expired"}
    assert row.ended_at == world.clock()
    assert told(world) == [("monitor-ended", None)]
    assert feed(world.bureau, ALPHA, 0)[0].reason == "refused"
    assert count(world, "inquiry", "outcome = 'refused' and product = 'alert'") == 1
    lend(world)
    assert evaluate(world.bureau) == 0
    assert len(told(world)) == 1


def test_no_alert_leaves_after_a_withdrawal(watched):
    """Also where the change came first: the decision is made when the alert is."""
    lend(watched)
    (consent,) = [one for one in diary(watched.bureau, watched.subject_id(GOOD)) if one.kind == "consent-given"]
    with psycopg.connect(watched.url) as connection:
        consent_id = connection.execute("select consent_id from bureau.consent").fetchone()[0]
    assert consent
    withdraw_consent(watched.bureau, watched.subject_id(GOOD), str(consent_id))
    assert evaluate(watched.bureau) == 0
    assert told(watched) == [("monitor-ended", None)]


def test_the_end_of_the_account_ends_the_watching(watched):
    """The lender's own account is closed: no ground is left to watch."""
    closed = loan(GOOD, 1, closed_on="2026-11-20", account_status="3", as_of_on="2026-11-20")
    send(watched, [closed], ALPHA)
    assert evaluate(watched.bureau) == 0
    (row,) = own_monitors(watched.bureau, ALPHA)
    assert row.reason == "no-running-account"


def test_a_lender_may_stop(watched):
    """Then nothing more is told; stopping twice is stopping once; another's cannot be stopped."""
    (row,) = own_monitors(watched.bureau, ALPHA)
    with pytest.raises(NoMonitor):
        stop_monitor(watched.bureau, "bank-beta", row.monitor_id)
    stop_monitor(watched.bureau, ALPHA, row.monitor_id)
    stop_monitor(watched.bureau, ALPHA, row.monitor_id)
    lend(watched)
    assert evaluate(watched.bureau) == 0
    assert told(watched) == [("monitor-ended", None)]
    assert one_monitor(watched.bureau, ALPHA, row.monitor_id).reason == "stopped"


def test_killed_between_an_alert_and_its_marks_it_is_told_once(watched, monkeypatch):
    """The alert was recorded, the process died before it moved the marks: the next looks again and tells nothing twice."""
    lend(watched)

    def die(*_, **__):
        raise psycopg.OperationalError("cut off")

    monkeypatch.setattr(page.store, "save_marks", die)
    with pytest.raises(psycopg.OperationalError):
        evaluate(watched.bureau)
    monkeypatch.undo()
    assert told(watched) == [("alert", "new-account")]
    assert evaluate(watched.bureau) == 0
    assert count(watched, "alert") == len(charges(watched.bureau, ALPHA, "2026-11")) == 1
    assert count(watched, "monitor_touched") == 0


def test_two_that_look_at_once_tell_once(watched):
    """Whoever is second finds it told; no record of the second is left."""
    lend(watched)
    with psycopg.connect(watched.url) as connection:
        for _ in range(3):
            connection.execute("insert into bureau.monitor_touched (subject_id) select subject_id from bureau.monitor")
    made = []
    threads = [threading.Thread(target=lambda: made.append(evaluate(watched.bureau))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == 1
    assert count(watched, "inquiry", "product = 'alert'") == 2
    assert len(charges(watched.bureau, ALPHA, "2026-11")) == 1


def test_a_fault_with_one_file_holds_up_no_other(watched, monkeypatch):
    """It is told to the operator and looked at again later; the other file's alert leaves."""
    agree(watched, BUSY)
    other = begin(watched, BUSY, triggers=QUIET)
    lend(watched)
    lend(watched, BUSY, number=11)
    real, faults = page.look, []

    def broken(bureau, rulebook, held, **words):
        if held.subject_id == watched.subject_id(GOOD):
            raise ZeroDivisionError
        return real(bureau, rulebook, held, **words)

    monkeypatch.setattr(page, "look", broken)
    assert evaluate(watched.bureau, tell=faults.append) >= 1
    assert [type(one) for one in faults] == [ZeroDivisionError]
    assert {event.about for event in feed(watched.bureau, ALPHA, 0)} == {other}
    assert count(watched, "monitor_touched", "touched_at > clock_timestamp()") == 1


def test_a_correction_is_looked_at_too(watched):
    """A corrected account that is bad debt after all is news like any other."""
    lend(watched)
    evaluate(watched.bureau)
    fix = {
        "record": "correction", "target": "tradeline", "key": "P0001-9", "field": "account_status", "old_value": "1",
        "new_value": "4", "reason": "system", "decided_on": "2026-11-23",
    }  # fmt: skip
    send(watched, [fix])
    assert evaluate(watched.bureau) == 1
    assert told(watched)[-1] == ("alert", "bad-debt")


def test_nobody_is_touched_where_nobody_watches(world):
    """Loading writes nothing for files that are not watched."""
    agree(world)
    begin(world)
    lend(world, BUSY, number=12)
    assert count(world, "monitor_touched") == 0


def test_a_person_sees_who_watches(watched):
    """Lender, triggers, since when, how often told, until when."""
    lend(watched)
    evaluate(watched.bureau)
    (row,) = monitors_on(watched.bureau, watched.subject_id(GOOD))
    assert (row.member_id, row.alerts, row.ended_at, set(row.triggers)) == (ALPHA, 1, None, set(QUIET))
    assert row.consent_id is not None
    assert monitors_on(watched.bureau, watched.subject_id(BUSY)) == []


def test_monitors_and_alerts_are_their_lenders_alone(watched):
    """Another member finds none of it, and an erased content is told as erased."""
    lend(watched)
    evaluate(watched.bureau)
    (event,) = feed(watched.bureau, ALPHA, 0)
    assert own_monitors(watched.bureau, "bank-beta") == []
    for find, name in ((one_monitor, event.about), (alert_of, event.event_id)):
        with pytest.raises(NoMonitor):
            find(watched.bureau, "bank-beta", name)
    with psycopg.connect(watched.url) as connection:
        connection.execute("alter table bureau.inquiry disable trigger append_only")
        connection.execute("delete from bureau.inquiry where inquiry_id = %s", [event.event_id])
    with pytest.raises(AlertErased):
        alert_of(watched.bureau, ALPHA, event.event_id)


def test_the_sweep_is_as_seldom_as_the_house_rule_says(world):
    """Once, and again after its seconds."""
    sweeper = page.Sweeper()
    now = world.clock()
    assert [sweeper.is_due(now + timedelta(seconds=after), 60) for after in (0, 59, 60, 61)] == [
        True,
        False,
        True,
        False,
    ]


def test_nothing_of_the_person_lies_open_in_a_monitor(watched):
    """Marks are sealed, states are keyed."""
    lend(watched)
    evaluate(watched.bureau)
    with psycopg.connect(watched.url) as connection:
        text = "".join(
            str(connection.execute(f"select t::text from bureau.{table} t").fetchall())
            for table in ("monitor", "monitor_state", "alert", "feed_event")
        )
        lines = [
            str(row[0]) for row in connection.execute("select tradeline_id from bureau.tradeline_current").fetchall()
        ]
    for word in (GOOD.id_number, GOOD.name, *lines):
        assert word not in text
