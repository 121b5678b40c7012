"""Is the fee the published one, once, and nothing where nothing is due?"""

import inspect
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbureau.core import pricing
from openbureau.core.member import CONCESSION_KINDS, Member
from openbureau.core.pricing import FREE, SHARES, Charge, charge
from openbureau.law.reader import load_law

LAW = load_law()
TODAY = date(2026, 11, 24)
BANK = "11"


def fee(
    kind: str = "person",
    *,
    institution: str = BANK,
    last: date | None = None,
    is_no_hit: bool = False,
    today: date = TODAY,
    product: str = "report",
    seconds_taken: float = 0,
) -> Charge:
    """The charge for one answer; `last` is the last day of a charge for a report."""
    return charge(
        institution,
        product=product,
        subject_kind=kind,
        last_charged={"report": last} if last else {},
        is_no_hit=is_no_hit,
        rulebook=LAW.on(today),
        seconds_taken=seconds_taken,
    )


@pytest.mark.parametrize(
    ("kind", "member_kind", "rule", "fen"),
    [
        ("person", "11", "fee.crc.personal", 100), ("enterprise", "11", "fee.crc.enterprise", 900),
        ("person", "24", "fee.crc.personal.concession", 50), ("enterprise", "24", "fee.crc.enterprise.concession", 450),
    ],
)  # fmt: skip
def test_the_fee_is_the_published_one(kind: str, member_kind: str, rule: str, fen: int) -> None:
    """By kind of subject and class of institution, from the dated rule."""
    found = fee(kind, institution=member_kind)
    assert (found.rule_id, found.amount_fen, found.is_billable) == (rule, fen, True)
    assert found.render() == f"{rule};1;{fen};CNY;billable"


@pytest.mark.parametrize("kind", sorted(CONCESSION_KINDS))
def test_every_class_with_a_concession_gets_it(kind: str) -> None:
    """The classes of the notice pay half."""
    assert fee(institution=kind).amount_fen == 50


def test_the_member_itself_is_no_argument() -> None:
    """No function that makes a price is told who asks: only of what kind the institution is."""
    for function in (pricing.charge, pricing.fee):
        told = inspect.signature(function)
        assert not {"member", "member_id", "name"} & set(told.parameters)
        assert all(one.annotation is not Member for one in told.parameters.values())


@pytest.mark.parametrize("kind", ["person", "enterprise"])
def test_a_no_hit_is_free(kind: str) -> None:
    """No file, no fee: shown with its rule."""
    assert fee(kind, is_no_hit=True) == Charge("house.no_hit_free", 0)
    assert fee(kind, is_no_hit=True).render() == "house.no_hit_free;1;0;CNY;free"


@pytest.mark.parametrize(("kind", "window"), [("person", 1), ("enterprise", 30)])
def test_a_repeat_within_the_window_is_free(kind: str, window: int) -> None:
    """Free on the last day of the window, charged on the next; the first answer is always charged."""
    assert fee(kind).is_billable
    for age in range(window + 3):
        found = fee(kind, last=TODAY - timedelta(days=age))
        assert found.is_billable is (age >= window)
        if age < window:
            assert found.rule_id == ("fee.dedup.personal_days" if kind == "person" else "fee.dedup.enterprise_days")
            assert found.render().endswith(";1;0;CNY;free")


def test_a_repeat_without_a_hit_is_a_no_hit() -> None:
    """The no-hit rule is named first."""
    assert fee(last=TODAY, is_no_hit=True).rule_id == "house.no_hit_free"


def test_refusals_and_own_access_cost_nothing() -> None:
    """Their price names no rule, no unit and no amount."""
    assert FREE == "-;0;0;CNY;free"


def test_the_fee_of_the_day_holds() -> None:
    """On the first day of the tariff of 2025 its fee is charged; before it there is no complete tariff."""
    assert fee(today=date(2025, 7, 1)).amount_fen == 100
    with pytest.raises(LookupError, match=r"fee\.crc\.personal\.concession"):
        fee(today=date(2025, 6, 30))


@pytest.mark.parametrize(
    ("product", "person", "firm", "reduced"),
    [("score", 50, 450, 25), ("attributes", 50, 450, 25), ("changes", 30, 270, 15), ("question", 20, 180, 10),
     ("alert", 20, 180, 10)],
)  # fmt: skip
def test_a_lesser_product_costs_its_share(product: str, person: int, firm: int, reduced: int) -> None:
    """A share of the report's fee, named with it; the reduced fee has reduced shares."""
    assert fee(product=product) == Charge(f"fee.crc.personal*house.fee_share_{product}", person)
    assert fee("enterprise", product=product).amount_fen == firm
    assert fee(product=product, institution="51").amount_fen == reduced


def test_every_lesser_product_has_a_price_below_the_report() -> None:
    """Nobody pays more for less; a product without a price is a fault."""
    assert all(0 < fee(product=product).amount_fen < fee().amount_fen for product in SHARES)
    with pytest.raises(KeyError):
        fee(product="gossip")


@pytest.mark.parametrize("product", sorted(SHARES))
def test_a_report_covers_what_is_less(product: str) -> None:
    """After a charged report the lesser products about the same subject are free within the window, not after it."""
    assert fee(product=product, last=TODAY) == Charge("fee.dedup.personal_days", 0)
    assert fee(product=product, last=TODAY - timedelta(days=1)).is_billable


def test_what_is_less_covers_itself_alone() -> None:
    """A repeat of the same product is free; a report, or another lesser product, is charged in full."""

    def after_score(product: str) -> Charge:
        return charge(
            BANK, product=product, subject_kind="person", last_charged={"score": TODAY}, is_no_hit=False,
            rulebook=LAW.on(TODAY),
        )  # fmt: skip

    assert not after_score("score").is_billable
    assert after_score("attributes").is_billable
    assert after_score("report") == fee()


def test_a_late_answer_is_free() -> None:
    """Later than the house rule says and it costs nothing; in time to the second and it does."""
    seconds = LAW.on(TODAY).typed.late_answer_seconds.number
    assert fee(seconds_taken=seconds).is_billable
    assert fee(seconds_taken=seconds + 0.001) == Charge("house.late_answer_seconds", 0)


@given(
    st.sampled_from(["report", *SHARES]), st.sampled_from(["person", "enterprise"]), st.dates(date(2025, 7, 1), TODAY),
    st.dictionaries(st.sampled_from(["report", *SHARES]), st.integers(0, 40)), st.booleans(), st.floats(0, 10),
)  # fmt: skip
def test_a_charge_is_one_fee_or_nothing(
    product: str, kind: str, day: date, ages: dict[str, int], is_no_hit: bool, seconds: float
) -> None:  # fmt: skip
    """Whatever went before: the list price of the product, or nothing and a rule that says why."""
    found = charge(
        BANK, product=product, subject_kind=kind, is_no_hit=is_no_hit, rulebook=LAW.on(day), seconds_taken=seconds,
        last_charged={name: day - timedelta(days=age) for name, age in ages.items()},
    )  # fmt: skip
    listed = fee(kind, product=product, today=day)
    assert found in {listed, Charge(found.rule_id, 0)}
    assert found.rule_id == listed.rule_id or LAW.on(day).rule(found.rule_id)
