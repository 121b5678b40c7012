"""What moves between the decision and the record: each fact is read again in the recording transaction, each of them needed."""

import json
from dataclasses import dataclass

import psycopg
import pytest

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.inquiry import answer as page
from openbureau.jobs.inquiry.charges import charges
from openbureau.jobs.inquiry.outcome import Answered, Refused, TooBusy
from world import PEOPLE, World

GOOD, THIN = PEOPLE["good"], PEOPLE["thin"]
MINE = "where subject_id = '{good}'"
LINK = (
    "insert into bureau.identity_link values"
    " ('{good}', '{link}', '{thin}', 'desk', '{{}}', 1, now(), '{{}}', '\\x01'),"
    " ('{thin}', '{link}', '{good}', 'desk', '{{}}', 1, now(), '{{}}', '\\x01')"
)
SAID = "concat_ws(' ', ids, is_frozen, is_deceased, has_running_account)"
"""How the facts say what a decision rests on."""


@dataclass(frozen=True)
class Move:
    """A change that no event tells of, what must come of it, and the part of the record that looks for it."""

    change: str
    outcome: str
    cuts: tuple[tuple[str, str, str], ...]
    """Functions, and the words that are taken out of each, with what stays instead."""


MOVES = {
    "freeze": Move(
        f"update bureau.subject set is_frozen = true {MINE}", "file-frozen",
        (("facts", SAID, SAID.replace(" is_frozen,", "")), ("record_inquiry", "bool_or(s.is_frozen), ", "")),
    ),
    "death": Move(
        f"update bureau.subject set deceased_on = '2026-01-01' {MINE}", "subject-deceased",
        (("facts", SAID, SAID.replace(" is_deceased,", "")), ("record_inquiry", " bool_or(s.deceased_on is not null),", "")),
    ),
    "running account": Move(
        f"update bureau.tradeline_current set closed_on = '2026-11-01' {MINE}", "no-running-account",
        (("facts", SAID, SAID.replace(", has_running_account", "")), ("record_inquiry", """,
                     exists (select from tradeline_current t
                              where t.subject_id = any (ids) and t.furnisher_id = p_member and t.closed_on is null)""", "")),
    ),
    "consent ended": Move(
        "insert into bureau.consent_end select subject_id, consent_id, now(), leaf_hash from bureau.consent",
        "consent-withdrawn", (("record_inquiry", """
                           and not exists (select from consent_end e
                                            where e.subject_id = c.subject_id and e.consent_id = c.consent_id)""", ""),),
    ),
    "confirmation": Move(
        "update bureau.consent set collector = 'bank-beta'", "consent-not-confirmed",
        (("record_inquiry", """
                           and (c.collector = 'subject' or c.document_hash is not null
                                or exists (select from consent_confirmed f
                                            where f.subject_id = c.subject_id and f.consent_id = c.consent_id))""", ""),),
    ),
    "another act": Move(
        "insert into bureau.act values (1, '\\x01', '{{}}', '\\x01')", "busy",
        (("record_inquiry", " and not exists (select from act b where b.act_no > a.act_no)", ""),),
    ),
}  # fmt: skip


def move(world: World, change: str) -> None:
    """As nobody in the bureau could: past the triggers, without an event."""
    with psycopg.connect(world.url) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(change.format(good=world.subject_id(GOOD)))


def cut(world: World, function: str, words: str, instead: str = "") -> None:
    """Take these words out of a function of the database."""
    with psycopg.connect(world.url) as connection:
        row = connection.execute(
            "select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = 'bureau' and p.proname = %s", [function],
        ).fetchone()  # fmt: skip
        assert row is not None
        assert row[0].count(words) == 1, row[0]
        connection.execute(row[0].replace(words, instead))


def between(world, monkeypatch, change) -> object:
    """An inquiry under whose decision the change slips in before it is recorded."""
    real, done = page.record_answer, []

    def change_first(*args, **words):
        if not done:
            done.append(move(world, change))
        return real(*args, **words)

    monkeypatch.setattr(page, "record_answer", change_first)
    give_consent(world.bureau, world.subject_id(GOOD), member_id="bank-alpha", purpose="post-loan")
    return page.answer_inquiry(world.request(GOOD, purpose="post-loan"), world.bureau)


@pytest.mark.parametrize("name", sorted(MOVES))
def test_what_moved_sends_the_inquiry_back_to_the_facts(world, monkeypatch, name):
    """The answer that was decided is not recorded; the refusal of the new facts is, free of charge."""
    outcome = between(world, monkeypatch, MOVES[name].change)
    if MOVES[name].outcome == "busy":
        assert isinstance(outcome, TooBusy)
    else:
        assert isinstance(outcome, Refused)
        assert outcome.code == MOVES[name].outcome
    assert charges(world.bureau, "bank-alpha", "2026-11") == []


@pytest.mark.parametrize("name", sorted(MOVES))
def test_without_its_check_the_change_would_pass(world, monkeypatch, name):
    """Each part of the record is needed: taken out alone, the stale answer leaves."""
    for function, words, instead in MOVES[name].cuts:
        cut(world, function, words, instead)
    assert isinstance(between(world, monkeypatch, MOVES[name].change), Answered)


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_link_that_came_between_is_not_overlooked(world, monkeypatch, is_checked):
    """The file is the linked set's as it is when the answer is recorded; without the check it is the old one's."""
    if not is_checked:
        cut(world, "facts", SAID, SAID.replace(" ids,", ""))
        cut(world, "record_inquiry", " ids, bool_or(s.is_frozen)", " bool_or(s.is_frozen)")
    change = LINK.replace("{link}", "0192f0c1-0000-7000-8000-00000000000f").replace("{thin}", world.subject_id(THIN))
    answered = between(world, monkeypatch, change)
    assert isinstance(answered, Answered)
    assert len(json.loads(answered.answer)["accounts"]) == (2 if is_checked else 1)
