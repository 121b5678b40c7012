"""A made-up person for every outcome: asked for over HTTP, each gets just that."""

import re
from pathlib import Path

import pytest

from openbureau.core.refusal import RefusalCode
from openbureau.jobs.founding.outcomes import outcome_rows, plant_outcomes
from openbureau.lab.inquiry.outcomes import OUTCOMES, PURPOSE, OutcomePerson
from web.visitor import Client
from world import World

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
OF_A_MEMBER = {RefusalCode.POLICY_ERROR, RefusalCode.MEMBER_NOT_ACTIVE, RefusalCode.PURPOSE_NOT_IN_CONTRACT}
OF_AN_ANSWER = {RefusalCode.ANSWER_OUTDATED}
"""Refusals that no person can bring about."""
ELSEWHERE = {
    RefusalCode.ROLE_NOT_ENTITLED, RefusalCode.PRODUCT_NOT_FOR_PURPOSE, RefusalCode.RECIPIENT_NOT_ENTITLED,
    RefusalCode.RECORD_NOT_OWN, RefusalCode.DOCUMENT_MISSING, RefusalCode.DOCUMENT_NOT_FOR_BODY,
    RefusalCode.DOCUMENT_EXPIRED, RefusalCode.DEFERRAL_NOT_LAWFUL, RefusalCode.GUARANTOR_NOT_CONSENTED,
    RefusalCode.PRODUCT_NOT_COVERED, RefusalCode.CONSENT_OUTDATED, RefusalCode.CONSENT_NOT_CONFIRMED,
    RefusalCode.NO_RUNNING_ACCOUNT, RefusalCode.NO_FILE_HELD, RefusalCode.NOT_OWN_FILE,
    RefusalCode.NO_VIEW_OF_PERSONS, RefusalCode.VIEW_WITHOUT_REASON,
}  # fmt: skip
"""Refusals that another purpose or product, a consent of another origin, or another act brings about."""


@pytest.fixture(scope="module", autouse=True)
def planted(shared_world: World) -> None:
    """The people are in the sandbox, and a second planting changes nothing."""
    plant_outcomes(shared_world.bureau, shared_world.tokens)
    with shared_world.bureau.store.connection("auditor") as connection:
        before = connection.execute("select count(*) from bureau.event").fetchone()
        plant_outcomes(shared_world.bureau, shared_world.tokens)
        assert connection.execute("select count(*) from bureau.event").fetchone() == before


@pytest.mark.parametrize("member", ["bank-alpha", "micro-gamma"])
@pytest.mark.parametrize("person", OUTCOMES, ids=lambda person: person.key)
def test_each_person_gets_their_outcome(
    client: Client, shared_world: World, person: OutcomePerson, member: str
) -> None:
    """Each person of the table brings about the outcome that the table says, for any lender, again and again."""
    headers = {
        "Authorization": f"Bearer {shared_world.tokens[member]}",
        "Idempotency-Key": f"outcome-{member}-{person.key}",
    }
    for turn in ("a", "b"):
        headers["Idempotency-Key"] += turn
        told = client.post("/v1/inquiries", json={"subject": person.subject, "purpose": PURPOSE}, headers=headers)
        if told.status_code == 200:
            assert told.json()["answer"]["header"]["outcome"] == person.outcome
        else:
            assert told.status_code == 403
            assert told.json()["type"] == f"/problems/{person.outcome}"


def test_every_refusal_about_a_person_has_somebody() -> None:
    """No refusal that a person can bring about is without its person."""
    assert {code for code in RefusalCode if code not in OF_A_MEMBER | OF_AN_ANSWER | ELSEWHERE} <= {
        person.outcome for person in OUTCOMES
    }


@pytest.mark.parametrize("name", ["sandbox.md", "sandbox.zh-CN.md"])
def test_the_guide_lists_them_all(name: str) -> None:
    """Number, name and outcome of each stand in the guide, and nobody else's."""
    text = (GUIDES / name).read_text("utf-8")
    for row in outcome_rows(OUTCOMES):
        subject = row["subject"]
        assert f"| `{row['case']}` | `{subject['id_number']}` | {subject['name']} | `{row['outcome']}` |" in text
    assert set(re.findall(r"99999\d{12}[\dX]", text)) == {person.id_number for person in OUTCOMES}
