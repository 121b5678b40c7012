"""Originals of consents on paper: drawn, asked for, compared."""

import hashlib
from datetime import date

import psycopg
import pytest

from jobs.collecting import consent, signed, with_keys
from openbureau.jobs.consent.collect import collect_consent
from openbureau.jobs.consent.record import ConsentRefused
from openbureau.jobs.consent.sample import DrawRefused, answer, chosen, counts, draw, order_of, own_samples, samples
from openbureau.store.consent import PaperConsent
from world import PEOPLE

SEED = "lottery of 2026-11-23: 04 11 17 23"
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def world(new_world):
    """Three consents on paper: two sent by one bank, one by another."""
    world = with_keys(new_world())
    for name, lender in (("good", "bank-beta"), ("late", "bank-beta"), ("busy", "bank-alpha")):
        made = consent(
            world, PEOPLE[name], lender=lender, channel="paper", document_hash=hashlib.sha256(page(name)).hexdigest()
        )
        collect_consent(world.bureau, world.bureau.members[lender], signed(made))
    return world


def page(name):
    return f"signed by {name}".encode()


def drawn(world, **changes):
    return draw(world.bureau, **({"seed": SEED, "count": 1, "first": FIRST, "last": LAST} | changes))


def test_a_draw_is_a_function_of_its_seed():
    """The same seed picks the same, whatever the order; each member gives as many; another seed picks otherwise."""
    held = [PaperConsent(f"s{n}", f"c{n}", f"m{n % 2}", b"") for n in range(40)]
    picked = chosen(held, SEED, 3)
    assert picked == chosen(reversed(held), SEED, 3)
    assert [one.member_id for one in picked] == ["m0"] * 3 + ["m1"] * 3
    assert picked != chosen(held, SEED + "!", 3)
    assert order_of(SEED, "c1") == hashlib.sha256(f"openbureau consent draw\n{SEED}\nc1".encode()).digest()


def test_the_lender_is_asked_once_and_shows_the_original(world):
    """Due after five working days; the document is compared and kept sealed; a second one does not count."""
    made = drawn(world, count=2)
    assert (made.of, made.asked, made.due_on) == (3, 3, date(2026, 12, 1))
    assert (drawn(world, count=2).asked, drawn(world, seed=SEED + "2").asked) == (0, 2)
    member = world.bureau.members["bank-alpha"]
    asked = next(one for one, _ in own_samples(world.bureau, member) if one.seed == SEED)
    assert answer(world.bureau, member, asked.sample_id, page("busy")) == "original"
    with pytest.raises(ConsentRefused) as caught:
        answer(world.bureau, member, asked.sample_id, page("busy"))
    assert caught.value.code == "sample-answered"
    with psycopg.connect(world.url) as connection:
        sealed = connection.execute("select document_sealed from bureau.consent_sample_answer").fetchone()[0]
    assert page("busy") not in sealed


def test_missing_and_differing_originals_are_findings_of_the_lender(world):
    """Another document differs; nothing by the due day is missing; an original after it is late and no finding."""
    drawn(world, count=2)
    beta, alpha = world.bureau.members["bank-beta"], world.bureau.members["bank-alpha"]
    (first, _), (second, _) = own_samples(world.bureau, beta)
    assert answer(world.bureau, beta, first.sample_id, b"something else") == "differs"
    world.clock.forward(days=8)
    states = {one.sample_id: state for one, state in samples(world.bureau)}
    assert states[second.sample_id] == "missing"
    (mine, _), = own_samples(world.bureau, alpha)  # fmt: skip
    assert answer(world.bureau, alpha, mine.sample_id, page("busy")) == "late"
    told = {count.member_id: count for count in counts(samples(world.bureau))}
    assert (told["bank-beta"].findings, told["bank-beta"].differing, told["bank-beta"].missing) == (2, 1, 1)
    assert (told["bank-alpha"].findings, told["bank-alpha"].late, told["bank-alpha"].asked) == (0, 1, 1)


def test_nobody_answers_for_another_or_with_nothing(world):
    """Another member was not asked; an empty document is none; an id that there is not."""
    drawn(world, count=2)
    beta, alpha = world.bureau.members["bank-beta"], world.bureau.members["bank-alpha"]
    sample_id = own_samples(world.bureau, beta)[0][0].sample_id
    for member, wanted, document, code in (
        (alpha, sample_id, b"x", "no-such-sample"),
        (beta, "00000000-0000-7000-8000-000000000001", b"x", "no-such-sample"),
        (beta, sample_id, b"", "no-document"),
    ):
        with pytest.raises(ConsentRefused) as caught:
            answer(world.bureau, member, wanted, document)
        assert caught.value.code == code


@pytest.mark.parametrize(
    "changes",
    [{"seed": "short"}, {"seed": "x" * 201}, {"seed": "two\nlines here"}, {"count": 0}, {"last": date(2026, 10, 31)}],
)
def test_a_draw_that_could_be_steered_is_refused(world, changes):
    """A seed too short, too long or of two lines; no originals; a span that ends before it begins."""
    with pytest.raises(DrawRefused):
        drawn(world, **changes)


def test_a_span_has_both_its_days_and_no_other(world):
    """In the days of Beijing."""
    assert drawn(world, first=date(2026, 11, 24), last=date(2026, 11, 24)).of == 3
    assert drawn(world, first=date(2026, 11, 25), last=LAST).of == 0
    assert drawn(world, first=FIRST, last=date(2026, 11, 23)).of == 0
