"""Is the fee the published one, once, and nothing where nothing is due?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openbureau.core.member import CONCESSION_KINDS, Member, Role
from openbureau.core.pricing import FREE, Charge, charge
from openbureau.law.reader import load_law

LAW = load_law()
TODAY = date(2026, 11, 24)
MEMBER = Member(
    "bank-made-up", "某银行", "A bank", "11", frozenset({Role.LENDER}), frozenset({"loan-approval"}), True,
    date(2026, 1, 1), date(2027, 12, 31), bytes(32),
)  # fmt: skip


def fee(
    kind: str = "person",
    *,
    member: Member = MEMBER,
    last: date | None = None,
    is_no_hit: bool = False,
    today: date = TODAY,
    product: str = "report",
) -> Charge:
    """The charge for one answer; `last` is the last day of a charge for a report."""
    return charge(
        member,
        product=product,
        subject_kind=kind,
        last_charged={"report": last} if last else {},
        is_no_hit=is_no_hit,
        rulebook=LAW.on(today),
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
    found = fee(kind, member=replace(MEMBER, kind=member_kind))
    assert (found.rule_id, found.amount_fen, found.is_billable) == (rule, fen, True)
    assert found.render() == f"{rule};1;{fen};CNY;billable"


@pytest.mark.parametrize("kind", sorted(CONCESSION_KINDS))
def test_every_class_with_a_concession_gets_it(kind: str) -> None:
    """The classes of the notice pay half."""
    assert fee(member=replace(MEMBER, kind=kind)).amount_fen == 50


def test_the_member_itself_is_no_argument() -> None:
    """Two institutions of one class pay the same, whatever their names and contracts."""
    other = replace(MEMBER, member_id="bank-other", name_zh="乙", purposes=frozenset(), contract_until=date(2030, 1, 1))
    assert fee(member=other) == fee()


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


def test_the_window_counts_for_each_product() -> None:
    """Another product on the same day is another answer, and is charged."""
    assert not fee(last=TODAY).is_billable
    assert fee(last=TODAY, product="attributes").is_billable
