"""Those who audit draw originals of written consents from a page; what a lender showed stands there, and nobody's name."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from jobs.collecting import consent, signed, with_keys
from openbureau.core.staff import StaffRole
from openbureau.jobs.consent.collect import collect_consent
from openbureau.jobs.consent.sample import answer, draw, draws, own_samples
from openbureau.jobs.founding.sandbox import add_staff
from web.test_web_signed import enter
from web.visitor import PAGE, Client, form_token
from world import PEOPLE, World

SEED = "lottery of 2026-11-23: 04 11 17 23"
WISH = {"seed": SEED, "count": "5", "first": "2026-11-01", "last": "2026-11-30"}
GOOD = PEOPLE["good"]


@pytest.fixture(scope="module")
def drawn(shared_world: World) -> World:
    """A committee member and an auditor; two consents on paper, sent by two banks."""
    for role in (StaffRole.COMMITTEE, StaffRole.AUDITOR, StaffRole.REVIEWER):
        add_staff(shared_world.bureau, handle=f"{role.value}-1", role=role, code="111111")
    keyed = with_keys(replace(shared_world))
    for person, lender in ((GOOD, "bank-beta"), (PEOPLE["late"], "bank-alpha")):
        page = hashlib.sha256(b"signed by hand").hexdigest()
        made = consent(keyed, person, lender=lender, channel="paper", document_hash=page)
        collect_consent(keyed.bureau, keyed.bureau.members[lender], signed(made))
    return shared_world


def asked(world: World) -> int:
    with psycopg.connect(world.url) as connection:
        row = connection.execute("select count(*) from bureau.consent_sample").fetchone()
    return int(row[0]) if row else 0


def test_a_draw_asks_once_and_says_who_drew(client: Client, drawn: World) -> None:
    """By the committee, kept with what repeats it; again the same asks for nothing; nothing without the form's token."""
    enter(client, "staff", "committee-1", "111111")
    page = client.get("/staff/samples?lang=en", headers=PAGE)
    assert "Nothing was asked for yet." in page.text
    form = WISH | {"token": form_token(page)}
    assert client.post("/staff/samples", data=form | {"token": "x"}, headers=PAGE).status_code == 403
    assert asked(drawn) == 0
    told = client.post("/staff/samples?lang=en", data=form, headers=PAGE)
    assert "2 originals were asked for now, of 2 on paper" in told.text
    assert asked(drawn) == 2
    drawn.clock.at += timedelta(seconds=1)
    assert "本次要求提交0份原件" in client.post("/staff/samples?lang=zh-CN", data=form, headers=PAGE).text
    assert asked(drawn) == 2
    drawn.clock.at += timedelta(seconds=1)
    repeated = draw(
        drawn.bureau, seed=SEED, count=5, first=draws(drawn.bureau)[0].first_on, last=draws(drawn.bureau)[0].last_on
    )
    assert repeated.asked == 0
    kept = [(one.seed, one.most, one.of_total, one.asked, one.drawn_by) for one in draws(drawn.bureau)]
    by = "staff/committee/committee-1"
    assert kept == [(SEED, 5, 2, 0, "operator"), (SEED, 5, 2, 0, by), (SEED, 5, 2, 2, by)]


def test_the_page_shows_what_lenders_showed_and_nobody(client: Client, drawn: World) -> None:
    """An auditor reads who was asked, who showed the original and who did not; no name, no number, no document."""
    beta = with_keys(replace(drawn)).bureau.members["bank-beta"]
    (sample, _), *_ = own_samples(drawn.bureau, beta)
    assert answer(drawn.bureau, beta, sample.sample_id, b"another page") == "differs"
    enter(client, "staff", "auditor-1", "111111")
    page = client.get("/staff/samples?lang=en", headers=PAGE)
    for said in ("another document", "asked for", sample.consent_id, SEED, "findings", "staff/committee/committee-1"):
        assert said in page.text
    assert not any(word in page.text for word in (GOOD.name, GOOD.id_number, "another page"))


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": "short"}, {"seed": "two\nlines here"}, {"seed": "with\x00zero bytes"}, {"count": "0"}, {"count": "x"},
        {"count": "1001"}, {"first": "2026-12-01"}, {"last": "soon"}, {"first": ""},
    ],
)  # fmt: skip
def test_a_draw_that_is_none_is_told(client: Client, drawn: World, changes: dict[str, str]) -> None:
    """Nothing is asked for or kept; what was typed is still there."""
    enter(client, "staff", "committee-1", "111111")
    before = (asked(drawn), len(draws(drawn.bureau)))
    form = WISH | {"token": form_token(client.get("/staff/samples", headers=PAGE))} | changes
    page = client.post("/staff/samples?lang=en", data=form, headers=PAGE)
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    assert (asked(drawn), len(draws(drawn.bureau))) == before


def test_a_due_day_without_a_calendar_is_refused(client: Client, drawn: World) -> None:
    """In a year whose holidays are not known no day can be set, and none is guessed."""
    enter(client, "staff", "committee-1", "111111")
    was = drawn.clock.at
    page = client.get("/staff/samples", headers=PAGE)
    try:
        drawn.clock.at = was.replace(month=12, day=30)
        enter(client, "staff", "committee-1", "111111")
        page = client.get("/staff/samples", headers=PAGE)
        told = client.post("/staff/samples?lang=en", data=WISH | {"token": form_token(page)}, headers=PAGE)
    finally:
        drawn.clock.at = was
    assert told.status_code == 422
    assert "the holidays of the due day are known" in told.text


def test_whoever_operates_draws_nothing(client: Client, drawn: World) -> None:
    """A reviewer is sent to sign in, to look as to draw."""
    enter(client, "staff", "reviewer-1", "111111")
    assert client.get("/staff/samples", headers=PAGE, follow_redirects=False).status_code == 303
    form = WISH | {"token": form_token(client.get("/", headers=PAGE))}
    assert client.post("/staff/samples", data=form, headers=PAGE, follow_redirects=False).status_code == 303
