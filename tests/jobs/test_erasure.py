"""Erasing a person: what goes, what stays, and who may."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from openbureau.jobs.consent.give import give_consent
from openbureau.jobs.erasure.erase import Erased, erase
from openbureau.jobs.erasure.order import ordered_by_person
from openbureau.jobs.inquiry.again import Erased as AnswerErased
from openbureau.jobs.inquiry.again import answer_again
from openbureau.jobs.inquiry.answer import answer_inquiry
from openbureau.jobs.inquiry.outcome import Answered, Refused
from openbureau.jobs.log.export import export
from openbureau.jobs.log.sequence import sequence
from openbureau.watch.verify import verify
from world import PEOPLE, World

GOOD, LATE, BUSY = PEOPLE["good"], PEOPLE["late"], PEOPLE["busy"]


def lived(world: World) -> tuple[str, Answered]:
    """A person who consented and was asked about, answered and charged."""
    subject = world.subject_id(GOOD)
    give_consent(world.bureau, subject, member_id="bank-alpha", purpose="loan-approval")
    found = answer_inquiry(world.request(GOOD), world.bureau)
    assert isinstance(found, Answered)
    sequence(world.bureau)
    return subject, found


def erased(world: World, subject: str) -> Erased:
    return erase(world.bureau, ordered_by_person(world.bureau, subject, policy=f"{world.bureau.policies.digest};permit;erasure-by-request"))


def rows_about(world: World, subject: str) -> dict[str, int]:
    """Tables that hold rows about a subject, by any column that can name one."""
    found = {}
    with psycopg.connect(world.url) as connection:
        places = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'bureau' "
            "and column_name in ('subject_id', 'other_id', 'holder_id') order by 1, 2"
        ).fetchall()
        for table, column in places:
            query = sql.SQL("select count(*) from bureau.{} where {} = %s").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            row = connection.execute(query, [subject]).fetchone()
            if row and row[0]:
                found[str(table)] = int(row[0])
    return found


def test_a_person_is_erased_and_what_the_law_keeps_stays(world: World) -> None:
    """Nothing of the person is left but that an answer was given and paid, and that the file was erased."""
    subject, found = lived(world)
    done = erased(world, subject)
    assert (done.events, done.answers, done.receipts) == (2, 1, 1)
    assert done.records == 26
    assert rows_about(world, subject) == {
        "answer_erased": 1, "charge": 1, "erased_leaf": 2, "erasure": 1, "erasure_order": 1, "event": 1, "inquiry": 1,
    }  # fmt: skip
    with psycopg.connect(world.url) as connection:
        kept = connection.execute(
            "select outcome, consent_id, outcome_sealed, product from bureau.inquiry where subject_id = %s", [subject]
        ).fetchone()
        assert kept == ("answered", None, b"", "report")
        assert connection.execute("select count(*) from bureau.erasing").fetchone() == (0,)
    again = answer_again(world.bureau, world.bureau.members["bank-alpha"], found.inquiry_id)
    assert isinstance(again, AnswerErased)
    assert again.leaf == done.certificates[0].leaf.leaf_hash.hex()
    asked = answer_inquiry(world.request(GOOD), world.bureau)
    assert isinstance(asked, Refused)
    assert asked.refusal["code"] == "no-consent"


def shown(world: World, tmp_path: Path) -> Any:
    """What the watcher finds in a fresh export."""
    export(world.bureau, tmp_path)
    return verify(tmp_path, now=world.clock.at)


def test_the_log_still_verifies(world: World, tmp_path: Path) -> None:
    """Tree, chains, lanes, bills and all that is shown of others hold; the closed entries are accepted for the erasure."""
    subject, _ = lived(world)
    other = world.subject_id(PEOPLE["plain"])
    give_consent(world.bureau, other, member_id="bank-alpha", purpose="loan-approval")
    assert isinstance(answer_inquiry(world.request(PEOPLE["plain"]), world.bureau), Answered)
    erased(world, subject)
    found = shown(world, tmp_path)
    assert [(check.name, check.evidence) for check in found.checks if check.ok is not True] == []
